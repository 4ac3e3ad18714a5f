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


typedef struct {
    const ggi_kind_t *kind;             /* of documents, set by the caller of the directive */
    ggi_redis_url_t   url;
    ngx_addr_t       *addrs;            /* of the server's name, resolved at start */
    ngx_uint_t        naddrs;           /* at least 1 */
    ngx_msec_t        timeout;          /* ms that connecting, and each reply, may take */
    ngx_ssl_t        *ssl;              /* NULL: no TLS */
    ngx_str_t         name;             /* for the log, without user and password */
#if (NGX_THREADS)
    ngx_thread_pool_t *threads;         /* where large documents are parsed */
#endif
} ggi_redis_conf_t;


/*
 * Reads the arguments of the directive: a URL, and then timeout= and ca=. Resolves
 * the name of the server, which may take as long as the system's resolver does.
 * conf, of which only kind is set, lives as long as the configuration. Returns
 * NGX_CONF_OK, or NGX_CONF_ERROR after a message.
 */
char *ggi_redis_directive(ngx_conf_t *cf, ggi_redis_conf_t *conf);


#endif
