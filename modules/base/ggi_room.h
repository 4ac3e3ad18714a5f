/* SPDX-License-Identifier: EUPL-1.2 */

/* Makes lists longer. */

#ifndef GGI_ROOM_H
#define GGI_ROOM_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define GGI_ROOM_FEW  16                /* entries for which there is room at first */


/*
 * Returns a list of entries of so many bytes with room for one more than n, which is zeros: the
 * list itself, or one that takes its place, and *size is then the number of entries that it has
 * room for. Returns NULL without memory, and the list, which is NULL at first, is then as it
 * was. The caller frees it.
 */
static inline void *
ggi_room(void *list, size_t n, size_t *size, size_t bytes)
{
    char    *longer;
    size_t   more;

    longer = list;

    if (list == NULL || n == *size) {
        more = *size ? 2 * *size : GGI_ROOM_FEW;
        longer = realloc(list, more * bytes);

        if (longer == NULL) {
            return NULL;
        }

        *size = more;
    }

    memset(longer + n * bytes, 0, bytes);

    return longer;
}


#endif
