/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_certificate.h"
#include "ggi_ocsp.h"
#include "ggi_signature.h"

#include <stdio.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>


/* Makes the request of a question. Returns 1, or 0 without memory. */
static int
ggi_ocsp_question_fill(ggi_ocsp_question_t *question)
{
    OCSP_CERTID  *id;

    question->request = OCSP_REQUEST_new();
    id = OCSP_cert_to_id(NULL, question->cert, question->issuer);

    if (question->request == NULL || id == NULL
        || OCSP_request_add0_id(question->request, id) == NULL)
    {
        OCSP_CERTID_free(id);
        return 0;
    }

    return OCSP_request_add1_nonce(question->request, NULL, -1);
}


int
ggi_ocsp_question_create(ggi_ocsp_question_t *question, STACK_OF(X509) *chain, int place,
    X509_STORE *store, int level)
{
    int  good;

    memset(question, 0, sizeof(ggi_ocsp_question_t));

    question->chain = X509_chain_up_ref(chain);
    question->store = X509_STORE_up_ref(store) ? store : NULL;
    question->cert = sk_X509_value(chain, place);
    question->issuer = sk_X509_value(chain, place + 1);
    question->level = level;

    good = question->chain && question->store && ggi_ocsp_question_fill(question);
    ERR_clear_error();

    return good;
}


void
ggi_ocsp_question_free(ggi_ocsp_question_t *question)
{
    OCSP_REQUEST_free(question->request);
    X509_STORE_free(question->store);
    sk_X509_pop_free(question->chain, X509_free);

    memset(question, 0, sizeof(ggi_ocsp_question_t));
}


size_t
ggi_ocsp_question_write(const ggi_ocsp_question_t *question, unsigned char **der)
{
    int  len;

    *der = NULL;
    len = i2d_OCSP_REQUEST(question->request, der);

    return len > 0 ? (size_t) len : 0;
}


/*
 * Returns what is wrong with the certificate of a responder, or NULL when it is the
 * issuer's own, or verifies by the trust with keys and signatures of its security level,
 * which OCSP_basic_verify() does not look at, and counts for the question's delegate.
 */
static const char *
ggi_ocsp_signer_fault(const ggi_ocsp_question_t *question, X509 *signer)
{
    const char      *fault;
    X509_STORE_CTX  *ctx;

    if (X509_cmp(signer, question->issuer) == 0) {
        return NULL;
    }

    ctx = X509_STORE_CTX_new();
    fault = "has a certificate that is weaker than the server's TLS accepts";

    if (ctx && X509_STORE_CTX_init(ctx, question->store, signer, question->chain)
        && X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_OCSP_HELPER))
    {
        X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(ctx), question->level);

        if (X509_verify_cert(ctx) == 1) {
            fault = question->delegate
                    ? question->delegate(question->data, X509_STORE_CTX_get0_chain(ctx)) : NULL;
        }
    }

    X509_STORE_CTX_free(ctx);

    return fault;
}


/* Returns what is wrong with the signature of a response or with who made it, or NULL. */
static const char *
ggi_ocsp_signature_fault(const ggi_ocsp_question_t *question, OCSP_BASICRESP *basic)
{
    X509             *signer;
    ggi_signature_t   signature;

    if (OCSP_basic_verify(basic, question->chain, question->store, 0) != 1) {
        return "sent an answer that it may not sign, or whose signature is wrong";
    }

    if (!ggi_signature_algorithm(&signature, OCSP_resp_get0_tbs_sigalg(basic))
        || !ggi_signature_strong(&signature, question->level))
    {
        return "sent an answer with a signature that is weaker than the server's TLS accepts";
    }

    if (OCSP_resp_get0_signer(basic, &signer, question->chain) != 1) {
        return "sent an answer without the certificate of who signed it";
    }

    return ggi_ocsp_signer_fault(question, signer);
}


/*
 * Returns 1 when a response has a critical extension that is not known, among its own or
 * among those of the answer about the certificate; 0 otherwise.
 */
static int
ggi_ocsp_has_unknown(OCSP_BASICRESP *basic, OCSP_SINGLERESP *single)
{
    int              i;
    X509_EXTENSION  *extension;

    for (i = OCSP_BASICRESP_get_ext_by_critical(basic, 1, -1);
         i >= 0;
         i = OCSP_BASICRESP_get_ext_by_critical(basic, 1, i))
    {
        extension = OCSP_BASICRESP_get_ext(basic, i);

        if (OBJ_obj2nid(X509_EXTENSION_get_object(extension)) != NID_id_pkix_OCSP_Nonce) {
            return 1;
        }
    }

    return OCSP_SINGLERESP_get_ext_by_critical(single, 1, -1) >= 0;
}


/* Returns what is wrong with the times of an answer, or NULL; sets them in *answer. */
static const char *
ggi_ocsp_times_fault(ggi_ocsp_answer_t *answer, const ASN1_GENERALIZEDTIME *this_update,
    const ASN1_GENERALIZEDTIME *next_update, int64_t now)
{
    time_t  from, until;

    if (!ggi_certificate_time(&from, this_update)
        || (next_update && !ggi_certificate_time(&until, next_update)))
    {
        return "sent an answer with a time that cannot be read";
    }

    answer->this_update = from;
    answer->next_update = next_update ? until : INT64_MAX;

    if (answer->this_update > now + GGI_OCSP_CLOCKS) {
        return "sent an answer of the future";
    }

    if (answer->next_update <= now || answer->next_update < answer->this_update) {
        return "sent an answer that has expired";
    }

    if (next_update == NULL && answer->this_update < now - GGI_OCSP_AGE_MAX) {
        return "sent an answer of more than an hour ago that does not say until when it holds";
    }

    return NULL;
}


/* Returns what is wrong with what a response says of the certificate, or NULL. */
static const char *
ggi_ocsp_single_fault(ggi_ocsp_answer_t *answer, const ggi_ocsp_question_t *question,
    OCSP_BASICRESP *basic, int64_t now)
{
    int                    i, status, reason;
    OCSP_SINGLERESP       *single;
    ASN1_GENERALIZEDTIME  *revoked, *this_update, *next_update;

    i = OCSP_resp_find(basic, OCSP_onereq_get0_id(OCSP_request_onereq_get0(question->request, 0)),
                       -1);
    single = OCSP_resp_get0(basic, i);

    if (i < 0 || single == NULL) {
        return "sent an answer about another certificate";
    }

    if (ggi_ocsp_has_unknown(basic, single)) {
        return "sent an answer with a critical extension that is not known";
    }

    status = OCSP_single_get0_status(single, &reason, &revoked, &this_update, &next_update);

    answer->status = (status == V_OCSP_CERTSTATUS_GOOD) ? GGI_OCSP_GOOD
                     : (status == V_OCSP_CERTSTATUS_REVOKED) ? GGI_OCSP_REVOKED
                     : GGI_OCSP_UNKNOWN;

    return ggi_ocsp_times_fault(answer, this_update, next_update, now);
}


/* Returns what is wrong with a response that was read, or NULL. */
static const char *
ggi_ocsp_basic_fault(ggi_ocsp_answer_t *answer, const ggi_ocsp_question_t *question,
    OCSP_BASICRESP *basic, int64_t now)
{
    const char  *fault;

    if (basic == NULL) {
        return "sent an answer that is no basic OCSP response";
    }

    /* 0: both have a nonce, and they differ */

    if (OCSP_check_nonce(question->request, basic) == 0) {
        return "sent an answer to another request: its nonce differs";
    }

    fault = ggi_ocsp_signature_fault(question, basic);

    return fault ? fault : ggi_ocsp_single_fault(answer, question, basic, now);
}


int
ggi_ocsp_read(ggi_ocsp_answer_t *answer, const ggi_ocsp_question_t *question,
    ggi_str_t body, int64_t now, char why[GGI_OCSP_WHY_MAX])
{
    int                   status;
    const char           *fault;
    OCSP_RESPONSE        *response;
    OCSP_BASICRESP       *basic;
    const unsigned char  *p;

    basic = NULL;
    p = (const unsigned char *) body.data;
    response = d2i_OCSP_RESPONSE(NULL, &p, (long) body.len);
    status = response ? OCSP_response_status(response) : -1;

    if (response == NULL) {
        snprintf(why, GGI_OCSP_WHY_MAX, "sent an answer that is no OCSP response");

    } else if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        snprintf(why, GGI_OCSP_WHY_MAX, "did not answer the question (%s)",
                 OCSP_response_status_str(status));

    } else {
        basic = OCSP_response_get1_basic(response);
        fault = ggi_ocsp_basic_fault(answer, question, basic, now);
        snprintf(why, GGI_OCSP_WHY_MAX, "%s", fault ? fault : "");
    }

    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    ERR_clear_error();

    return why[0] == '\0';
}


size_t
ggi_ocsp_url(char *url, size_t size, X509 *cert)
{
    size_t                     i, len;
    STACK_OF(OPENSSL_STRING)  *urls;

    urls = X509_get1_ocsp(cert);
    len = (sk_OPENSSL_STRING_num(urls) > 0) ? strlen(sk_OPENSSL_STRING_value(urls, 0)) : 0;

    if (len >= size) {
        len = 0;
    }

    for (i = 0; i < len; i++) {
        url[i] = sk_OPENSSL_STRING_value(urls, 0)[i];

        if (url[i] <= ' ' || url[i] > '~') {
            len = 0;
        }
    }

    url[len] = '\0';

    X509_email_free(urls);
    ERR_clear_error();

    return len;
}
