/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_ocsp_addresses.h"
#include "ggi_ngx_ocsp_exchange.h"
#include "ggi_ngx_str.h"


#define GGI_OCSP_TIMEOUT   5000         /* ms for one address of a responder */
#define GGI_OCSP_DEADLINE  10000        /* ms for all of them, the search for them included */
#define GGI_OCSP_BUFFER    4096         /* bytes that the room for an answer begins with */


struct ggi_ocsp_exchange_s {
    ngx_pool_t            *pool;
    ngx_log_t              log;         /* of nginx's own messages */
    ggi_ocsp_exchange_pt   done;
    void                  *data;        /* for done */

    ggi_ocsp_addresses_t   addresses;
    ngx_uint_t             tried;       /* number of the address that is tried */
    ngx_msec_t             begun;
    ngx_event_t            timer;
    ngx_peer_connection_t  peer;
    ngx_uint_t             connected;   /* 1: the connection was made */

    ngx_buf_t             *request;
    u_char                *answer;      /* has size bytes, of which len have come */
    size_t                 size;
    size_t                 len;
    char                   why[GGI_OCSP_WHY_MAX];       /* what is wrong with the last address */
};


static void ggi_ocsp_exchange_connect(ggi_ocsp_exchange_t *exchange);


static void
ggi_ocsp_exchange_close(ggi_ocsp_exchange_t *exchange)
{
    if (exchange->peer.connection) {
        ngx_close_connection(exchange->peer.connection);
        exchange->peer.connection = NULL;
    }

    if (exchange->timer.timer_set) {
        ngx_del_timer(&exchange->timer);
    }
}


void
ggi_ocsp_exchange_free(ggi_ocsp_exchange_t *exchange)
{
    ggi_ocsp_addresses_stop(&exchange->addresses);
    ggi_ocsp_exchange_close(exchange);
    ngx_destroy_pool(exchange->pool);
}


/* Ends an exchange: with the body of the answer, or with exchange->why where that is NULL. */
static void
ggi_ocsp_exchange_end(ggi_ocsp_exchange_t *exchange, const ggi_str_t *body)
{
    ggi_str_t  none = ggi_str("");

    ggi_ocsp_addresses_stop(&exchange->addresses);
    ggi_ocsp_exchange_close(exchange);

    exchange->done(exchange->data, body ? NULL : exchange->why, body ? *body : none);

    ngx_destroy_pool(exchange->pool);
}


void
ggi_ocsp_exchange_refuse(ggi_ocsp_exchange_t *exchange, const char *fault)
{
    snprintf(exchange->why, sizeof(exchange->why), "%s", fault);
    ggi_ocsp_exchange_end(exchange, NULL);
}


/* Goes on with the next address after an attempt that failed, if there is one and time is left. */
static void
ggi_ocsp_exchange_next(ggi_ocsp_exchange_t *exchange)
{
    ngx_msec_t  took;

    ggi_ocsp_exchange_close(exchange);

    took = ngx_current_msec - exchange->begun;
    exchange->tried++;

    if (exchange->tried < exchange->addresses.naddrs && took < GGI_OCSP_DEADLINE) {
        ggi_ocsp_exchange_connect(exchange);
    } else {
        ggi_ocsp_exchange_end(exchange, NULL);
    }
}


/* Ends an attempt that failed, and notes why. */
static void
ggi_ocsp_exchange_fail(ggi_ocsp_exchange_t *exchange, const char *what, const char *detail)
{
    snprintf(exchange->why, sizeof(exchange->why), "%s%s", what, detail);
    ggi_ocsp_exchange_next(exchange);
}


static void
ggi_ocsp_exchange_timer_handler(ngx_event_t *ev)
{
    ggi_ocsp_exchange_t *exchange = ev->data;

    if (exchange->addresses.resolving) {
        ggi_ocsp_exchange_refuse(exchange, "has a host whose name was not resolved in time");

    } else if (exchange->connected) {
        ggi_ocsp_exchange_fail(exchange, "did not answer in time", "");

    } else {
        ggi_ocsp_exchange_fail(exchange, "could not be connected to in time", "");
    }
}


/* Sends what is left of the request. The exchange may be gone when this returns. */
static void
ggi_ocsp_exchange_send(ggi_ocsp_exchange_t *exchange)
{
    ssize_t            n;
    ngx_buf_t         *request;
    ngx_connection_t  *c;

    c = exchange->peer.connection;
    request = exchange->request;

    while (request->pos < request->last) {
        n = c->send(c, request->pos, (size_t) (request->last - request->pos));

        if (n == NGX_AGAIN) {
            break;
        }

        if (n == NGX_ERROR || n == 0) {
            ggi_ocsp_exchange_fail(exchange, "closed the connection before it had the question",
                                   "");
            return;
        }

        request->pos += n;
    }

    if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
        ggi_ocsp_exchange_fail(exchange, "could not be written to", "");
    }
}


/*
 * Looks how an attempt to connect has ended, unless that is known. Returns 1 when there
 * is a connection, or 0 after the attempt has failed.
 */
static ngx_uint_t
ggi_ocsp_exchange_connected(ggi_ocsp_exchange_t *exchange)
{
    int        error;
    socklen_t  len;

    if (exchange->connected) {
        return 1;
    }

    error = 0;
    len = sizeof(int);

    if (getsockopt(exchange->peer.connection->fd, SOL_SOCKET, SO_ERROR, (void *) &error, &len)
        == -1)
    {
        error = ngx_socket_errno;
    }

    if (error) {
        ggi_ocsp_exchange_fail(exchange, "could not be connected to: ", strerror(error));
        return 0;
    }

    exchange->connected = 1;

    return 1;
}


static void
ggi_ocsp_exchange_write_handler(ngx_event_t *ev)
{
    ggi_ocsp_exchange_t  *exchange;

    exchange = ((ngx_connection_t *) ev->data)->data;

    if (ggi_ocsp_exchange_connected(exchange)) {
        ggi_ocsp_exchange_send(exchange);
    }
}


/* Makes room for more of the answer, where it is full. Returns NGX_ERROR without memory. */
static ngx_int_t
ggi_ocsp_exchange_grow(ggi_ocsp_exchange_t *exchange)
{
    size_t   size;
    u_char  *answer;

    if (exchange->len < exchange->size) {
        return NGX_OK;
    }

    size = exchange->size ? 2 * exchange->size : GGI_OCSP_BUFFER;

    answer = ngx_palloc(exchange->pool, size);
    if (answer == NULL) {
        return NGX_ERROR;
    }

    if (exchange->len) {
        ngx_memcpy(answer, exchange->answer, exchange->len);
    }

    exchange->answer = answer;
    exchange->size = size;

    return NGX_OK;
}


/*
 * Looks at what has come of the answer. Returns NGX_AGAIN when there has to come more;
 * otherwise NGX_DONE, and the exchange may be gone.
 */
static ngx_int_t
ggi_ocsp_exchange_look(ggi_ocsp_exchange_t *exchange, ngx_uint_t closed)
{
    ggi_str_t  answer, body;

    answer.data = (const char *) exchange->answer;
    answer.len = exchange->len;

    switch (ggi_ocsp_http_read(answer, (int) closed, &body, exchange->why)) {

    case GGI_OCSP_HTTP_MORE:
        return NGX_AGAIN;

    case GGI_OCSP_HTTP_WHOLE:
        ggi_ocsp_exchange_end(exchange, &body);
        return NGX_DONE;

    default:
        ggi_ocsp_exchange_next(exchange);
        return NGX_DONE;
    }
}


static void
ggi_ocsp_exchange_read_handler(ngx_event_t *ev)
{
    ssize_t               n;
    ngx_connection_t     *c;
    ggi_ocsp_exchange_t  *exchange;

    c = ev->data;
    exchange = c->data;

    if (!ggi_ocsp_exchange_connected(exchange)) {
        return;
    }

    do {
        if (ggi_ocsp_exchange_grow(exchange) != NGX_OK) {
            ggi_ocsp_exchange_refuse(exchange, "was not heard for lack of memory");
            return;
        }

        n = c->recv(c, exchange->answer + exchange->len, exchange->size - exchange->len);

        if (n == NGX_AGAIN) {
            if (ngx_handle_read_event(ev, 0) != NGX_OK) {
                ggi_ocsp_exchange_fail(exchange, "could not be read from", "");
            }

            return;
        }

        exchange->len += (n > 0) ? (size_t) n : 0;

    } while (ggi_ocsp_exchange_look(exchange, n <= 0) == NGX_AGAIN);
}


/* Connects to the address that is tried. */
static void
ggi_ocsp_exchange_connect(ggi_ocsp_exchange_t *exchange)
{
    ngx_int_t               rc;
    ngx_msec_t              left;
    ngx_addr_t             *addr;
    ngx_connection_t       *c;
    ngx_peer_connection_t  *peer;

    addr = &exchange->addresses.addrs[exchange->tried];
    peer = &exchange->peer;

    exchange->connected = 0;
    exchange->len = 0;
    exchange->request->pos = exchange->request->start;

    ngx_memzero(peer, sizeof(ngx_peer_connection_t));
    peer->sockaddr = addr->sockaddr;
    peer->socklen = addr->socklen;
    peer->name = &addr->name;
    peer->get = ngx_event_get_peer;
    peer->log = &exchange->log;
    peer->log_error = NGX_ERROR_ERR;

    ngx_set_socket_errno(0);
    rc = ngx_event_connect_peer(peer);

    if (rc != NGX_OK && rc != NGX_AGAIN) {
        ggi_ocsp_exchange_fail(exchange, "could not be connected to: ",
                               ngx_socket_errno ? strerror(ngx_socket_errno)
                                                : "the worker has no connection left");
        return;
    }

    left = GGI_OCSP_DEADLINE - (ngx_current_msec - exchange->begun);
    ngx_add_timer(&exchange->timer, ngx_min(left, GGI_OCSP_TIMEOUT));

    c = peer->connection;
    c->data = exchange;
    c->pool = exchange->pool;
    c->read->handler = ggi_ocsp_exchange_read_handler;
    c->write->handler = ggi_ocsp_exchange_write_handler;

    if (rc == NGX_OK) {
        exchange->connected = 1;
        ggi_ocsp_exchange_send(exchange);
    }
}


/* The addresses of the responder are known, unless there is a fault. */
static void
ggi_ocsp_exchange_found(void *data, const char *fault)
{
    ggi_ocsp_exchange_t *exchange = data;

    if (exchange->timer.timer_set) {
        ngx_del_timer(&exchange->timer);
    }

    if (fault) {
        ggi_ocsp_exchange_refuse(exchange, fault);
    } else {
        ggi_ocsp_exchange_connect(exchange);
    }
}


ggi_ocsp_exchange_t *
ggi_ocsp_exchange_create(ggi_ocsp_exchange_pt done, void *data, ngx_log_t *log)
{
    ngx_pool_t           *pool;
    ggi_ocsp_exchange_t  *exchange;

    pool = ngx_create_pool(NGX_MIN_POOL_SIZE + sizeof(ggi_ocsp_exchange_t), log);
    if (pool == NULL) {
        return NULL;
    }

    exchange = ngx_pcalloc(pool, sizeof(ggi_ocsp_exchange_t));
    if (exchange == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    exchange->pool = pool;
    exchange->done = done;
    exchange->data = data;
    exchange->begun = ngx_current_msec;

    /* what goes wrong is told by done, in a message that names the certificate */
    exchange->log = *log;
    exchange->log.log_level = ngx_min(log->log_level, NGX_LOG_CRIT);

    exchange->timer.handler = ggi_ocsp_exchange_timer_handler;
    exchange->timer.data = exchange;
    exchange->timer.log = &exchange->log;

    return exchange;
}


ngx_pool_t *
ggi_ocsp_exchange_pool(ggi_ocsp_exchange_t *exchange)
{
    return exchange->pool;
}


/* Writes the request with its header. Returns NULL, or what is wrong. */
static const char *
ggi_ocsp_exchange_write(ggi_ocsp_exchange_t *exchange, const ggi_ocsp_responder_t *to,
    ggi_str_t request)
{
    size_t      len;
    char        head[GGI_OCSP_HEAD_MAX];
    ngx_buf_t  *b;

    len = ggi_ocsp_http_head(head, ggi_from_ngx_str(to->host), to->port,
                             ggi_from_ngx_str(to->uri), request.len);

    if (len == 0) {
        return "has a URL that is not valid";
    }

    b = ngx_create_temp_buf(exchange->pool, len + request.len);
    if (b == NULL) {
        return "was not asked for lack of memory";
    }

    b->last = ngx_cpymem(b->last, head, len);
    b->last = ngx_cpymem(b->last, request.data, request.len);
    exchange->request = b;

    return NULL;
}


void
ggi_ocsp_exchange_begin(ggi_ocsp_exchange_t *exchange, const ggi_ocsp_responder_t *to,
    const ngx_http_core_loc_conf_t *clcf, ggi_str_t request)
{
    const char            *fault;
    ggi_ocsp_addresses_t  *addresses;

    fault = ggi_ocsp_exchange_write(exchange, to, request);

    if (fault) {
        ggi_ocsp_exchange_refuse(exchange, fault);
        return;
    }

    addresses = &exchange->addresses;
    addresses->pool = exchange->pool;
    addresses->responder = to;
    addresses->done = ggi_ocsp_exchange_found;
    addresses->data = exchange;

    ngx_add_timer(&exchange->timer, GGI_OCSP_DEADLINE);
    ggi_ocsp_addresses_find(addresses, clcf);
}
