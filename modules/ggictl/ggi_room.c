/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>

#include "ggi_room.h"


void *
ggi_room(void *list, size_t n, size_t *size, size_t bytes)
{
    void    *longer;
    size_t   more;

    if (n < *size) {
        return list;
    }

    more = *size ? 2 * *size : GGI_ROOM_FEW;
    longer = realloc(list, more * bytes);

    if (longer) {
        *size = more;
    }

    return longer;
}
