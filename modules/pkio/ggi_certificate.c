/* SPDX-License-Identifier: EUPL-1.2 */

#include <limits.h>

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "ggi_certificate.h"
#include "ggi_lacked.h"
#include "ggi_name_text.h"
#include "ggi_uuid.h"


int
ggi_certificate_time(time_t *out, const ASN1_TIME *time)
{
    struct tm  tm;

    if (!ASN1_TIME_to_tm(time, &tm)) {
        return 0;
    }

    *out = timegm(&tm);

    return 1;
}


/*
 * Reads the serialNumber (2.5.4.5) of the subject. All such attributes are counted,
 * also two in one RDN. Only PrintableString and UTF8String are read, the types that
 * X.520 and practice know: another program could read a value of another type
 * differently.
 */
static void
ggi_certificate_serial_number(ggi_certificate_t *certificate, X509_NAME *subject)
{
    int                 i, next, type;
    const ASN1_STRING  *value;

    certificate->oin_attributes = 0;
    certificate->oin_readable = 0;

    i = X509_NAME_get_index_by_NID(subject, NID_serialNumber, -1);
    if (i < 0) {
        return;
    }

    next = X509_NAME_get_index_by_NID(subject, NID_serialNumber, i);
    certificate->oin_attributes = (next >= 0) ? 2 : 1;

    value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i));
    type = ASN1_STRING_type(value);

    if ((type != V_ASN1_PRINTABLESTRING && type != V_ASN1_UTF8STRING)
        || ASN1_STRING_length(value) != GGI_OIN_LEN)
    {
        return;
    }

    memcpy(certificate->oin, ASN1_STRING_get0_data(value), GGI_OIN_LEN);
    certificate->oin_readable = 1;
}


static void
ggi_certificate_organisation(ggi_certificate_t *certificate, X509_NAME *subject)
{
    int  i;

    certificate->organisation_len = 0;

    i = X509_NAME_get_index_by_NID(subject, NID_organizationName, -1);
    if (i < 0) {
        return;
    }

    certificate->organisation_len =
        ggi_name_value_text(certificate->organisation, GGI_CERTIFICATE_ORGANISATION_MAX,
                            X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i)));
}


int
ggi_certificate_read(ggi_certificate_t *certificate, X509 *x509)
{
    unsigned       len;
    X509_NAME     *subject;
    unsigned char  digest[EVP_MAX_MD_SIZE];

    if (!X509_digest(x509, EVP_sha256(), digest, &len) || len != 32) {
        return 0;
    }

    if (!ggi_certificate_time(&certificate->not_before, X509_get0_notBefore(x509))
        || !ggi_certificate_time(&certificate->not_after, X509_get0_notAfter(x509)))
    {
        certificate->not_before = 0;
        certificate->not_after = 0;
    }

    ggi_hex_write(certificate->sha256, digest, len);

    subject = X509_get_subject_name(x509);
    ggi_certificate_serial_number(certificate, subject);
    ggi_certificate_organisation(certificate, subject);

    return 1;
}


int
ggi_certificate_period(ggi_period_t *period, const STACK_OF(X509) *chain)
{
    int     i;
    X509   *x509;
    time_t  from, until;

    period->from = LONG_MIN;
    period->until = LONG_MAX;

    for (i = 1; i < sk_X509_num(chain); i++) {
        x509 = sk_X509_value(chain, i);

        if (!ggi_certificate_time(&from, X509_get0_notBefore(x509))
            || !ggi_certificate_time(&until, X509_get0_notAfter(x509)))
        {
            return 0;
        }

        if (from > period->from) {
            period->from = from;
        }

        if (until < period->until) {
            period->until = until;
        }
    }

    return 1;
}


long
ggi_certificate_chain_error(const STACK_OF(X509) *chain)
{
    int  i;

    for (i = 1; i < sk_X509_num(chain) - 1; i++) {
        if (X509_get_version(sk_X509_value(chain, i)) != X509_VERSION_3) {
            return X509_V_ERR_INVALID_CA;
        }
    }

    /* all bits are set when there is no keyUsage */

    if (!(X509_get_key_usage(sk_X509_value(chain, 0)) & KU_DIGITAL_SIGNATURE)) {
        return X509_V_ERR_INVALID_PURPOSE;
    }

    return X509_V_OK;
}


int
ggi_certificate_policy(X509 *x509, ASN1_OBJECT *const *policies, size_t n)
{
    int                    i, critical, found;
    size_t                 k;
    CERTIFICATEPOLICIES   *infos;

    ERR_clear_error();
    infos = X509_get_ext_d2i(x509, NID_certificate_policies, &critical, NULL);

    if (infos == NULL) {
        return ggi_lacked_memory() ? -1 : 0;
    }

    found = 0;

    for (i = 0; i < sk_POLICYINFO_num(infos) && !found; i++) {
        for (k = 0; k < n && !found; k++) {
            found = OBJ_cmp(sk_POLICYINFO_value(infos, i)->policyid,
                            policies[k])
                    == 0;
        }
    }

    CERTIFICATEPOLICIES_free(infos);

    return found;
}


ggi_reason_e
ggi_certificate_oin(const ggi_certificate_t *certificate,
    const ggi_str_t *extra, size_t n)
{
    ggi_str_t  oin;

    if (certificate->oin_attributes == 0) {
        return GGI_REASON_OIN_MISSING;
    }

    oin.data = certificate->oin;
    oin.len = GGI_OIN_LEN;

    if (certificate->oin_attributes > 1 || !certificate->oin_readable
        || !ggi_oin_valid(oin, extra, n))
    {
        return GGI_REASON_OIN_INVALID;
    }

    return GGI_REASON_NONE;
}


int
ggi_certificate_is_of(const ggi_certificate_t *certificate, const ggi_str_t *oins, size_t n)
{
    ggi_str_t  own;

    own.data = certificate->oin;
    own.len = GGI_OIN_LEN;

    return certificate->oin_readable && ggi_str_in(oins, n, own);
}


ggi_reason_e
ggi_certificate_verify_reason(long error)
{
    switch (error) {

    case X509_V_OK:
        return GGI_REASON_NONE;

    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return GGI_REASON_CERTIFICATE_EXPIRED;

    case X509_V_ERR_CERT_REVOKED:
        return GGI_REASON_CERTIFICATE_REVOKED;

    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_HAS_EXPIRED:
        return GGI_REASON_REVOCATION_UNKNOWN;

    default:
        return GGI_REASON_CERTIFICATE_UNTRUSTED;
    }
}
