/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What nginx writes to its error log about a call. nginx ends each message with
 * a context of its own, in which the request line, the URI that went to the API
 * and the referrer stand as they came. For servers with a dienst this file gives
 * another context, and takes queries and BSNs out of the message as well.
 */

#include "ggi_bsn.h"
#include "ggi_message.h"
#include "ggi_ngx_call.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_log.h"


#define GGI_LOG_TEXT_MAX  1024          /* bytes of a path or name that are logged */


static u_char *ggi_log_handler(ngx_log_t *log, u_char *buf, size_t len);


static ngx_log_handler_pt         ggi_log_next;         /* nginx's own */
static ngx_connection_handler_pt  ggi_log_next_accept;


/*
 * Returns 1 when a request is, or may turn out to be, one for a server with a dienst; 0
 * otherwise.
 */
static ngx_uint_t
ggi_log_concerned(ngx_http_request_t *r)
{
    ggi_dienst_srv_conf_t     *dscf;
    ngx_http_core_srv_conf_t  *cscf;

    dscf = ngx_http_get_module_srv_conf(r, ngx_http_ggi_dienst_module);

    if (dscf->diensten || r->headers_in.server.len) {
        return dscf->diensten;
    }

    /* the host is not known yet */
    cscf = r->http_connection->addr_conf->default_server;
    dscf = cscf->ctx->srv_conf[ngx_http_ggi_dienst_module.ctx_index];

    return dscf->beside;
}


static u_char *
ggi_log_masked(u_char *p, u_char *last, const char *lead, ngx_str_t *text)
{
    char       copy[GGI_LOG_TEXT_MAX + GGI_BSN_SPELLING_MAX];
    ngx_str_t  masked;

    masked.data = (u_char *) copy;
    masked.len = ggi_bsn_copy(copy, GGI_LOG_TEXT_MAX,
                              (const char *) text->data, text->len);

    return ngx_slprintf(p, last, ", %s: \"%V\"", lead, &masked);
}


/* The request line, of which nginx may have no more yet than what came in. */
static ngx_str_t
ggi_log_request_line(ngx_http_request_t *r)
{
    u_char  *p;

    if (r->request_line.data == NULL && r->request_start) {

        for (p = r->request_start; p < r->header_in->last; p++) {
            if (*p == CR || *p == LF) {
                break;
            }
        }

        /* as nginx does, for the access log of a malformed request */
        r->request_line.data = r->request_start;
        r->request_line.len = (size_t) (p - r->request_start);
    }

    return r->request_line;
}


static u_char *
ggi_log_request(ngx_http_request_t *r, u_char *p, u_char *last)
{
    char       copy[GGI_LOG_TEXT_MAX + GGI_BSN_SPELLING_MAX];
    size_t     i;
    ngx_str_t  line, masked, protocol;

    line = ggi_log_request_line(r);

    /* over HTTP/2 nginx sets the length first, and may then have no memory for the line */

    if (line.len == 0 || line.data == NULL) {
        return p;
    }

    ngx_str_null(&protocol);

    for (i = 0; i < line.len; i++) {
        if (line.data[i] == '?' || line.data[i] == '#') {
            line.len = i;
            protocol = r->http_protocol;
            break;
        }
    }

    masked.data = (u_char *) copy;
    masked.len = ggi_bsn_copy(copy, GGI_LOG_TEXT_MAX,
                              (const char *) line.data, line.len);

    return ngx_slprintf(p, last, ", request: \"%V%s%V\"", &masked,
                        protocol.len ? " " : "", &protocol);
}


static u_char *
ggi_log_upstream(ngx_http_upstream_t *u, u_char *p, u_char *last)
{
    if (u == NULL || u->peer.name == NULL) {
        return p;
    }

    return ngx_slprintf(p, last, ", upstream: \"%V%V\"", &u->schema,
                        u->peer.name);
}


static u_char *
ggi_log_call(ngx_http_request_t *r, u_char *p, u_char *last)
{
    ngx_str_t               dienst;
    ggi_call_t             *call;
    ggi_dienst_loc_conf_t  *dlcf;

    call = ggi_call_get(r);
    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);
    dienst = call ? ggi_to_ngx_str(call->dienst) : dlcf->place.dienst;

    if (dienst.len) {
        p = ngx_slprintf(p, last, ", dienst: \"%V\"", &dienst);
    }

    return call ? ngx_slprintf(p, last, ", transaction: \"%*s\"",
                               (size_t) GGI_UUID_LEN, call->transaction_id)
                : p;
}


/* The context of a message about a request r, by the subrequest sr of it. */
static u_char *
ggi_log_context(ngx_http_request_t *r, ngx_http_request_t *sr, u_char *p,
    u_char *last)
{
    ngx_http_core_srv_conf_t  *cscf;

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);

    p = ngx_slprintf(p, last, ", client: %V, server: %V",
                     &r->connection->addr_text, &cscf->server_name);
    p = ggi_log_request(r, p, last);

    if (sr != r) {
        p = ggi_log_masked(p, last, "subrequest", &sr->uri);
    }

    p = ggi_log_upstream(sr->upstream, p, last);

    if (r->headers_in.host) {
        p = ggi_log_masked(p, last, "host", &r->headers_in.host->value);
    }

    return ggi_log_call(r, p, last);
}


/*
 * The message that ends at end, scrubbed. It is the beginning of nginx's buffer,
 * of NGX_MAX_ERROR_STR bytes until last, after the time, the level, the process
 * and the connection. Returns where it ends now.
 */
static u_char *
ggi_log_scrub(u_char *end, u_char *last)
{
    u_char  *p;

    p = last - NGX_MAX_ERROR_STR;

    if (end < p + ngx_cached_err_log_time.len
        || ngx_memcmp(p, ngx_cached_err_log_time.data,
                      ngx_cached_err_log_time.len)
           != 0)
    {
        return end;
    }

    p = ngx_strlchr(p + ngx_cached_err_log_time.len, end, '#');
    p = p ? ngx_strlchr(p, end, ' ') : NULL;

    if (p && p + 1 < end && p[1] == '*') {
        p = ngx_strlchr(p + 1, end, ' ');
    }

    return p ? p + ggi_message_scrub((char *) p, (size_t) (end - p)) : end;
}


static u_char *
ggi_log_handler(ngx_log_t *log, u_char *buf, size_t len)
{
    u_char              *p, *last;
    ngx_http_log_ctx_t  *ctx;

    ctx = log->data;

    if (ctx->request == NULL || !ggi_log_concerned(ctx->request)) {
        return ggi_log_next(log, buf, len);
    }

    last = buf + len;
    p = ggi_log_scrub(buf, last);

    if (log->action) {
        p = ngx_slprintf(p, last, " while %s", log->action);
    }

    return ggi_log_context(ctx->request, ctx->current_request, p, last);
}


/*
 * A new connection, or stream of HTTP/3: nginx sets its log, and then this file
 * its handler, which streams of HTTP/2 take over. Nothing may be read before.
 */
static void
ggi_log_accept(ngx_connection_t *c)
{
    ngx_uint_t  ready;

    ready = c->read->ready;
    c->read->ready = 0;

    ggi_log_next_accept(c);

    if (c->destroyed) {
        return;
    }

    if (c->log->handler != ggi_log_handler) {
        ggi_log_next = c->log->handler;
        c->log->handler = ggi_log_handler;
    }

    if (ready) {
        c->read->ready = 1;
        ngx_post_event(c->read, &ngx_posted_events);
    }
}


void
ggi_log_init(ngx_conf_t *cf)
{
    ngx_uint_t                   i, k, n;
    ngx_http_conf_addr_t        *addr;
    ngx_http_conf_port_t        *port;
    ggi_dienst_srv_conf_t       *dscf;
    ngx_http_core_srv_conf_t   **server;
    ngx_http_core_main_conf_t   *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    port = cmcf->ports ? cmcf->ports->elts : NULL;

    for (i = 0; port && i < cmcf->ports->nelts; i++) {
        addr = port[i].addrs.elts;

        for (k = 0; k < port[i].addrs.nelts; k++) {
            server = addr[k].servers.elts;

            for (n = 0; n < addr[k].servers.nelts; n++) {
                dscf = server[n]->ctx->srv_conf[ngx_http_ggi_dienst_module
                                                .ctx_index];

                if (dscf->diensten) {
                    dscf = addr[k].default_server->ctx->srv_conf[
                                        ngx_http_ggi_dienst_module.ctx_index];
                    dscf->beside = 1;
                    break;
                }
            }
        }
    }
}


void
ggi_log_init_module(ngx_cycle_t *cycle)
{
    ngx_uint_t       i;
    ngx_listening_t  *ls;

    ls = cycle->listening.elts;

    for (i = 0; i < cycle->listening.nelts; i++) {
        if (ls[i].handler == ngx_http_init_connection) {
            ggi_log_next_accept = ls[i].handler;
            ls[i].handler = ggi_log_accept;
        }
    }
}
