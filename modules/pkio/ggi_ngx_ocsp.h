/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Judges the certificates of a path by OCSP at each request, where ssl_ocsp of the server
 * is on: nginx itself asks in the handshake alone.
 */

#ifndef GGI_NGX_OCSP_H
#define GGI_NGX_OCSP_H

#include "ggi_ngx_path.h"
#include "ggi_ngx_server.h"


/*
 * Reads the ssl_ocsp_responder of a server, in postconfiguration. The lists of crl will
 * judge the certificates of responders; NULL: there are none. Returns NGX_OK, or
 * NGX_ERROR after a message.
 */
ngx_int_t ggi_ocsp_prepare(ngx_conf_t *cf, ngx_http_core_srv_conf_t *server,
    ggi_crl_source_t *crl);

/*
 * Judges a path by ssl_ocsp of the request's server: all certificates but the root, or
 * with "leaf" the first one alone. Returns NGX_OK and sets *reason to GGI_REASON_NONE
 * (also where ssl_ocsp is off), GGI_REASON_CERTIFICATE_REVOKED or
 * GGI_REASON_REVOCATION_UNKNOWN. Returns NGX_AGAIN when a responder is being asked, and
 * *reason is not set: with wait 1 ggi_call_resume() is called as soon as the answers have
 * come or failed to come, and the next call of this function is the last for them.
 * Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_ocsp_judge(ngx_http_request_t *r, ggi_path_t *path, ngx_uint_t wait,
    ggi_reason_e *reason);


#endif
