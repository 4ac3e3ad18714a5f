/* SPDX-License-Identifier: EUPL-1.2 */

/* What the gate needs of the TLS of a server: said at start, or set. */

#ifndef GGI_NGX_TLS_H
#define GGI_NGX_TLS_H

#include "ggi_call.h"


/*
 * Prepares the server of a dienst: a chain of PKIoverheid is verified to its
 * root, and no session is resumed on its addresses, wherever it was made. Call
 * in postconfiguration, when nginx and other modules have set up their SSL_CTX.
 * crl: whether ggi_pkio_crl names lists. Warns of what would make the gate
 * refuse calls, or be blind. A server that asks for no certificate is noted as
 * a lack. Returns NGX_ERROR when there is no memory, or, logged, when its
 * SSL_CTX cannot be changed.
 */
ngx_int_t ggi_tls_prepare(ngx_conf_t *cf, const ggi_place_t *place,
    ngx_uint_t crl);


#endif
