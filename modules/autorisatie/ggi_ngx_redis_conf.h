/* SPDX-License-Identifier: EUPL-1.2 */

/* Where and how a worker connects to Redis, as the directive ggi_autorisatie_redis says it. */

#ifndef GGI_NGX_REDIS_CONF_H
#define GGI_NGX_REDIS_CONF_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_redis_url.h"

#if (NGX_THREADS)
#include <ngx_thread_pool.h>
#endif


typedef struct {
    ggi_redis_url_t   url;
    ngx_addr_t       *addrs;
    ngx_uint_t        naddrs;
    ngx_msec_t        timeout;          /* of connecting, and of each reply */
    ngx_ssl_t        *ssl;              /* for rediss:// */
    ngx_str_t         name;             /* without user and password, for the log */
#if (NGX_THREADS)
    ngx_thread_pool_t *threads;         /* where large profiles are parsed */
#endif
} ggi_redis_conf_t;


/*
 * Reads ggi_autorisatie_redis URL [timeout=] [ca=]. Resolves the name of the
 * server, which may take as long as the system's resolver does. Returns
 * NGX_CONF_OK, or NGX_CONF_ERROR after a message.
 */
char *ggi_redis_directive(ngx_conf_t *cf, ggi_redis_conf_t *conf);


#endif
