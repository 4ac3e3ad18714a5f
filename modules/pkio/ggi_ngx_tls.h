/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The TLS settings of a server that the gate pkio depends on: it sets some of them
 * itself, and names the others at start when they are missing.
 */

#ifndef GGI_NGX_TLS_H
#define GGI_NGX_TLS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_ngx_gate.h"


/*
 * Notes for each server whether the operator wrote ssl_verify_depth in it or in http.
 * Call it in init_main_conf, before ngx_http_ssl_module merges its configuration, since
 * the merge replaces an absent value by the default.
 */
void ggi_tls_depth_note(ngx_conf_t *cf);

/*
 * Prepares the TLS of the server of a dienst, in postconfiguration, when nginx and
 * other modules have set up their SSL_CTX. It raises ssl_verify_depth so that a chain
 * of PKIoverheid can be verified to its root, also for other servers at the same
 * addresses, unless the operator set it. It lets the gate decide which TLS sessions are
 * resumed on these addresses.
 *
 * crl is 1 when ggi_pkio_crl names revocation lists. Warns of settings with which the
 * gate would refuse calls, or not notice a revoked certificate. Notes a lack, with
 * which nginx does not start, when the server asks for no client certificate, and when
 * a server at these addresses has a builtin session cache or early data. Returns
 * NGX_OK; or NGX_ERROR without memory, or after a message when an SSL_CTX cannot be
 * changed.
 */
ngx_int_t ggi_tls_prepare(ngx_conf_t *cf, const ggi_place_t *place,
    ngx_uint_t crl);


#endif
