/* SPDX-License-Identifier: EUPL-1.2 */

/* The judgement of the gate pkio: which organisation makes a call. */

#include "ggi_ngx_identity.h"
#include "ggi_oin.h"


static ngx_int_t
ggi_identity_refuse(ggi_call_t *call, ggi_reason_e reason)
{
    call->reason = reason;
    return NGX_DECLINED;
}


/*
 * Sets the organisation and the OIN in the findings. Call it when the chain has been
 * verified: the caller is known then, even if the call is refused.
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
    found->lacks_policy.len = ggi_certificate_subject(
                                  subject, GGI_CERTIFICATE_SUBJECT_MAX,
                                  sk_X509_value(path->chain, (int) lacking));

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


ngx_int_t
ggi_identity_judge(ngx_http_request_t *r, ggi_call_t *call,
    ggi_rules_t *rules, ggi_crl_source_t *crl)
{
    time_t                       now;
    ngx_uint_t                   failed;
    ggi_client_t                *client;
    ggi_reason_e                 reason;
    ggi_client_trust_t          *trust;
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
        return ggi_identity_refuse(call, reason);
    }

    verdict = ggi_client_judge(r, client, trust->path, rules);
    if (verdict == NULL) {
        return NGX_ERROR;
    }

    ggi_identity_note(&call->found, client, verdict);

    if (now < client->certificate.not_before
        || now > client->certificate.not_after)
    {
        return ggi_identity_refuse(call, GGI_REASON_CERTIFICATE_EXPIRED);
    }

    reason = ggi_identity_reason(verdict,
                                 ggi_client_revocation(r, trust, crl, now));

    if (reason == GGI_REASON_CERTIFICATE_POLICY_NOT_ALLOWED
        && ggi_identity_note_lacking(r, &call->found, trust->path,
                                     verdict->lacking)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (reason != GGI_REASON_NONE) {
        return ggi_identity_refuse(call, reason);
    }

    call->found.certificate_expires = client->certificate.not_after;

    return NGX_OK;
}
