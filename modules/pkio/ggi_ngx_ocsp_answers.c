/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_name_text.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_ocsp_answers.h"
#include "ggi_ngx_ocsp_entry.h"
#include "ggi_ngx_queue.h"


#define GGI_OCSP_ISSUER_MAX  256        /* bytes of the name of a CA in a message */
#define GGI_OCSP_PAUSE       1000       /* ms after a failure until the responder is asked again */


/* Returns 1 when there is an answer that holds now, 0 otherwise. */
static ngx_uint_t
ggi_ocsp_entry_holds(const ggi_ocsp_entry_t *entry)
{
    return entry->answered && ngx_current_msec - entry->asked < GGI_OCSP_HOLDS
           && (int64_t) ngx_time() < entry->answer.next_update;
}


/* Returns 1 when it is time to ask, 0 otherwise. */
static ngx_uint_t
ggi_ocsp_entry_due(const ggi_ocsp_entry_t *entry)
{
    if (entry->exchange
        || (entry->failed && ngx_current_msec - entry->ended < GGI_OCSP_PAUSE))
    {
        return 0;
    }

    if (!ggi_ocsp_entry_holds(entry)) {
        return 1;
    }

    /* a worker that ends does not ask ahead: it would wait for the answer */
    return !ngx_exiting && ngx_current_msec - entry->asked >= entry->refresh;
}


/*
 * Logs what is wrong with a responder, or that nothing is any more where wrong is NULL,
 * with the certificate that the question was about. Each is logged once.
 */
static void
ggi_ocsp_entry_log(ggi_ocsp_entry_t *entry, const char *wrong)
{
    char       *serial;
    BIGNUM     *number;
    size_t      len;
    char        issuer[GGI_OCSP_ISSUER_MAX];

    if (entry->told == (wrong != NULL)) {
        return;
    }

    entry->told = (wrong != NULL);

    number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(entry->question.cert), NULL);
    serial = number ? BN_bn2hex(number) : NULL;
    len = ggi_name_text(issuer, sizeof(issuer), X509_get_subject_name(entry->question.issuer));

    if (wrong) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "the OCSP responder \"%V\" %s, asked about certificate %s of \"%*s\": its "
                      "calls are refused with revocation_unknown while there is no answer that "
                      "counts", &entry->responder.url, wrong, serial ? serial : "", len, issuer);
    } else {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "the OCSP responder \"%V\" answers again about certificate %s of \"%*s\"",
                      &entry->responder.url, serial ? serial : "", len, issuer);
    }

    OPENSSL_free(serial);
    BN_free(number);
}


/* Takes over an answer. */
static void
ggi_ocsp_entry_take(ggi_ocsp_entry_t *entry, const ggi_ocsp_answer_t *answer)
{
    int64_t                    left;
    static const ggi_metric_e  metric[] = {
        GGI_METRIC_OCSP_GOOD, GGI_METRIC_OCSP_REVOKED, GGI_METRIC_OCSP_UNKNOWN
    };

    left = answer->next_update - (int64_t) ngx_time();

    entry->answer = *answer;
    entry->answered = 1;
    entry->asked = entry->began;
    entry->refresh = GGI_OCSP_HOLDS / 2;

    if (left < GGI_OCSP_HOLDS / 1000) {
        entry->refresh = (ngx_msec_t) left * 1000 / 2;
    }

    if (answer->status == GGI_OCSP_UNKNOWN) {
        /* a certificate that has just been issued */
        entry->refresh = ngx_min(entry->refresh, GGI_OCSP_PAUSE);
    }

    ggi_metric_add(metric[answer->status], 1);
    ggi_metric_set(GGI_METRIC_OCSP_ANSWERED, (ngx_uint_t) (ngx_current_msec / 1000));
}


/* Tells all who wait that an exchange has ended: they look again. */
static void
ggi_ocsp_entry_tell(ggi_ocsp_entry_t *entry)
{
    ngx_queue_t         told, *q;
    ggi_ocsp_waiter_t  *waiter;

    /* they leave the entry first: a call that goes on may free it, or wait for it again */

    ggi_queue_take_all(&told, &entry->waiters);

    /* each leaves before it is told, and nobody joins: so this ends, whatever they do */

    while ((q = ggi_queue_take(&told)) != NULL) {
        waiter = ngx_queue_data(q, ggi_ocsp_waiter_t, queue);
        waiter->waiting = 0;
        waiter->done(waiter->data);
    }
}


/* Returns 1, or 0 and the reason in why, which has GGI_OCSP_WHY_MAX bytes. */
static ngx_uint_t
ggi_ocsp_entry_read(const ggi_ocsp_entry_t *entry, ggi_ocsp_answer_t *answer, ggi_str_t body,
    char *why)
{
    if (!ggi_ocsp_read(answer, &entry->question, body, (int64_t) ngx_time(), why)) {
        return 0;
    }

    if (entry->answered && entry->answer.status == GGI_OCSP_REVOKED
        && answer->status != GGI_OCSP_REVOKED
        && answer->this_update < entry->answer.this_update)
    {
        snprintf(why, GGI_OCSP_WHY_MAX,
                 "sent an answer that is older than the one by which the certificate has been "
                 "revoked");
        return 0;
    }

    return 1;
}


static void
ggi_ocsp_entry_done(void *data, const char *fault, ggi_str_t body)
{
    ggi_ocsp_entry_t *entry = data;

    char               why[GGI_OCSP_WHY_MAX];
    ggi_ocsp_answer_t  answer;

    if (fault == NULL && !ggi_ocsp_entry_read(entry, &answer, body, why)) {
        fault = why;
    }

    if (fault) {
        ggi_metric_add(GGI_METRIC_OCSP_FAILED, 1);
        ggi_ocsp_entry_log(entry, fault);

    } else {
        ggi_ocsp_entry_take(entry, &answer);
        ggi_ocsp_entry_log(entry, answer.status == GGI_OCSP_UNKNOWN
                                  ? "does not know the certificate" : NULL);
    }

    entry->failed = (fault != NULL);
    entry->ended = ngx_current_msec;
    entry->exchange = NULL;
    ggi_ocsp_question_free(&entry->question);

    ggi_ocsp_entry_tell(entry);
}


/*
 * Sets whom to ask in the entry, which has that as long as the exchange goes on. Returns
 * NULL, or what is wrong.
 */
static const char *
ggi_ocsp_entry_responder(ggi_ocsp_entry_t *entry, const ggi_ocsp_matter_t *matter)
{
    if (matter->responder->url.len) {
        entry->responder = *matter->responder;
        return NULL;
    }

    return ggi_ocsp_responder_of(&entry->responder, ggi_ocsp_exchange_pool(entry->exchange),
                                 sk_X509_value(matter->chain, matter->place));
}


/* Begins to ask. When that fails at once, or the answer comes at once, it has ended already. */
static void
ggi_ocsp_entry_ask(ggi_ocsp_entry_t *entry, const ggi_ocsp_matter_t *matter)
{
    u_char      *der;
    ggi_str_t    request;
    const char  *fault;

    der = NULL;
    request.len = 0;
    entry->began = ngx_current_msec;
    entry->exchange = ggi_ocsp_exchange_create(ggi_ocsp_entry_done, entry, ngx_cycle->log);

    if (entry->exchange
        && ggi_ocsp_question_create(&entry->question, matter->chain, matter->place,
                                    SSL_CTX_get_cert_store(matter->server),
                                    SSL_CTX_get_security_level(matter->server)))
    {
        entry->question.delegate = matter->delegate;
        entry->question.data = matter->data;
        request.len = ggi_ocsp_question_write(&entry->question, &der);
        request.data = (const char *) der;
    }

    if (request.len == 0) {
        /* no memory */
        entry->failed = 1;
        entry->ended = ngx_current_msec;
        ggi_ocsp_question_free(&entry->question);

        if (entry->exchange) {
            ggi_ocsp_exchange_free(entry->exchange);
            entry->exchange = NULL;
        }

        return;
    }

    fault = ggi_ocsp_entry_responder(entry, matter);

    if (fault) {
        ggi_ocsp_exchange_refuse(entry->exchange, fault);
    } else {
        ggi_ocsp_exchange_begin(entry->exchange, &entry->responder, matter->clcf, request);
    }

    OPENSSL_free(der);
}


ngx_int_t
ggi_ocsp_answers_find(const ggi_ocsp_matter_t *matter, ngx_uint_t ask,
    ggi_ocsp_waiter_t *waiter, ggi_reason_e *reason)
{
    ggi_ocsp_entry_t  *entry;

    *reason = GGI_REASON_REVOCATION_UNKNOWN;
    entry = ggi_ocsp_entry_get(matter->key);

    if (entry == NULL) {
        return NGX_OK;
    }

    if (ask && ggi_ocsp_entry_due(entry)) {
        ggi_ocsp_entry_ask(entry, matter);
    }

    if (!ggi_ocsp_entry_holds(entry)) {

        if (!ask || entry->exchange == NULL) {
            return NGX_OK;
        }

        if (waiter) {
            ggi_ocsp_answers_leave(waiter);
            ngx_queue_insert_tail(&entry->waiters, &waiter->queue);
            waiter->waiting = 1;
        }

        return NGX_AGAIN;
    }

    if (entry->answer.status == GGI_OCSP_GOOD) {
        *reason = GGI_REASON_NONE;

    } else if (entry->answer.status == GGI_OCSP_REVOKED) {
        *reason = GGI_REASON_CERTIFICATE_REVOKED;
    }

    return NGX_OK;
}


void
ggi_ocsp_answers_leave(ggi_ocsp_waiter_t *waiter)
{
    if (!waiter->waiting) {
        return;
    }

    waiter->waiting = 0;
    ngx_queue_remove(&waiter->queue);
}
