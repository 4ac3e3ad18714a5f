/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_seal_range.h"
#include "ggi_sha256.h"
#include "ggi_uuid.h"


int
ggi_seal_range_start(ggi_seal_range_t *range)
{
    memset(range, 0, sizeof(ggi_seal_range_t));
    range->line = ggi_sha256_new();
    range->all = ggi_sha256_new();

    return range->line && range->all;
}


void
ggi_seal_range_free(ggi_seal_range_t *range)
{
    EVP_MD_CTX_free(range->line);
    EVP_MD_CTX_free(range->all);
    memset(range, 0, sizeof(ggi_seal_range_t));
}


void
ggi_seal_range_forget(ggi_seal_range_t *range)
{
    range->pending = 0;
}


void
ggi_seal_range_begin(ggi_seal_range_t *range)
{
    range->bytes = 0;
    range->lines = 0;
    range->failed = !ggi_sha256_again(range->all);
}


void
ggi_seal_range_add_hash(ggi_seal_range_t *range,
    const unsigned char hash[GGI_SEAL_HASH], size_t len)
{
    char  hex[2 * GGI_SEAL_HASH + 1];

    ggi_hex_write(hex, hash, GGI_SEAL_HASH);
    hex[2 * GGI_SEAL_HASH] = '\n';

    if (!EVP_DigestUpdate(range->all, hex, sizeof(hex))) {
        range->failed = 1;
    }

    range->bytes += (int64_t) len;
    range->lines++;
}


size_t
ggi_seal_range_add(ggi_seal_range_t *range, const char *data, size_t len)
{
    size_t       n;
    const char  *newline;

    newline = memchr(data, '\n', len);
    n = newline ? (size_t) (newline - data) + 1 : len;

    if ((range->pending == 0 && !ggi_sha256_again(range->line))
        || !EVP_DigestUpdate(range->line, data, n)
        || (newline && !EVP_DigestFinal_ex(range->line, range->hash, NULL)))
    {
        range->failed = 1;
    }

    range->pending += (int64_t) n;

    if (newline) {
        ggi_seal_range_add_hash(range, range->hash, (size_t) range->pending);
        range->pending = 0;
    }

    return n;
}


int
ggi_seal_range_end(ggi_seal_range_t *range, unsigned char digest[GGI_SEAL_HASH])
{
    return EVP_DigestFinal_ex(range->all, digest, NULL) && !range->failed;
}
