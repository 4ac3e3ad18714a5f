/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The TLS connections by which calls of the role afnemer leave: who is at the other end, and
 * whether that is to be trusted.
 */

#ifndef GGI_NGX_PROVIDER_TLS_H
#define GGI_NGX_PROVIDER_TLS_H

#include "ggi_ngx_place.h"


/*
 * Returns the OINs that the location of a request tells of its providers, an array of ggi_str_t,
 * or NULL when it tells none.
 */
const ngx_array_t *ggi_provider_expected(ngx_http_request_t *r);

/* Returns by what the certificates of providers are judged, or NULL without gate pkio. */
const ggi_provider_judge_t *ggi_provider_judge_of(ngx_http_request_t *r);

/*
 * Judges the other end of a connection for a request whose location tells OINs. Fills in
 * provider, and returns what ggi_provider_judge_t says of its function judge.
 */
ngx_int_t ggi_provider_judge(ngx_http_request_t *r, SSL *ssl, ggi_provider_t *provider);

/*
 * Notes in the call of a request, if it has one, at which provider it has come. wrong is 1 when
 * that one is not to be trusted.
 */
void ggi_provider_note(ngx_http_request_t *r, const ggi_provider_t *provider, ngx_uint_t wrong);

/* Logs why the other end of a connection is not to be trusted, and what becomes of it. */
void ggi_provider_log(ngx_http_request_t *r, ngx_uint_t level, const ggi_provider_t *provider,
    const char *then);

/*
 * Has the handshakes of a configuration of TLS watched, in postconfiguration: at their end the
 * provider is judged where the location tells OINs, and elsewhere it is noted whether nginx
 * trusts it.
 */
void ggi_provider_watch(SSL_CTX *ctx);


#endif
