/* SPDX-License-Identifier: EUPL-1.2 */

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "ggi_privacy.h"
#include "ggi_uuid.h"


static int
ggi_bsn_valid(const char *digits)
{
    int  i, sum;

    sum = 0;

    for (i = 0; i < GGI_BSN_LEN - 1; i++) {
        sum += (GGI_BSN_LEN - i) * (digits[i] - '0');
    }

    sum -= digits[i] - '0';

    return sum != 0 && sum % 11 == 0;
}


size_t
ggi_bsn_mask(char *text, size_t len)
{
    size_t  i, run, masked;

    run = 0;
    masked = 0;

    for (i = 0; i <= len; i++) {

        if (i < len && text[i] >= '0' && text[i] <= '9') {
            run++;
            continue;
        }

        if (run == GGI_BSN_LEN && ggi_bsn_valid(text + i - run)) {
            memset(text + i - run, '*', run);
            masked++;
        }

        run = 0;
    }

    return masked;
}


int
ggi_pseudonym_write(char dst[GGI_PSEUDONYM_LEN], ggi_str_t user, ggi_str_t key)
{
    unsigned       len;
    unsigned char  digest[EVP_MAX_MD_SIZE];

    if (HMAC(EVP_sha256(), key.data, (int) key.len,
             (const unsigned char *) user.data, user.len, digest, &len)
        == NULL)
    {
        return 0;
    }

    memcpy(dst, "hmac:", 5);
    ggi_hex_write(dst + 5, digest, (GGI_PSEUDONYM_LEN - 5) / 2);

    return 1;
}


int
ggi_pseudonym_needless(ggi_str_t user)
{
    static const ggi_str_t  known[] = {
        ggi_str("BurgerZelf"), ggi_str("Systeem")
    };

    return ggi_str_in(known, sizeof(known) / sizeof(ggi_str_t), user);
}
