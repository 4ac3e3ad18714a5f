/* SPDX-License-Identifier: EUPL-1.2 */

/* What a refused certificate, in DER, says of itself. */

#include "fuzz_x509.h"

#include "ggi_claimed_certificate.h"
#include "ggi_certificate.h"
#include "ggi_json.h"
#include "ggi_name_text.h"


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


/* A certificate that is not refused has the same organisation. */
static void
check_established(X509 *x509, const ggi_claimed_certificate_t *claimed)
{
    ggi_certificate_t  *certificate;

    certificate = fuzz_alloc(sizeof(ggi_certificate_t));

    if (ggi_certificate_read(certificate, x509)) {
        fuzz_check(certificate->organisation_len == claimed->organisation.len);
        fuzz_check(memcmp(certificate->organisation, claimed->organisation.data,
                          claimed->organisation.len) == 0);
    }
}


/* Wherever a name is cut off, what is left is its beginning, in whole characters. */
static void
check_cut(const X509_NAME *name, const ggi_claimed_certificate_t *claimed)
{
    char       *dst;
    size_t      max;
    ggi_str_t   text;

    max = claimed->issuer.len / 2;
    dst = fuzz_alloc(max);
    text.data = dst;
    text.len = ggi_name_text(dst, max, name);
    check(text, max);
    fuzz_check(text.len + 3 >= max);
    fuzz_check(memcmp(text.data, claimed->issuer.data, text.len) == 0);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char                       *room;
    X509                       *x509;
    ggi_claimed_certificate_t  *claimed;

    x509 = fuzz_x509(data, size);

    if (x509) {
        claimed = fuzz_alloc(sizeof(ggi_claimed_certificate_t));
        room = fuzz_alloc(GGI_CLAIMED_ROOM);
        ggi_claimed_certificate_read(claimed, room, x509);

        check(claimed->oin, GGI_CLAIMED_OIN_MAX);
        check(claimed->organisation, GGI_CLAIMED_ORGANISATION_MAX);
        check(claimed->issuer, GGI_CLAIMED_ISSUER_MAX);
        check(claimed->serial, GGI_CLAIMED_SERIAL_MAX);
        check(claimed->not_after, GGI_CLAIMED_NOT_AFTER_LEN);
        check_established(x509, claimed);
        check_cut(X509_get_issuer_name(x509), claimed);
        X509_free(x509);
    }

    return fuzz_end();
}
