/* SPDX-License-Identifier: EUPL-1.2 */

/* What the gate needs of the TLS of a server: said at start, or set. */

#ifndef GGI_NGX_TLS_H
#define GGI_NGX_TLS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_ngx_gate.h"


extern ngx_module_t  ngx_http_ggi_pkio_module;

/*
 * Notes for each server whether the operator wrote ssl_verify_depth in it or in
 * http, into the ngx_uint_t that is this module's configuration of the server.
 * Call in init_main_conf: the merge of ngx_http_ssl_module, which comes later in
 * nginx's list of modules, puts the default in its place. Were it earlier, each
 * depth would count as written down, and stay.
 */
void ggi_tls_depth_note(ngx_conf_t *cf);

/*
 * Prepares the server of a dienst: a chain of PKIoverheid is verified to its
 * root, also in a handshake with another server of its addresses whose
 * ssl_verify_depth was not written down, and no session is resumed on these
 * addresses, wherever it was made. Call
 * in postconfiguration, when nginx and other modules have set up their SSL_CTX.
 * crl: whether ggi_pkio_crl names lists. Warns of what would make the gate
 * refuse calls, or be blind. A server that asks for no certificate is noted as
 * a lack. Returns NGX_ERROR when there is no memory, or, logged, when its
 * SSL_CTX cannot be changed.
 */
ngx_int_t ggi_tls_prepare(ngx_conf_t *cf, const ggi_place_t *place,
    ngx_uint_t crl);


#endif
