/* SPDX-License-Identifier: EUPL-1.2 */

/* What the gate needs of the TLS of a server: said at start, or set. */

#ifndef GGI_NGX_TLS_H
#define GGI_NGX_TLS_H

#include "ggi_call.h"


/*
 * Prepares the server of a dienst: a chain of PKIoverheid is verified to its
 * root, and no session is resumed on its addresses. crl: whether ggi_pkio_crl
 * names lists. Warns of what would make the gate refuse calls, or be blind.
 * NGX_ERROR: the server asks for no certificate; logged, with the place.
 */
ngx_int_t ggi_tls_prepare(ngx_conf_t *cf, const ggi_place_t *place,
    ngx_uint_t crl);


#endif
