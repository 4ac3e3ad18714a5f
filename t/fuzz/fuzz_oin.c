/* SPDX-License-Identifier: EUPL-1.2 */

/* OINs, and prefixes of them: a line each. */

#include "fuzz.h"

#include "ggi_oin.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t     i;
    ggi_str_t  extra, oin;

    fuzz_begin(data, size);
    oin = fuzz_line();
    extra = fuzz_line();

    if (ggi_oin_prefix_valid(extra)) {
        fuzz_check(extra.len == 8);
    }

    if (ggi_oin_valid(oin, &extra, ggi_oin_prefix_valid(extra))) {
        fuzz_check(oin.len == 20);

        for (i = 0; i < oin.len; i++) {
            fuzz_check((oin.data[i] >= '0' && oin.data[i] <= '9')
                       || (oin.data[i] >= 'A' && oin.data[i] <= 'Z')
                       || (oin.data[i] >= 'a' && oin.data[i] <= 'z'));
        }
    }

    return fuzz_end();
}
