/* SPDX-License-Identifier: EUPL-1.2 */

/* An answer of a time stamping authority: its first 32 bytes stand for the hash that was sent. */

#include "fuzz.h"

#include "ggi_stamp.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t         time;
    ggi_str_t       answer;
    const char     *fault;
    X509_STORE     *store;
    unsigned char   hash[GGI_STAMP_HASH], nonce[GGI_STAMP_NONCE], request[GGI_STAMP_REQUEST];

    if (size < sizeof(hash)) {
        return 0;
    }

    fuzz_begin(data + sizeof(hash), size - sizeof(hash));
    memcpy(hash, data, sizeof(hash));
    memcpy(nonce, data, sizeof(nonce));
    fuzz_check(ggi_stamp_request(request, hash, nonce) > sizeof(hash));
    store = X509_STORE_new();
    fuzz_check(store);
    answer = fuzz_rest();
    fault = ggi_stamp_read((const unsigned char *) answer.data, answer.len, hash, NULL, NULL, &time);
    fuzz_check(fault == NULL || fault[0]);
    fuzz_check(ggi_stamp_read((const unsigned char *) answer.data, answer.len, hash, nonce, store, &time) != NULL);
    X509_STORE_free(store);

    return fuzz_end();
}
