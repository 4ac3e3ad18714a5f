/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Where and how a worker connects to Redis, as a directive such as ggi_autorisatie_redis
 * says, and which kind of documents it asks for there.
 */

#ifndef GGI_NGX_REDIS_CONF_H
#define GGI_NGX_REDIS_CONF_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_kind.h"
#include "ggi_redis_url.h"

#if (NGX_THREADS)
#include <ngx_thread_pool.h>
#endif


/* An address at which a host can be connected to. */
typedef struct {
    const ggi_redis_host_t *host;       /* for whom its certificate has to be; of no use to a
                                         * UNIX socket, which has none */
    ngx_addr_t              addr;
} ggi_redis_node_t;


typedef struct {
    const ggi_kind_t *kind;             /* of documents, set by the caller of the directive */
    ggi_redis_url_t   url;
    ggi_redis_node_t *nodes;            /* addresses of the hosts of the URL, by name at start */
    ngx_uint_t        nnodes;           /* at least 1 */
    ngx_msec_t        timeout;          /* ms that connecting, and each reply, may take */
    ngx_resolver_t   *resolver;         /* of http, once the configuration is read */
    ngx_msec_t        resolver_timeout;
    ngx_ssl_t        *ssl;              /* NULL: no TLS */
    ngx_str_t         name;             /* for the log, without user and password */
#if (NGX_THREADS)
    ngx_thread_pool_t *threads;         /* where large documents are parsed */
#endif
} ggi_redis_conf_t;


/*
 * Reads the arguments of the directive: a URL, and then timeout=, ca=, cert=, key=,
 * sentinel_user= and sentinel_password=. Reads the files that are named, and resolves the names of
 * the hosts, which may take as long as the system's resolver does. conf, of which only kind is set,
 * lives as long as the configuration. Returns NGX_CONF_OK, or NGX_CONF_ERROR after a message.
 */
char *ggi_redis_directive(ngx_conf_t *cf, ggi_redis_conf_t *conf);


#endif
