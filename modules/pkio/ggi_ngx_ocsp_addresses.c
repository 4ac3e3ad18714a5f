/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_ocsp_addresses.h"
#include "ggi_ocsp.h"


static const char  ggi_ocsp_no_memory[] = "was not asked for lack of memory";


/* Copies the addresses that were resolved, with the port. Returns NGX_ERROR without memory. */
static ngx_int_t
ggi_ocsp_addresses_copy(ggi_ocsp_addresses_t *addresses, const ngx_resolver_ctx_t *resolving)
{
    ngx_uint_t   i;
    ngx_addr_t  *addr;

    addresses->addrs = ngx_pcalloc(addresses->pool, resolving->naddrs * sizeof(ngx_addr_t));
    if (addresses->addrs == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < resolving->naddrs; i++) {
        addr = &addresses->addrs[i];
        addr->socklen = resolving->addrs[i].socklen;
        addr->sockaddr = ngx_palloc(addresses->pool, addr->socklen);

        if (addr->sockaddr == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(addr->sockaddr, resolving->addrs[i].sockaddr, addr->socklen);
        ngx_inet_set_port(addr->sockaddr, addresses->responder->port);
        addr->name = addresses->responder->host;
    }

    addresses->naddrs = resolving->naddrs;

    return NGX_OK;
}


static void
ggi_ocsp_addresses_handler(ngx_resolver_ctx_t *resolving)
{
    char                   why[GGI_OCSP_WHY_MAX];
    const char            *fault;
    ggi_ocsp_addresses_t  *addresses = resolving->data;

    fault = NULL;

    if (resolving->state) {
        snprintf(why, sizeof(why), "has a host whose name could not be resolved: %s",
                 ngx_resolver_strerror(resolving->state));
        fault = why;

    } else if (ggi_ocsp_addresses_copy(addresses, resolving) != NGX_OK) {
        fault = ggi_ocsp_no_memory;
    }

    ggi_ocsp_addresses_stop(addresses);
    addresses->done(addresses->data, fault);
}


/* Begins to resolve a name. Returns NULL, or what is wrong. */
static const char *
ggi_ocsp_addresses_resolve(ggi_ocsp_addresses_t *addresses, ngx_resolver_ctx_t *resolving,
    const ngx_http_core_loc_conf_t *clcf)
{
    if (resolving == NULL) {
        return ggi_ocsp_no_memory;
    }

    resolving->name = addresses->responder->host;
    resolving->handler = ggi_ocsp_addresses_handler;
    resolving->data = addresses;
    resolving->timeout = clcf->resolver_timeout;

    addresses->resolving = resolving;

    /* nginx has freed it when this fails, and may have called the handler when it does not */

    if (ngx_resolve_name(resolving) != NGX_OK) {
        addresses->resolving = NULL;
        return "has a host whose name could not be resolved";
    }

    return NULL;
}


void
ggi_ocsp_addresses_find(ggi_ocsp_addresses_t *addresses, const ngx_http_core_loc_conf_t *clcf)
{
    const char          *fault;
    ngx_resolver_ctx_t  *resolving, asked;

    resolving = NGX_NO_RESOLVER;

    if (addresses->responder->named && clcf->resolver) {
        ngx_memzero(&asked, sizeof(ngx_resolver_ctx_t));
        asked.name = addresses->responder->host;
        resolving = ngx_resolve_start(clcf->resolver, &asked);
    }

    if (resolving == NGX_NO_RESOLVER) {
        addresses->addrs = addresses->responder->addrs;
        addresses->naddrs = addresses->responder->naddrs;

        addresses->done(addresses->data, addresses->naddrs
                                         ? NULL
                                         : "has a host with a name, which nginx cannot "
                                           "resolve without \"resolver\"");
        return;
    }

    fault = ggi_ocsp_addresses_resolve(addresses, resolving, clcf);

    if (fault) {
        addresses->done(addresses->data, fault);
    }
}


void
ggi_ocsp_addresses_stop(ggi_ocsp_addresses_t *addresses)
{
    ngx_resolver_ctx_t  *resolving;

    resolving = addresses->resolving;
    addresses->resolving = NULL;

    if (resolving) {
        ngx_resolve_name_done(resolving);
    }
}
