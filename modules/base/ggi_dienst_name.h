/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The name of a dienst: what "ggi_dienst" takes, and what a profile has to name
 * so that it can be called.
 */

#ifndef GGI_DIENST_NAME_H
#define GGI_DIENST_NAME_H

#include "ggi_str.h"

#define GGI_DIENST_NAME_MAX  64         /* bytes */


/*
 * Returns 1 when name can be that of a dienst: 1 to GGI_DIENST_NAME_MAX characters
 * a-z, 0-9, "-", "." or "_", the first a letter or digit; and not "off", which
 * switches the gates off where it stands in "ggi_dienst".
 */
static inline int
ggi_dienst_name_valid(ggi_str_t name)
{
    char    ch;
    size_t  i;

    if (name.len == 0 || name.len > GGI_DIENST_NAME_MAX
        || (name.len == 3 && memcmp(name.data, "off", 3) == 0))
    {
        return 0;
    }

    for (i = 0; i < name.len; i++) {
        ch = name.data[i];

        if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9')) {
            continue;
        }

        if (i == 0 || (ch != '-' && ch != '.' && ch != '_')) {
            return 0;
        }
    }

    return 1;
}


#endif
