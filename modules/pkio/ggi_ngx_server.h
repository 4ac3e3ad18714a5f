/* SPDX-License-Identifier: EUPL-1.2 */

/* What this module knows of a server, and of all: its configuration of them. */

#ifndef GGI_NGX_SERVER_H
#define GGI_NGX_SERVER_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_ngx_crl.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_ocsp_responder.h"


extern ngx_module_t  ngx_http_ggi_pkio_module;


typedef SSL_SESSION *(*ggi_get_session_pt)(SSL *ssl, const u_char *id, int len,
    int *copy);


typedef struct {
    ngx_uint_t                id;       /* its own in all reloads; 0: no dienst at its address */
    ngx_http_ssl_srv_conf_t  *tls;
    ggi_get_session_pt        get_session;      /* nginx's own; NULL: there is no cache */
    ggi_ocsp_responder_t      responder;        /* of ssl_ocsp_responder; its url is empty: none */
    ggi_crl_source_t         *crl;              /* NULL: there are no lists, or ssl_ocsp is off */
    unsigned                  depth_given:1;    /* ssl_verify_depth was written */
    unsigned                  dienst:1;         /* it serves one */
} ggi_server_t;


/* When certificates expire, by their subject: arrays of ggi_status_sample_t. */
typedef struct {
    ngx_array_t        servers;         /* elts NULL: no server was looked at */
    ngx_array_t        cas;
} ggi_expiries_of_t;


typedef struct {
    ggi_crl_source_t  *crl;             /* NULL: revocation is not checked */
    ggi_expiries_of_t  expiries;
} ggi_pkio_main_conf_t;


/* Returns what is known of a server of the configuration. */
static inline ggi_server_t *
ggi_server_of(ngx_http_core_srv_conf_t *server)
{
    return server->ctx->srv_conf[ngx_http_ggi_pkio_module.ctx_index];
}


/*
 * Iterates over the servers in which the gate pkio is not off somewhere: pass NULL for
 * the first one, and the place that was returned for the next. Returns the first such
 * place of a server, or NULL after the last server. Call in postconfiguration only.
 */
static inline const ggi_place_t *
ggi_server_next(ngx_conf_t *cf, const ggi_place_t *place)
{
    const ngx_http_core_srv_conf_t  *server;

    server = place ? place->server : NULL;

    do {
        place = ggi_gate_next_place(cf, GGI_GATE_PKIO, place);
    } while (place && place->server == server);

    return place;
}


#endif
