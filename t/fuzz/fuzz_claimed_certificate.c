/* SPDX-License-Identifier: EUPL-1.2 */

/* What a refused certificate, in DER, says of itself. */

#include "fuzz.h"

#include "ggi_claimed_certificate.h"
#include "ggi_json.h"


/* A text is UTF-8 without control characters, and no longer than max bytes. */
static void
check(ggi_str_t text, size_t max)
{
    size_t                i, n;
    const unsigned char  *p;

    fuzz_check(text.len <= max);
    p = (const unsigned char *) text.data;

    for (i = 0; i < text.len; i += n) {
        n = ggi_utf8_char(p + i, text.len - i);
        fuzz_check(n > 0);
        fuzz_check(p[i] >= 0x20 && p[i] != 0x7f);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char                       *room;
    X509                       *x509;
    ggi_str_t                   der;
    const unsigned char        *p;
    ggi_claimed_certificate_t  *claimed;

    fuzz_begin(data, size);
    der = fuzz_rest();
    p = (const unsigned char *) der.data;
    x509 = d2i_X509(NULL, &p, (long) der.len);

    if (x509) {
        claimed = fuzz_alloc(sizeof(ggi_claimed_certificate_t));
        room = fuzz_alloc(GGI_CLAIMED_ROOM);
        ggi_claimed_certificate_read(claimed, room, x509);

        check(claimed->oin, GGI_CLAIMED_OIN_MAX);
        check(claimed->organisation, GGI_CLAIMED_ORGANISATION_MAX);
        check(claimed->issuer, GGI_CLAIMED_ISSUER_MAX);
        check(claimed->serial, GGI_CLAIMED_SERIAL_MAX);
        check(claimed->not_after, GGI_CLAIMED_NOT_AFTER_LEN);
        X509_free(x509);
    }

    return fuzz_end();
}
