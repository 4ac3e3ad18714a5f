/* SPDX-License-Identifier: EUPL-1.2 */

/* The variable $ggi_client_cn: which application a client certificate names. */

#ifndef GGI_NGX_CLIENT_CN_H
#define GGI_NGX_CLIENT_CN_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Returns 1 when some address has servers that do not trust the same client certificates, 0 when
 * none has. Call it at postconfiguration.
 */
ngx_uint_t ggi_client_cn_mixed(ngx_conf_t *cf);


/*
 * The get_handler of the variable $ggi_client_cn: the name that ggi_common_name() reads from
 * the client's certificate, when nginx has verified that by what the server of the request
 * trusts. What another server of the address has verified is verified again. Otherwise, and
 * without TLS, it is empty. The first call of a connection to a server reads the certificate;
 * later ones get the same text, which belongs to the connection's pool. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_client_cn_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data);


#endif
