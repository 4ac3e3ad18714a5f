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


static inline int
ggi_bsn_digit(char ch)
{
    return ch >= '0' && ch <= '9';
}


/* A run of nine has a digit at every ninth byte: the others need not be looked at. */
size_t
ggi_bsn_mask(char *text, size_t len)
{
    size_t  i, start, end, masked;

    masked = 0;
    end = 0;

    for (i = GGI_BSN_LEN - 1; i < len; i = end + GGI_BSN_LEN) {

        if (!ggi_bsn_digit(text[i])) {
            end = i;
            continue;
        }

        for (start = i; start > end && ggi_bsn_digit(text[start - 1]); start--) {
            /* the first digit of the run */
        }

        for (end = i + 1; end < len && ggi_bsn_digit(text[end]); end++) {
            /* behind the last one */
        }

        if (end - start == GGI_BSN_LEN && ggi_bsn_valid(text + start)) {
            memset(text + start, '*', GGI_BSN_LEN);
            masked++;
        }
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
