/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_ocsp_responder.h"
#include "ggi_ocsp_http.h"


#define GGI_OCSP_SCHEME      "http://"
#define GGI_OCSP_SCHEME_LEN  7


const char *
ggi_ocsp_responder_read(ggi_ocsp_responder_t *responder, ngx_pool_t *pool, ngx_str_t url)
{
    ngx_url_t  u;

    ngx_memzero(responder, sizeof(ggi_ocsp_responder_t));
    responder->url = url;

    if (url.len <= GGI_OCSP_SCHEME_LEN
        || ngx_strncasecmp(url.data, (u_char *) GGI_OCSP_SCHEME, GGI_OCSP_SCHEME_LEN) != 0)
    {
        return "has a URL that does not begin with \"http://\"";
    }

    ngx_memzero(&u, sizeof(ngx_url_t));
    u.url.data = url.data + GGI_OCSP_SCHEME_LEN;
    u.url.len = url.len - GGI_OCSP_SCHEME_LEN;
    u.default_port = 80;
    u.uri_part = 1;
    u.no_resolve = 1;

    if (ngx_parse_url(pool, &u) != NGX_OK || u.host.len == 0) {
        return "has a URL that is not valid";
    }

    responder->host = u.host;
    responder->uri = u.uri;
    responder->port = u.port;
    responder->addrs = u.naddrs ? u.addrs : NULL;
    responder->naddrs = u.naddrs;
    responder->named = (u.naddrs == 0);

    return NULL;
}


ngx_int_t
ggi_ocsp_responder_resolve(ggi_ocsp_responder_t *responder, ngx_pool_t *pool)
{
    ngx_url_t  u;

    if (!responder->named) {
        return NGX_OK;
    }

    ngx_memzero(&u, sizeof(ngx_url_t));
    u.host = responder->host;
    u.port = responder->port;

    if (ngx_inet_resolve_host(pool, &u) != NGX_OK) {
        return NGX_ERROR;
    }

    responder->addrs = u.addrs;
    responder->naddrs = u.naddrs;

    return NGX_OK;
}


const char *
ggi_ocsp_responder_of(ggi_ocsp_responder_t *responder, ngx_pool_t *pool, X509 *cert)
{
    char       text[GGI_OCSP_URL_MAX];
    ngx_str_t  url;

    ngx_memzero(responder, sizeof(ggi_ocsp_responder_t));

    url.len = ggi_ocsp_url(text, sizeof(text), cert);

    if (url.len == 0) {
        ngx_str_set(&responder->url, "none");
        return "is not named by the certificate, and \"ssl_ocsp_responder\" names none";
    }

    url.data = ngx_pnalloc(pool, url.len);
    if (url.data == NULL) {
        return "was not asked for lack of memory";
    }

    ngx_memcpy(url.data, text, url.len);

    return ggi_ocsp_responder_read(responder, pool, url);
}
