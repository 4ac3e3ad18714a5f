/* SPDX-License-Identifier: EUPL-1.2 */

/* The judgement of the gate pkio: which organisation makes a call. */

#include "ggi_claimed_certificate.h"
#include "ggi_name_text.h"
#include "ggi_ngx_claimed_certificate.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_identity.h"
#include "ggi_oin.h"


static ngx_int_t
ggi_identity_refuse(ggi_call_t *call, ggi_reason_e reason)
{
    call->reason = reason;
    return NGX_DECLINED;
}


/*
 * Refuses a call for its certificate. The findings get what the certificate claims, and
 * error: what is wrong with it, a text that lives as long as the process. Returns
 * NGX_DECLINED, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_identity_refuse_certificate(ngx_http_request_t *r, ggi_call_t *call,
    ggi_client_t *client, ggi_reason_e reason, const char *error)
{
    if (ggi_claimed_certificate_note(r, &call->found, client, error) != NGX_OK) {
        return NGX_ERROR;
    }

    return ggi_identity_refuse(call, reason);
}


/*
 * Sets the organisation and the OIN in the findings. Call it when the chain has been
 * verified, and the certificate is not refused: the caller is known then.
 */
static void
ggi_identity_note(ggi_findings_t *found, const ggi_client_t *client,
    const ggi_client_verdict_t *verdict)
{
    found->organisation.data = client->certificate.organisation;
    found->organisation.len = client->certificate.organisation_len;

    if (verdict->oin == GGI_REASON_NONE) {
        found->oin.data = client->certificate.oin;
        found->oin.len = GGI_OIN_LEN;
    }
}


/*
 * Sets in the findings which certificate of the path lacks an accepted policy: "leaf",
 * or the subject of a CA. Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_identity_note_lacking(ngx_http_request_t *r, ggi_findings_t *found,
    const ggi_path_t *path, ngx_uint_t lacking)
{
    char  *subject;

    if (lacking == 0) {
        found->lacks_policy.data = "leaf";
        found->lacks_policy.len = 4;
        return NGX_OK;
    }

    subject = ngx_pnalloc(r->pool, GGI_CERTIFICATE_SUBJECT_MAX);
    if (subject == NULL) {
        return NGX_ERROR;
    }

    found->lacks_policy.data = subject;
    found->lacks_policy.len = ggi_name_text(
        subject, GGI_CERTIFICATE_SUBJECT_MAX,
        X509_get_subject_name(sk_X509_value(path->chain, (int) lacking)));

    return NGX_OK;
}


/*
 * Returns the first reason for refusal that applies, in the order of ggi_reason.h, or
 * GGI_REASON_NONE.
 */
static ggi_reason_e
ggi_identity_reason(const ggi_client_verdict_t *verdict,
    ggi_reason_e revocation)
{
    if (revocation == GGI_REASON_CERTIFICATE_REVOKED) {
        return revocation;
    }

    if (verdict->policy != GGI_REASON_NONE) {
        return verdict->policy;
    }

    return (verdict->oin != GGI_REASON_NONE) ? verdict->oin : revocation;
}


/* Does what ggi_client_revocation() does, and notes which lists judged. */
static ggi_reason_e
ggi_identity_revocation(ngx_http_request_t *r, ggi_call_t *call,
    ggi_verification_t *trust, ggi_crl_source_t *crl, time_t now)
{
    ggi_reason_e  reason;

    reason = ggi_client_revocation(r, trust, crl, now);

    if (crl) {
        ggi_crl_source_note_state(crl, &call->found);
    }

    return reason;
}


ngx_int_t
ggi_identity_judge(ngx_http_request_t *r, ggi_call_t *call,
    ggi_rules_t *rules, ggi_crl_source_t *crl)
{
    time_t                       now;
    ngx_uint_t                   failed, early;
    ggi_client_t                *client;
    ggi_reason_e                 reason;
    ggi_verification_t          *trust;
    const ggi_client_verdict_t  *verdict;

    client = ggi_client_get(r, &failed);

    if (failed) {
        return NGX_ERROR;
    }

    if (client == NULL) {
        return ggi_identity_refuse(call, GGI_REASON_CERTIFICATE_MISSING);
    }

    call->found.certificate_sha256.data = client->certificate.sha256;
    call->found.certificate_sha256.len = sizeof(client->certificate.sha256);

    /* checked at each request, since a connection can outlive the certificate and its CAs */

    now = ngx_time();
    trust = ggi_client_trust(r, client, now);

    if (trust == NULL) {
        return NGX_ERROR;
    }

    reason = ggi_certificate_verify_reason(trust->result);
    if (reason != GGI_REASON_NONE) {
        return ggi_identity_refuse_certificate(
                   r, call, client, reason,
                   X509_verify_cert_error_string(trust->result));
    }

    call->found.certificate_trusted = 1;

    verdict = ggi_client_judge(r, client, trust->path, rules);
    if (verdict == NULL) {
        return NGX_ERROR;
    }

    early = (now < client->certificate.not_before);

    reason = (early || now > client->certificate.not_after)
             ? GGI_REASON_CERTIFICATE_EXPIRED
             : ggi_identity_reason(verdict,
                                   ggi_identity_revocation(r, call, trust, crl, now));

    if (reason == GGI_REASON_NONE || reason == GGI_REASON_REVOCATION_UNKNOWN
        || ggi_gate_mode(r, GGI_GATE_PKIO) == GGI_MODE_OBSERVE)
    {
        ggi_identity_note(&call->found, client, verdict);
    }

    if (reason == GGI_REASON_NONE) {
        call->found.certificate_expires = client->certificate.not_after;
        return NGX_OK;
    }

    if (reason == GGI_REASON_REVOCATION_UNKNOWN) {
        /* nothing is said against the certificate */
        return ggi_identity_refuse(call, reason);
    }

    if (reason == GGI_REASON_CERTIFICATE_POLICY_NOT_ALLOWED
        && ggi_identity_note_lacking(r, &call->found, trust->path,
                                     verdict->lacking)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ggi_identity_refuse_certificate(
               r, call, client, reason,
               ggi_claimed_certificate_error(reason, (int) early,
                                             client->certificate.oin_attributes));
}
