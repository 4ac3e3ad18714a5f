/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What OCSP responders have told this worker. An answer serves all calls of a
 * certificate for a minute, or until its nextUpdate when that is sooner. It is asked for
 * once, however many calls wait for it, and anew when half of that time is over.
 */

#ifndef GGI_NGX_OCSP_ANSWERS_H
#define GGI_NGX_OCSP_ANSWERS_H

#include "ggi_ngx_ocsp_entry.h"
#include "ggi_reason.h"

#define GGI_OCSP_HOLDS  60000           /* ms that an answer counts after it was asked for */


/*
 * What is asked, and whom. All of it lives as long as the call of a function here, but for
 * data, which lives as long as the worker.
 */
typedef struct {
    const ggi_ocsp_key_t            *key;
    STACK_OF(X509)                  *chain;     /* verified, leaf first and root last */
    int                              place;     /* of the certificate in it */
    SSL_CTX                         *server;    /* its trust verified the chain */
    ggi_ocsp_delegate_pt             delegate;  /* of the question */
    void                            *data;      /* its argument */
    const ggi_ocsp_responder_t      *responder; /* of ssl_ocsp_responder; url empty: none */
    const ngx_http_core_loc_conf_t  *clcf;      /* of the server, which has its "resolver" */
} ggi_ocsp_matter_t;


/*
 * Tells what is known now of a certificate, and has a responder asked when it is time
 * for that: ask is 0 when the caller has waited for the answer already. Returns NGX_OK
 * and sets *reason to GGI_REASON_NONE, GGI_REASON_CERTIFICATE_REVOKED or
 * GGI_REASON_REVOCATION_UNKNOWN; or NGX_AGAIN when a responder is being asked and nothing
 * is known until it has answered: the waiter, unless that is NULL, is told then.
 */
ngx_int_t ggi_ocsp_answers_find(const ggi_ocsp_matter_t *matter, ngx_uint_t ask,
    ggi_ocsp_waiter_t *waiter, ggi_reason_e *reason);

/*
 * Has a waiter wait no more for an answer: its function is not called. Does nothing when it
 * does not wait.
 */
void ggi_ocsp_answers_leave(ggi_ocsp_waiter_t *waiter);


#endif
