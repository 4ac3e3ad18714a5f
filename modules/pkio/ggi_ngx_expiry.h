/* SPDX-License-Identifier: EUPL-1.2 */

/* When the certificates expire that the configuration names: those of servers, and CAs. */

#ifndef GGI_NGX_EXPIRY_H
#define GGI_NGX_EXPIRY_H

#include "ggi_ngx_metrics.h"
#include "ggi_ngx_server.h"


/*
 * Notes when the certificates of a server expire, and the CAs that it trusts, in
 * postconfiguration. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_expiry_prepare(ngx_conf_t *cf, const ggi_place_t *place, ggi_expiries_of_t *of);

/* Adds what was noted to a status. Returns NGX_OK, or NGX_ERROR without memory. */
ngx_int_t ggi_expiry_status(ngx_http_request_t *r, const ggi_expiries_of_t *of,
    ggi_status_t *status);


#endif
