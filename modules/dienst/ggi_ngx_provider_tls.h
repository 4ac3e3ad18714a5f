/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The TLS connections by which calls of the role afnemer leave: who is at the other end, and
 * whether that is to be trusted.
 */

#ifndef GGI_NGX_PROVIDER_TLS_H
#define GGI_NGX_PROVIDER_TLS_H

#include "ggi_ngx_place.h"


/*
 * Returns the OINs of which the provider of a request has to have one, as its location says: an
 * array of ggi_str_t that belongs to the configuration. Returns NULL when the location names
 * none.
 */
const ngx_array_t *ggi_provider_expected(ngx_http_request_t *r);

/*
 * Returns the functions of gate pkio by which the certificates of providers are judged, or NULL
 * when that module is not loaded. They live as long as the configuration.
 */
const ggi_provider_judge_t *ggi_provider_judge_of(ngx_http_request_t *r);

/*
 * Judges the provider at the other end of a connection, for a request whose location names OINs
 * of providers; gate pkio has to be there. Sets *provider to what was found, whose strings live
 * as long as the connection. Returns NGX_OK when the provider is trusted and has one of the
 * OINs, NGX_DECLINED when not, or NGX_ERROR without memory.
 */
ngx_int_t ggi_provider_judge(ngx_http_request_t *r, SSL *ssl, ggi_provider_t *provider);

/*
 * Notes in the call of a request which provider it has reached: the OIN and the digest of its
 * certificate, both of which are copied. wrong is 1 when that provider is not to be trusted,
 * and 0 otherwise. Does nothing for a request without a call, and for subrequests.
 */
void ggi_provider_note(ngx_http_request_t *r, const ggi_provider_t *provider, ngx_uint_t wrong);

/*
 * Logs that the provider at the other end of a connection is not trusted, with the reason, its
 * OIN and its certificate as far as provider has them. level is that of the message, such as
 * NGX_LOG_ERR; then ends the message, and says what becomes of the call.
 */
void ggi_provider_log(ngx_http_request_t *r, ngx_uint_t level, const ggi_provider_t *provider,
    const char *then);

/*
 * Has each handshake by ctx watched, in postconfiguration. At its end the provider is judged
 * when the location names OINs of providers; otherwise it is only noted in the call whether
 * nginx trusts the provider.
 */
void ggi_provider_watch(SSL_CTX *ctx);

/* Returns 1 when each handshake by ctx is watched, and 0 when it is not or ctx is NULL. */
ngx_uint_t ggi_provider_watched(SSL_CTX *ctx);


#endif
