/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_array.h"
#include "ggi_ngx_call.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_limits.h"
#include "ggi_ngx_provider_peer.h"
#include "ggi_ngx_provider_tls.h"


#define GGI_PROVIDER_DEPTH  3           /* CAs between leaf and root: PKIoverheid has two */


/* The functions by which nginx gets a server of an upstream, and those behind them. */
typedef struct {
    ngx_http_request_t                *request;
    void                              *data;
    ngx_event_get_peer_pt              get;
    ngx_event_free_peer_pt             free;
    ngx_event_notify_peer_pt           notify;
    ngx_event_set_peer_session_pt      set_session;
    ngx_event_save_peer_session_pt     save_session;
} ggi_provider_peer_t;


/* A local address for connections that has the connection made with TLS as well. */
typedef struct {
    ngx_http_upstream_local_t   local;
    ngx_http_complex_value_t    value;
    uintptr_t                   lengths[2];     /* the function that is called, and 0 */
    ngx_http_upstream_local_t  *own;    /* of "proxy_bind"; NULL: there is none */
} ggi_provider_local_t;


/*
 * Has the connection of a request made with TLS, also where a variable gave "http://": only
 * TLS shows who the provider is.
 */
static void
ggi_provider_ask_tls(ngx_http_request_t *r)
{
    ggi_provider_t  unknown;

    if (!r->upstream->ssl) {
        r->upstream->ssl = 1;

        ngx_memzero(&unknown, sizeof(ggi_provider_t));
        ggi_provider_note(r, &unknown, 1);
    }
}


/*
 * Gets a server, and perhaps a connection to it that was kept open. It may have been
 * opened for a location that asks for something else, or before a list said that its
 * certificate is revoked: such a one is closed, and nginx opens another one to that
 * server.
 */
static ngx_int_t
ggi_provider_get(ngx_peer_connection_t *pc, void *data)
{
    ggi_provider_peer_t *peer = data;

    ngx_int_t            rc;
    ggi_provider_t       provider;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = peer->request;
    rc = peer->get(pc, peer->data);
    c = pc->connection;

    if (rc != NGX_DONE || c == NULL || c->ssl == NULL) {
        return rc;
    }

    if (ggi_provider_judge(r, c->ssl->connection, &provider) == NGX_OK) {
        ggi_provider_note(r, &provider, 0);
        return NGX_DONE;
    }

    ggi_provider_log(r, NGX_LOG_INFO, &provider, "the connection that was kept is closed");

    c->ssl->no_wait_shutdown = 1;
    (void) ngx_ssl_shutdown(c);
    ngx_destroy_pool(c->pool);
    ngx_close_connection(c);

    pc->connection = NULL;
    pc->cached = 0;

    return NGX_OK;
}


static void
ggi_provider_free(ngx_peer_connection_t *pc, void *data, ngx_uint_t state)
{
    ggi_provider_peer_t *peer = data;

    peer->free(pc, peer->data, state);
}


static void
ggi_provider_notify(ngx_peer_connection_t *pc, void *data, ngx_uint_t type)
{
    ggi_provider_peer_t *peer = data;

    peer->notify(pc, peer->data, type);
}


/* Gives a connection a session to resume, unless it could not be judged then. */
static ngx_int_t
ggi_provider_set_session(ngx_peer_connection_t *pc, void *data)
{
    ggi_provider_peer_t *peer = data;

    SSL        *ssl;
    ngx_int_t   rc;

    rc = peer->set_session(pc, peer->data);
    ssl = pc->connection->ssl->connection;

    if (rc == NGX_OK && !ggi_provider_judge_of(peer->request)->resumable(ssl)
        && SSL_set_session(ssl, NULL) == 0)
    {
        return NGX_ERROR;
    }

    return rc;
}


static void
ggi_provider_save_session(ngx_peer_connection_t *pc, void *data)
{
    ggi_provider_peer_t *peer = data;

    peer->save_session(pc, peer->data);
}


/* Logs that a call is about to leave by a way of which nothing judges the provider. */
static void
ggi_provider_log_barred(ngx_http_request_t *r)
{
    uint64_t             left_out;
    static ggi_limits_t  limits;

    if (ggi_limits_allow(&limits, r->uri.len, r->uri.data, "", &left_out)) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "nothing of the call is sent: its location has \"ggi_functie_aanbieder\", "
                      "and it was to leave by a second \"..._pass\", such as one in an \"if\", "
                      "of which nothing judges the provider: give that a location of its own "
                      "(messages left out: %uL)", left_out);
    }
}


/* Puts the functions above before those that an upstream has for a request. */
static ngx_int_t
ggi_provider_wrap(ngx_http_request_t *r)
{
    ggi_provider_peer_t  *peer;
    ngx_http_upstream_t  *u;

    u = r->upstream;

    /* without "..._ssl_verify on" nginx would not look at what was found of the provider */

    if (u->conf->ssl == NULL || !u->conf->ssl_verify || !ggi_provider_watched(u->conf->ssl->ctx)) {
        ggi_provider_log_barred(r);
        return NGX_ERROR;
    }

    peer = ngx_palloc(r->pool, sizeof(ggi_provider_peer_t));
    if (peer == NULL) {
        return NGX_ERROR;
    }

    peer->request = r;
    peer->data = u->peer.data;
    peer->get = u->peer.get;
    peer->free = u->peer.free;
    peer->notify = u->peer.notify;
    peer->set_session = u->peer.set_session;
    peer->save_session = u->peer.save_session;

    u->peer.data = peer;
    u->peer.get = ggi_provider_get;
    u->peer.free = ggi_provider_free;
    u->peer.notify = peer->notify ? ggi_provider_notify : NULL;
    u->peer.set_session = ggi_provider_set_session;
    u->peer.save_session = ggi_provider_save_session;

    ggi_provider_ask_tls(r);

    return NGX_OK;
}


/* Compares two entries of the table by the addresses of their upstreams. */
static int
ggi_provider_order(const void *one, const void *other)
{
    const ggi_provider_init_t  *a = one, *b = other;

    return ((uintptr_t) a->upstream > (uintptr_t) b->upstream)
           - ((uintptr_t) a->upstream < (uintptr_t) b->upstream);
}


/* Begins to look for a server of an upstream for a request, as nginx would. */
static ngx_int_t
ggi_provider_init(ngx_http_request_t *r, ngx_http_upstream_srv_conf_t *upstream)
{
    const ggi_provider_init_t     *init;
    const ggi_dienst_main_conf_t  *dmcf;

    const ggi_provider_init_t  key = { .upstream = upstream };

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);

    /* each upstream that has this function is in the table */

    init = bsearch(&key, dmcf->peers.elts, dmcf->peers.nelts, sizeof(ggi_provider_init_t),
                   ggi_provider_order);

    if (init == NULL || init->init(r, upstream) != NGX_OK) {
        return NGX_ERROR;
    }

    return ggi_provider_expected(r) ? ggi_provider_wrap(r) : NGX_OK;
}


/* Gets in between nginx and all upstreams, once for a configuration, and sorts the table. */
static ngx_int_t
ggi_provider_install_peers(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf)
{
    ngx_uint_t                       i;
    ggi_provider_init_t              init;
    ngx_http_upstream_srv_conf_t   **upstreams;
    ngx_http_upstream_main_conf_t   *umcf;

    umcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_upstream_module);
    upstreams = umcf->upstreams.elts;

    if (dmcf->peers.nelts) {
        return NGX_OK;
    }

    for (i = 0; i < umcf->upstreams.nelts; i++) {
        init.upstream = upstreams[i];
        init.init = upstreams[i]->peer.init;

        if (ggi_array_add(&dmcf->peers, &init) != NGX_OK) {
            return NGX_ERROR;
        }

        upstreams[i]->peer.init = ggi_provider_init;
    }

    ngx_qsort(dmcf->peers.elts, dmcf->peers.nelts, sizeof(ggi_provider_init_t),
              ggi_provider_order);

    return NGX_OK;
}


/*
 * Has a connection made with TLS whose address has variables, whatever these say. nginx
 * asks for a local address after it has read them, and before it connects. Returns the
 * length of the value of "proxy_bind", 0 when it has no variables.
 */
static size_t
ggi_provider_local_len(ngx_http_script_engine_t *e)
{
    ngx_str_t              value;
    ngx_http_request_t    *r;
    ggi_provider_local_t  *local;

    e->ip += sizeof(uintptr_t);
    r = e->request;
    local = (ggi_provider_local_t *) r->upstream->conf->local;

    if (ggi_provider_expected(r)) {
        ggi_provider_ask_tls(r);
    }

    if (local->own && local->own->value == NULL) {
        r->upstream->peer.local = local->own->addr;
    }

    return (local->own && local->own->value
            && ngx_http_complex_value(r, local->own->value, &value) == NGX_OK)
           ? value.len : 0;
}


/* Writes the value of "proxy_bind". */
static void
ggi_provider_local_copy(ngx_http_script_engine_t *e)
{
    ngx_str_t              value;
    ggi_provider_local_t  *local;

    e->ip += sizeof(uintptr_t);
    local = (ggi_provider_local_t *) e->request->upstream->conf->local;

    if (local->own && local->own->value
        && ngx_http_complex_value(e->request, local->own->value, &value) == NGX_OK)
    {
        e->pos = ngx_cpymem(e->pos, value.data, value.len);
    }
}


/*
 * Has nginx call a function when it asks for the local address of a connection, which tells the
 * length of that address.
 */
static ngx_int_t
ggi_provider_install_local(ngx_conf_t *cf, ngx_http_upstream_conf_t *conf,
    ngx_http_script_len_code_pt len)
{
    ggi_provider_local_t  *local;

    static const uintptr_t  values[] = { (uintptr_t) ggi_provider_local_copy, 0 };

    local = ngx_pcalloc(cf->pool, sizeof(ggi_provider_local_t));
    if (local == NULL) {
        return NGX_ERROR;
    }

    local->own = conf->local;
    local->lengths[0] = (uintptr_t) len;
    local->local.value = &local->value;
    local->value.lengths = (void *) local->lengths;
    local->value.values = (void *) values;

#if (NGX_HAVE_TRANSPARENT_PROXY)
    local->local.transparent = conf->local ? conf->local->transparent : 0;
#endif

    conf->local = &local->local;

    return NGX_OK;
}


/*
 * Keeps a call from a server whose address has variables: nginx ends a request with status
 * 500 when the address has no port.
 */
static size_t
ggi_provider_bar_len(ngx_http_script_engine_t *e)
{
    ngx_http_request_t  *r;

    e->ip += sizeof(uintptr_t);
    r = e->request;

    if (ggi_provider_expected(r) && r->upstream->resolved) {
        ggi_provider_log_barred(r);
        r->upstream->resolved->sockaddr = NULL;
        r->upstream->resolved->port = 0;
    }

    return 0;
}


ngx_int_t
ggi_provider_bar(ngx_conf_t *cf, ngx_http_upstream_conf_t *conf)
{
    return ggi_provider_install_local(cf, conf, ggi_provider_bar_len);
}


ngx_int_t
ggi_provider_install(ngx_conf_t *cf, ngx_http_upstream_conf_t *conf)
{
    SSL_CTX                 *ctx;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    ctx = conf->ssl->ctx;

    if (dmcf->judge == NULL || ggi_provider_install_peers(cf, dmcf) != NGX_OK) {
        return dmcf->judge ? NGX_ERROR : NGX_OK;
    }

    if (conf->upstream == NULL
        && ggi_provider_install_local(cf, conf, ggi_provider_local_len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_provider_watch(ctx);

    /* another certificate after the handshake would be one that nobody has judged */
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);

    if (SSL_CTX_get_verify_depth(ctx) < GGI_PROVIDER_DEPTH) {
        SSL_CTX_set_verify_depth(ctx, GGI_PROVIDER_DEPTH);
    }

    return dmcf->judge->prepare(cf, ctx);
}


ngx_uint_t
ggi_provider_refuses(ngx_http_request_t *r, const ggi_call_t *call)
{
    /* a connection that was kept is one whose handshake was good */

    return call->state.provider_wrong && r->upstream && !r->upstream->peer.cached
           && r->upstream->headers_in.status_n == 0
           && ggi_answer_status(r) == NGX_HTTP_BAD_GATEWAY;
}
