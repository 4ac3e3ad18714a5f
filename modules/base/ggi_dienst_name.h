/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The spelling of the name of a dienst, shared by the directive ggi_dienst, which gives
 * a location its name, and by autorisatieprofielen, which refer to that name.
 */

#ifndef GGI_DIENST_NAME_H
#define GGI_DIENST_NAME_H

#include "ggi_str.h"

#define GGI_DIENST_NAME_MAX  64         /* bytes */


/*
 * Returns 1 when name may be the name of a dienst, 0 otherwise. A name has 1 to
 * GGI_DIENST_NAME_MAX characters out of a-z, 0-9, "-", "." and "_", and begins with a
 * letter or a digit. The word "off" is no name, since "ggi_dienst off" ends a dienst.
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
