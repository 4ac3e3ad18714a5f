/* SPDX-License-Identifier: EUPL-1.2 */

/* Finds the addresses of an OCSP responder, over the event loop. */

#ifndef GGI_NGX_OCSP_ADDRESSES_H
#define GGI_NGX_OCSP_ADDRESSES_H

#include <ngx_http.h>

#include "ggi_ngx_ocsp_responder.h"


/*
 * Tells how the search has ended: fault is NULL, or says what is wrong, in words that
 * complete "the responder ..." and live as long as the call.
 */
typedef void (*ggi_ocsp_addresses_pt)(void *data, const char *fault);

/* The addresses of a responder, or the search for them. */
typedef struct {
    ngx_pool_t                  *pool;
    const ggi_ocsp_responder_t  *responder;
    ggi_ocsp_addresses_pt        done;
    void                        *data;          /* for done */
    ngx_resolver_ctx_t          *resolving;     /* NULL: the search has ended */
    ngx_addr_t                  *addrs;
    ngx_uint_t                   naddrs;
} ggi_ocsp_addresses_t;


/*
 * Begins the search. The caller has set pool, responder, done and data, and the rest to
 * zero. The name of a host is resolved by the "resolver" of clcf; without one the
 * addresses are those that the responder has. done is called once, maybe before this
 * returns, and unless ggi_ocsp_addresses_stop() is called before.
 */
void ggi_ocsp_addresses_find(ggi_ocsp_addresses_t *addresses,
    const ngx_http_core_loc_conf_t *clcf);

/*
 * Ends a search for addresses before nginx's resolver has answered; done is not called then.
 * Does nothing when the search has ended already.
 */
void ggi_ocsp_addresses_stop(ggi_ocsp_addresses_t *addresses);


#endif
