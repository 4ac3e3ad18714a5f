/* SPDX-License-Identifier: EUPL-1.2 */

/* A file of the keys of pseudonyms. */

#include "fuzz.h"

#include "ggi_pseudonym_keys.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                i;
    char                  pseudonym[GGI_PSEUDONYM_LEN];
    ggi_str_t             text = ggi_str("123456782");
    const char           *wrong;
    ggi_pseudonym_keys_t  keys;

    fuzz_begin(data, size);
    wrong = ggi_pseudonym_keys_read(&keys, fuzz_copy(data, size));
    fuzz_check(wrong || (keys.n >= 1 && keys.n <= GGI_PSEUDONYM_KEYS));

    for (i = 0; wrong == NULL && i < keys.n; i++) {
        fuzz_check(keys.key[i].bytes.len >= GGI_PSEUDONYM_KEY_MIN);
        fuzz_check(keys.key[i].bytes.len <= GGI_PSEUDONYM_KEY_MAX);
        fuzz_check(ggi_pseudonym_write(pseudonym, text, &keys.key[i]));
    }

    return fuzz_end();
}
