/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_redis_link.h"
#include "ggi_ngx_redis_tls.h"


#define GGI_REDIS_BUFFER  16384
#define GGI_REDIS_READS   4             /* of a buffer at most, in a turn of the event loop */


static void ggi_redis_link_read_handler(ngx_event_t *ev);
static void ggi_redis_link_write_handler(ngx_event_t *ev);


static const ggi_reply_t  ggi_redis_too_large = { .type = GGI_REPLY_TOO_LARGE };
static const ggi_reply_t  ggi_redis_no_reply = { .type = GGI_REPLY_BROKEN };


void
ggi_redis_link_init(ggi_redis_link_t *link, ggi_redis_conf_t *conf,
    ggi_redis_log_t *log, const ggi_redis_link_events_t *events, void *data)
{
    ngx_memzero(link, sizeof(ggi_redis_link_t));

    link->conf = conf;
    link->log = log;
    link->events = events;
    link->data = data;
}


/*
 * Tells the owner that the next reply cannot be read. The command that it is the
 * reply to gets outcome, since another attempt would end the same way.
 */
static void
ggi_redis_link_broken(ggi_redis_link_t *link, const ggi_reply_t *outcome,
    const char *what, const char *detail)
{
    ggi_redis_fault_t  fault = { what, detail, outcome, 0 };

    link->events->failed(link->data, &fault);
}


/* Tells the owner of a fault outside of any reply. */
static void
ggi_redis_link_fail(ggi_redis_link_t *link, const char *what, const char *detail)
{
    ggi_redis_link_broken(link, NULL, what, detail);
}


/*
 * Returns what is wrong with a server that ends the connection: what, or that it asks for another
 * client certificate. With TLS 1.3 a server refuses one when the handshake of the client is over.
 */
static const char *
ggi_redis_link_refusal(const ggi_redis_link_t *link, const char *what)
{
#if (NGX_SSL)
    if (link->asked) {
        return ggi_redis_tls_unidentified(link->conf->ssl);
    }
#endif

    return what;
}


/*
 * Tells the owner that the server closed the connection. n is 0, or NGX_ERROR for
 * an error that nginx has logged.
 */
static void
ggi_redis_link_closed(ggi_redis_link_t *link, ssize_t n)
{
    ggi_redis_fault_t  fault;

    fault.what = "has closed the connection";
    fault.detail = "";
    fault.outcome = NULL;
    fault.closed = 1;

    if (link->reader.pending) {
        fault.what = "has closed the connection amid a reply";
        fault.outcome = &ggi_redis_no_reply;

    } else if (n == NGX_ERROR) {
        fault.what = ggi_redis_link_refusal(link, "has closed the connection:");
        fault.detail = link->log->heard;
    }

    link->events->failed(link->data, &fault);
}


/* The connection is made: commands can be written, and replies be read. */
static void
ggi_redis_link_opened(ggi_redis_link_t *link)
{
    link->open = 1;
    link->events->open(link->data);
}


#if (NGX_SSL)

static void
ggi_redis_link_handshake_handler(ngx_connection_t *c)
{
    const char        *what, *detail;
    ggi_redis_link_t  *link;

    link = c->data;

    if (!c->ssl->handshaked) {
        ggi_redis_link_fail(link, ggi_redis_link_refusal(link, "fails in the TLS handshake:"),
                            link->log->heard);
        return;
    }

    what = ggi_redis_tls_fault(c, &detail);

    if (what) {
        ggi_redis_link_fail(link, what, detail);
        return;
    }

    c->read->handler = ggi_redis_link_read_handler;
    c->write->handler = ggi_redis_link_write_handler;

    ggi_redis_link_opened(link);
}


static void
ggi_redis_link_handshake(ggi_redis_link_t *link)
{
    ngx_int_t          rc;
    ngx_connection_t  *c;

    c = link->peer.connection;
    rc = ggi_redis_tls_handshake(link->conf->ssl, c, link->node->host, &link->asked);

    if (rc == NGX_ERROR) {
        ggi_redis_link_fail(link, "cannot be spoken to over TLS:", link->log->heard);
        return;
    }

    if (rc == NGX_AGAIN) {
        c->ssl->handler = ggi_redis_link_handshake_handler;
        return;
    }

    ggi_redis_link_handshake_handler(c);
}

#endif


/* An attempt to connect has ended: goes on with the handshake of TLS, if there is one. */
static void
ggi_redis_link_connected(ggi_redis_link_t *link)
{
    int                error;
    socklen_t          len;
    ngx_connection_t  *c;

    c = link->peer.connection;
    error = 0;
    len = sizeof(int);

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, (void *) &error, &len) == -1) {
        error = ngx_socket_errno;
    }

    if (error) {
        ggi_redis_link_fail(link, "cannot be connected to:", strerror(error));
        return;
    }

#if (NGX_SSL)
    if (link->conf->ssl) {
        ggi_redis_link_handshake(link);
        return;
    }
#endif

    ggi_redis_link_opened(link);
}


void
ggi_redis_link_connect(ggi_redis_link_t *link, ggi_redis_node_t *node)
{
    ngx_int_t               rc;
    ngx_connection_t       *c;
    ngx_peer_connection_t  *peer;

    peer = &link->peer;
    ngx_memzero(peer, sizeof(ngx_peer_connection_t));

    link->node = node;
    peer->sockaddr = node->addr.sockaddr;
    peer->socklen = node->addr.socklen;
    peer->name = &node->addr.name;
    peer->get = ngx_event_get_peer;
    peer->log = &link->log->heard_log;
    peer->log_error = NGX_ERROR_ERR;

    link->log->heard[0] = '\0';
    link->asked = 0;

    ggi_redis_reader_free(&link->reader);
    if (!ggi_redis_reader_create(&link->reader)) {
        ggi_redis_link_fail(link, "cannot be used", "no memory");
        return;
    }

    rc = ngx_event_connect_peer(peer);

    if (rc != NGX_OK && rc != NGX_AGAIN) {
        ggi_redis_link_fail(link, "cannot be connected to:", link->log->heard);
        return;
    }

    c = peer->connection;
    c->data = link;
    c->log = peer->log;
    c->read->log = peer->log;
    c->write->log = peer->log;
    c->read->handler = ggi_redis_link_read_handler;
    c->write->handler = ggi_redis_link_write_handler;

    c->pool = ngx_create_pool(512, link->log->log);
    if (c->pool == NULL) {
        ngx_close_connection(c);
        peer->connection = NULL;
        ggi_redis_link_fail(link, "cannot be used", "no memory");
        return;
    }

    if (rc == NGX_OK) {
        ggi_redis_link_connected(link);
    }
}


const ngx_str_t *
ggi_redis_link_addr(const ggi_redis_link_t *link)
{
    return link->node ? &link->node->addr.name : NULL;
}


const char *
ggi_redis_link_late(const ggi_redis_link_t *link)
{
#if (NGX_SSL)
    if (link->peer.connection->ssl) {
        return "does not end the TLS handshake in time";
    }
#endif

    return "cannot be connected to in time";
}


/*
 * Reads n bytes that came from the server, and hands the replies in them to the
 * owner. Returns 0 when the connection is gone afterwards, 1 otherwise.
 */
static ngx_uint_t
ggi_redis_link_receive(ggi_redis_link_t *link, const u_char *buf, size_t n)
{
    char               words[GGI_REDIS_WORDS_LEN];
    const char        *error;
    ggi_reply_t       *reply;
    ngx_connection_t  *c;

    c = link->peer.connection;

    if (!ggi_redis_reader_feed(&link->reader, (const char *) buf, n)) {
        ggi_redis_link_broken(link, &ggi_redis_too_large, "sends too large a reply", "");
        return 0;
    }

    for ( ;; ) {
        if (!ggi_redis_reader_next(&link->reader, &reply)) {
            error = link->reader.reader->errstr;
            ggi_redis_printable(words, sizeof(words), error,
                                ngx_strlen(error), &link->conf->url);
            ggi_redis_link_broken(link, &ggi_redis_no_reply,
                                  "does not speak RESP", words);
            return 0;
        }

        if (reply == NULL) {
            return 1;
        }

        link->asked = 0;
        link->events->reply(link->data, reply);
        ggi_reply_free(reply);

        if (link->peer.connection != c) {
            return 0;
        }
    }
}


/* Reads what has come, as much as a turn allows: other connections shall have theirs. */
static void
ggi_redis_link_read_handler(ngx_event_t *ev)
{
    u_char             buf[GGI_REDIS_BUFFER];
    ssize_t            n;
    ngx_uint_t         reads;
    ngx_connection_t  *c;
    ggi_redis_link_t  *link;

    c = ev->data;
    link = c->data;

    /* an attempt that fails is told by an event of reading as well */

    if (!link->open) {
        ggi_redis_link_connected(link);

        if (!link->open) {
            return;
        }
    }

    for (reads = 0; reads < GGI_REDIS_READS; reads++) {
        n = c->recv(c, buf, sizeof(buf));

        if (n == NGX_AGAIN) {
            if (ngx_handle_read_event(ev, 0) != NGX_OK) {
                ggi_redis_link_fail(link, "cannot be read from", "");
            }

            return;
        }

        if (n <= 0) {
            ggi_redis_link_closed(link, n);
            return;
        }

        if (!ggi_redis_link_receive(link, buf, (size_t) n)) {
            return;
        }
    }

    ngx_post_event(ev, &ngx_posted_next_events);
}


static void
ggi_redis_link_write_handler(ngx_event_t *ev)
{
    ngx_connection_t  *c;
    ggi_redis_link_t  *link;

    c = ev->data;
    link = c->data;

    if (!link->open) {
#if (NGX_SSL)
        if (c->ssl) {
            return;
        }
#endif
        ggi_redis_link_connected(link);
        return;
    }

    ggi_redis_link_flush(link);
}


ngx_int_t
ggi_redis_link_reserve(ggi_redis_link_t *link, size_t len)
{
    u_char  *out;
    size_t   size;

    if (link->out_len + len <= link->out_size) {
        return NGX_OK;
    }

    size = 2 * (link->out_len + len) + GGI_REDIS_BUFFER;

    out = ngx_alloc(size, link->log->log);
    if (out == NULL) {
        return NGX_ERROR;
    }

    if (link->out_len) {
        ngx_memcpy(out, link->out, link->out_len);
    }

    ngx_free(link->out);
    link->out = out;
    link->out_size = size;

    return NGX_OK;
}


void
ggi_redis_link_write(ggi_redis_link_t *link, const char *data, size_t len)
{
    ngx_memcpy(link->out + link->out_len, data, len);
    link->out_len += len;
}


void
ggi_redis_link_flush(ggi_redis_link_t *link)
{
    ssize_t            n;
    ngx_connection_t  *c;

    c = link->peer.connection;

    while (link->out_len) {
        n = c->send(c, link->out, link->out_len);

        if (n == NGX_ERROR || n == 0) {
            ggi_redis_link_fail(link, ggi_redis_link_refusal(link, "cannot be written to:"),
                                link->log->heard);
            return;
        }

        if (n == NGX_AGAIN) {
            break;
        }

        link->out_len -= (size_t) n;
        ngx_memmove(link->out, link->out + n, link->out_len);
    }

    if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
        ggi_redis_link_fail(link, "cannot be written to", "");
    }
}


void
ggi_redis_link_flush_later(ggi_redis_link_t *link)
{
    ngx_post_event(link->peer.connection->write, &ngx_posted_events);
}


void
ggi_redis_link_close(ggi_redis_link_t *link)
{
    ngx_pool_t        *pool;
    ngx_connection_t  *c;

    c = link->peer.connection;
    link->peer.connection = NULL;
    link->open = 0;
    link->out_len = 0;

    if (c == NULL) {
        return;
    }

    pool = c->pool;

#if (NGX_SSL)
    if (c->ssl) {
        c->ssl->no_wait_shutdown = 1;
        c->ssl->no_send_shutdown = 1;
        (void) ngx_ssl_shutdown(c);
    }
#endif

    ngx_close_connection(c);
    ngx_destroy_pool(pool);
}


void
ggi_redis_link_free(ggi_redis_link_t *link)
{
    ggi_redis_reader_free(&link->reader);
    ngx_free(link->out);
}
