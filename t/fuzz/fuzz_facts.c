/* SPDX-License-Identifier: EUPL-1.2 */

/* What a TLS session says of its client's path. */

#include "fuzz.h"

#include "ggi_facts.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t          i;
    unsigned        sum;
    ggi_str_t       bytes;
    ggi_facts_t     facts;
    unsigned char  *again;

    fuzz_begin(data, size);
    bytes = fuzz_rest();

    if (ggi_facts_read(&facts, bytes.data, bytes.len)) {
        fuzz_check(facts.n <= GGI_FACTS_CAS);

        for (sum = 0, i = 0; i < facts.n * SHA256_DIGEST_LENGTH; i++) {
            sum += facts.cas[i];
        }

        fuzz_check(sum <= 255 * GGI_FACTS_MAX);
        again = fuzz_alloc(GGI_FACTS_MAX);
        fuzz_check(ggi_facts_write(again, &facts) == bytes.len);
        fuzz_check(memcmp(again, bytes.data, bytes.len) == 0);
    }

    return fuzz_end();
}
