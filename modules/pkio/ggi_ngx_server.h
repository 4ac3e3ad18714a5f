/* SPDX-License-Identifier: EUPL-1.2 */

/* What this module knows of a server: its configuration of the server. */

#ifndef GGI_NGX_SERVER_H
#define GGI_NGX_SERVER_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


extern ngx_module_t  ngx_http_ggi_pkio_module;


typedef SSL_SESSION *(*ggi_get_session_pt)(SSL *ssl, const u_char *id, int len,
    int *copy);


typedef struct {
    ngx_uint_t                id;       /* its own in all reloads; 0: no dienst at its address */
    ngx_http_ssl_srv_conf_t  *tls;
    ggi_get_session_pt        get_session;      /* nginx's own; NULL: there is no cache */
    unsigned                  depth_given:1;    /* ssl_verify_depth was written */
    unsigned                  dienst:1;         /* it serves one */
} ggi_server_t;


/* Returns what is known of a server of the configuration. */
static inline ggi_server_t *
ggi_server_of(ngx_http_core_srv_conf_t *server)
{
    return server->ctx->srv_conf[ngx_http_ggi_pkio_module.ctx_index];
}


#endif
