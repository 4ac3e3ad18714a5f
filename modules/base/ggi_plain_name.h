/* SPDX-License-Identifier: EUPL-1.2 */

/* The spelling of names that need no quoting anywhere: not in JSON, in a header nor in Redis. */

#ifndef GGI_PLAIN_NAME_H
#define GGI_PLAIN_NAME_H

#include "ggi_str.h"

#define GGI_PLAIN_NAME_MAX   64         /* bytes */

/* What such a name is, for messages. */
#define GGI_PLAIN_NAME_TOLD  "1 to 64 letters, digits, \"-\", \".\" and \"_\""

_Static_assert(GGI_PLAIN_NAME_MAX == 64, "what messages tell of names");


/*
 * Returns 1 when name is 1 to GGI_PLAIN_NAME_MAX letters of ASCII, digits, "-", "." and "_"; 0
 * otherwise.
 */
static inline int
ggi_plain_name_valid(ggi_str_t name)
{
    size_t  i;
    char    ch;

    for (i = 0; i < name.len; i++) {
        ch = name.data[i];

        if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ggi_is_digit(ch)
              || ch == '-' || ch == '.' || ch == '_'))
        {
            return 0;
        }
    }

    return name.len && name.len <= GGI_PLAIN_NAME_MAX;
}


#endif
