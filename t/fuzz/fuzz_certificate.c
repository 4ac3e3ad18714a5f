/* SPDX-License-Identifier: EUPL-1.2 */

/* A certificate, as DER. */

#include "fuzz_x509.h"

#include "ggi_certificate.h"
#include "ggi_common_name.h"
#include "ggi_json.h"
#include "ggi_value.h"


static ASN1_OBJECT  *policy;


static void
check(const ggi_certificate_t *certificate)
{
    fuzz_check(certificate->organisation_len <= GGI_CERTIFICATE_ORGANISATION_MAX);
    fuzz_check(certificate->oin_attributes >= 0 && certificate->oin_attributes <= 2);
    fuzz_check(strspn(certificate->sha256, "0123456789abcdef") >= 64);

    if (ggi_certificate_oin(certificate, NULL, 0) == GGI_REASON_NONE) {
        fuzz_check(certificate->oin_attributes == 1 && certificate->oin_readable);
        fuzz_check(memcmp(certificate->oin, "000000", 6) == 0);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    X509                 *x509;
    ggi_str_t             name;
    ggi_certificate_t    *certificate;

    if (policy == NULL) {
        policy = OBJ_txt2obj("2.16.528.1.1003.1.2.44.15.35.11", 1);
        fuzz_check(policy);
    }

    x509 = fuzz_x509(data, size);

    if (x509) {
        certificate = fuzz_alloc(sizeof(ggi_certificate_t));

        if (ggi_certificate_read(certificate, x509)) {
            check(certificate);
        }

        name = ggi_common_name(X509_get_subject_name(x509));
        fuzz_check(name.len == 0 || ggi_value_well_formed(name));

        (void) ggi_certificate_policy(x509, &policy, 1);
        fuzz_check(ggi_certificate_policy(x509, &policy, 0) == 0);
        X509_free(x509);
    }

    return fuzz_end();
}
