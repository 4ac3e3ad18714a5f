/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * One exchange with an OCSP responder, over the event loop: finds the addresses of the
 * responder, tries them in turn, sends the request and receives the answer, within
 * limits of time and size.
 */

#ifndef GGI_NGX_OCSP_EXCHANGE_H
#define GGI_NGX_OCSP_EXCHANGE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_event_connect.h>
#include <ngx_http.h>

#include "ggi_ngx_ocsp_responder.h"
#include "ggi_ocsp_http.h"


/*
 * Tells how an exchange has ended: with the body of an answer; or with a fault, in words
 * that complete "the responder ...", and body is empty then. Both live as long as the
 * call. The exchange is gone afterwards.
 */
typedef void (*ggi_ocsp_exchange_pt)(void *data, const char *fault, ggi_str_t body);

typedef struct ggi_ocsp_exchange_s  ggi_ocsp_exchange_t;


/*
 * Creates an exchange that has not begun. When it has ended, done will be called with data, and
 * the exchange frees itself; before that the caller can free it by ggi_ocsp_exchange_free().
 * Returns NULL without memory.
 */
ggi_ocsp_exchange_t *ggi_ocsp_exchange_create(ggi_ocsp_exchange_pt done, void *data,
    ngx_log_t *log);

/* Returns the pool of an exchange, for what has to live as long as it. */
ngx_pool_t *ggi_ocsp_exchange_pool(ggi_ocsp_exchange_t *exchange);

/*
 * Begins an exchange with the responder to, which has to live as long as the exchange. request
 * is the question in DER, which is copied. A host that is a name is looked up by the "resolver"
 * of clcf; without a resolver the addresses are those that the responder was given before. done
 * is called once, maybe before this returns.
 */
void ggi_ocsp_exchange_begin(ggi_ocsp_exchange_t *exchange, const ggi_ocsp_responder_t *to,
    const ngx_http_core_loc_conf_t *clcf, ggi_str_t request);

/*
 * Ends an exchange that cannot begin: calls done with the fault, in words that complete "the
 * responder ...", and frees the exchange.
 */
void ggi_ocsp_exchange_refuse(ggi_ocsp_exchange_t *exchange, const char *fault);

/*
 * Ends an exchange, whatever it waits for, without telling anybody: closes its connection, and
 * frees its memory.
 */
void ggi_ocsp_exchange_free(ggi_ocsp_exchange_t *exchange);


#endif
