/* SPDX-License-Identifier: EUPL-1.2 */

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "ggi_pseudonym.h"
#include "ggi_uuid.h"


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
