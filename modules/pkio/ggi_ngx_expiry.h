/* SPDX-License-Identifier: EUPL-1.2 */

/* When the certificates expire that the configuration names: those of servers, and CAs. */

#ifndef GGI_NGX_EXPIRY_H
#define GGI_NGX_EXPIRY_H

#include "ggi_ngx_metrics.h"
#include "ggi_ngx_server.h"


/*
 * Notes in of, in postconfiguration, when the certificates of the server at a place expire, and
 * when the CAs that it trusts do. Does nothing for a server without TLS. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_expiry_prepare(ngx_conf_t *cf, const ggi_place_t *place, ggi_expiries_of_t *of);

/*
 * Adds to a status that is asked for two families of metrics with what ggi_expiry_prepare() has
 * noted in of: when certificates of servers expire, and when CAs do. Their memory is that of
 * the pool. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_expiry_status(ngx_pool_t *pool, const ggi_expiries_of_t *of,
    ggi_status_t *status);


#endif
