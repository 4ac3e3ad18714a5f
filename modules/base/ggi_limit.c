/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_limit.h"


int
ggi_limit_pass(ggi_limit_t *limit, uint64_t now, uint64_t *left_out)
{
    uint64_t  age;

    age = now - limit->last;

    if (age < limit->interval) {
        limit->left_out++;
        return 0;
    }

    *left_out = limit->left_out;

    if (limit->interval == 0
        || (limit->left_out == 0 && age >= 2 * limit->interval))
    {
        limit->interval = GGI_LIMIT_FIRST;

    } else if (limit->interval < GGI_LIMIT_LAST / 2) {
        limit->interval *= 2;

    } else {
        limit->interval = GGI_LIMIT_LAST;
    }

    limit->last = now;
    limit->left_out = 0;

    return 1;
}
