/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_common_name.h"
#include "ggi_ngx_client_cn.h"


/* Does nothing: by its address the name that was read is found in the pool of the connection. */
static void
ggi_client_cn_cleanup(void *data)
{
    /* the name goes with the pool */
}


/* Returns the name that was read for an earlier call of a connection, or NULL. */
static const ngx_str_t *
ggi_client_cn_kept(const ngx_pool_t *pool)
{
    const ngx_pool_cleanup_t  *cln;

    for (cln = pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ggi_client_cn_cleanup) {
            return cln->data;
        }
    }

    return NULL;
}


/* Returns the name in the client's certificate of a connection, if nginx trusts it. */
static ggi_str_t
ggi_client_cn_read(ngx_connection_t *c)
{
    X509        *x509;
    const char  *text;

    static const ggi_str_t  none = ggi_str("");

    x509 = SSL_get0_peer_certificate(c->ssl->connection);

    if (x509 == NULL || SSL_get_verify_result(c->ssl->connection) != X509_V_OK
        || ngx_ssl_ocsp_get_status(c, &text) != NGX_OK)
    {
        return none;
    }

    return ggi_common_name(X509_get_subject_name(x509));
}


/* Reads the name for the first call of a connection, and keeps it. Returns NULL without memory. */
static const ngx_str_t *
ggi_client_cn_keep(ngx_connection_t *c)
{
    ggi_str_t            name;
    ngx_str_t           *kept;
    ngx_pool_cleanup_t  *cln;

    name = ggi_client_cn_read(c);

    cln = ngx_pool_cleanup_add(c->pool, sizeof(ngx_str_t) + name.len);
    if (cln == NULL) {
        return NULL;
    }

    kept = cln->data;
    kept->len = name.len;
    kept->data = (u_char *) (kept + 1);
    ngx_memcpy(kept->data, name.data, name.len);

    cln->handler = ggi_client_cn_cleanup;

    return kept;
}


ngx_int_t
ggi_client_cn_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const ngx_str_t   *name;
    ngx_connection_t  *c;

    static const ngx_str_t  none = ngx_null_string;

    name = &none;

    if (r->connection->ssl) {
        /* not that of the request, since a stream of HTTP/3 is one with a pool of its own */

        c = ngx_ssl_get_connection(r->connection->ssl->connection);
        name = ggi_client_cn_kept(c->pool);

        if (name == NULL) {
            name = ggi_client_cn_keep(c);
        }

        if (name == NULL) {
            return NGX_ERROR;
        }
    }

    v->data = name->data;
    v->len = (unsigned) name->len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}
