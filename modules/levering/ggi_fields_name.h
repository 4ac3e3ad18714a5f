/* SPDX-License-Identifier: EUPL-1.2 */

/* The names of members and arguments in letters of whatever case, and whatever the locale. */

#ifndef GGI_FIELDS_NAME_H
#define GGI_FIELDS_NAME_H

#include "ggi_str.h"


/* Returns an ASCII letter in lower case, and every other byte as it is. */
static inline char
ggi_fields_lower(char ch)
{
    if (ch >= 'A' && ch <= 'Z') {
        ch |= 0x20;
    }

    return ch;
}


/* Returns 1 when a text is another in letters of whatever case, 0 otherwise. */
static inline int
ggi_fields_name_same(ggi_str_t a, ggi_str_t b)
{
    size_t  i;

    if (a.len != b.len) {
        return 0;
    }

    for (i = 0; i < a.len; i++) {
        if (ggi_fields_lower(a.data[i]) != ggi_fields_lower(b.data[i])) {
            return 0;
        }
    }

    return 1;
}


#endif
