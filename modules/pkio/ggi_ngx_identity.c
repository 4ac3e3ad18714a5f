/* SPDX-License-Identifier: EUPL-1.2 */

/* The judgement of the gate pkio: which organisation makes a call. */

#include "ggi_claimed_certificate.h"
#include "ggi_name_text.h"
#include "ggi_ngx_claimed_certificate.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_identity.h"
#include "ggi_oin.h"


/* What a call is judged by, once its path verifies. */
typedef struct {
    time_t                       now;           /* s since the epoch */
    ggi_client_t                *client;
    ggi_verification_t          *trust;
    const ggi_client_verdict_t  *verdict;
    ggi_crl_source_t            *crl;           /* NULL: there are no lists */
} ggi_identity_t;


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
 * Refuses a call for a reason that was found with a path that verifies. early is 1 when
 * the certificate is not valid yet.
 */
static ngx_int_t
ggi_identity_refuse_verified(ngx_http_request_t *r, ggi_call_t *call, ggi_client_t *client,
    ggi_reason_e reason, ngx_uint_t early)
{
    if (reason == GGI_REASON_REVOCATION_UNKNOWN) {
        /* nothing is said against the certificate */
        return ggi_identity_refuse(call, reason);
    }

    return ggi_identity_refuse_certificate(
               r, call, client, reason,
               ggi_claimed_certificate_error(reason, (int) early,
                                             client->certificate.oin_attributes));
}


/*
 * Finds the first reason for refusal of a certificate whose path verifies. Returns
 * NGX_OK and sets *reason; NGX_AGAIN when that is not known yet; or NGX_ERROR without
 * memory. The findings get which lists judged. A call that only asks while an OCSP responder
 * is being asked learns who the caller is by what nginx has heard in the handshake, as long
 * as that counts.
 */
static ngx_int_t
ggi_identity_find_reason(ngx_http_request_t *r, ggi_call_t *call, const ggi_identity_t *of,
    ggi_reason_e *reason)
{
    ngx_int_t                rc;
    ggi_client_revocation_t  revocation;

    if (of->now < of->client->certificate.not_before
        || of->now > of->client->certificate.not_after)
    {
        *reason = GGI_REASON_CERTIFICATE_EXPIRED;
        return NGX_OK;
    }

    rc = ggi_client_revocation(r, of->trust, of->crl, of->now, !call->state.asked, &revocation);

    if (of->crl) {
        ggi_crl_source_note_state(of->crl, &call->found);
    }

    if (rc == NGX_AGAIN && call->state.asked && ggi_client_let_in(r)
        && ggi_client_reason(of->verdict, GGI_REASON_NONE) == GGI_REASON_NONE)
    {
        ggi_identity_note(&call->found, of->client, of->verdict);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    *reason = ggi_client_reason(of->verdict, revocation.reason);

    if (*reason == GGI_REASON_CERTIFICATE_REVOKED || *reason == GGI_REASON_REVOCATION_UNKNOWN) {
        call->found.revocation = revocation.by;
    }

    return NGX_OK;
}


/* Judges a certificate whose path verifies. */
static ngx_int_t
ggi_identity_judge_verified(ngx_http_request_t *r, ggi_call_t *call, const ggi_identity_t *of)
{
    ngx_int_t     rc;
    ggi_reason_e  reason;

    rc = ggi_identity_find_reason(r, call, of, &reason);

    if (rc != NGX_OK) {
        return rc;
    }

    if (reason == GGI_REASON_NONE || reason == GGI_REASON_REVOCATION_UNKNOWN
        || ggi_gate_mode(r, GGI_GATE_PKIO) == GGI_MODE_OBSERVE)
    {
        ggi_identity_note(&call->found, of->client, of->verdict);
    }

    if (reason == GGI_REASON_NONE) {
        call->found.certificate_expires = of->client->certificate.not_after;
        return NGX_OK;
    }

    if (reason == GGI_REASON_CERTIFICATE_POLICY_NOT_ALLOWED
        && ggi_identity_note_lacking(r, &call->found, of->trust->path, of->verdict->lacking)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ggi_identity_refuse_verified(r, call, of->client, reason,
                                        of->now < of->client->certificate.not_before);
}


ngx_int_t
ggi_identity_judge(ngx_http_request_t *r, ggi_call_t *call,
    ggi_rules_t *rules, ggi_crl_source_t *crl)
{
    ngx_uint_t      failed;
    ggi_reason_e    reason;
    ggi_identity_t  of;

    of.client = ggi_client_get(r, &failed);

    if (failed) {
        return NGX_ERROR;
    }

    if (of.client == NULL) {
        return ggi_identity_refuse(call, GGI_REASON_CERTIFICATE_MISSING);
    }

    call->found.certificate_sha256.data = of.client->certificate.sha256;
    call->found.certificate_sha256.len = sizeof(of.client->certificate.sha256);

    /* checked at each request, since a connection can outlive the certificate and its CAs */

    of.now = ngx_time();
    of.crl = crl;
    of.trust = ggi_client_trust(r, of.client, of.now);

    if (of.trust == NULL) {
        return NGX_ERROR;
    }

    reason = ggi_certificate_verify_reason(of.trust->result);
    if (reason != GGI_REASON_NONE) {
        return ggi_identity_refuse_certificate(
                   r, call, of.client, reason,
                   X509_verify_cert_error_string(of.trust->result));
    }

    call->found.certificate_trusted = 1;

    of.verdict = ggi_client_judge(of.client, of.trust->path, rules, r->connection->log);

    return of.verdict ? ggi_identity_judge_verified(r, call, &of) : NGX_ERROR;
}
