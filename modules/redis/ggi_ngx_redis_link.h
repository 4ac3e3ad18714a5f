/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * One connection to Redis, over TCP, TLS or a UNIX socket. The socket, its events
 * and TLS are nginx's; hiredis reads the replies. The link knows nothing of
 * commands, and does not connect anew by itself: its owner does.
 */

#ifndef GGI_NGX_REDIS_LINK_H
#define GGI_NGX_REDIS_LINK_H

#include <ngx_event_connect.h>

#include "ggi_ngx_redis_log.h"
#include "ggi_redis_reply.h"


/* Why a link is of no use any more. */
typedef struct {
    const char         *what;           /* ends the sentence "redis NAME ..." */
    const char         *detail;         /* words of the server, of OpenSSL or of nginx, or "" */
    const ggi_reply_t  *outcome;        /* of the reply that began; NULL: none had begun */
    ngx_uint_t          closed;         /* 1: the server closed the connection */
} ggi_redis_fault_t;


/*
 * How a link tells its owner what happens. data is the owner's.
 *
 * open:    the connection is made, TLS included: commands can be written.
 * reply:   a whole reply has come; it is freed after the call.
 * failed:  the connection failed, or could not be made. The owner closes the link
 *          with ggi_redis_link_close(), in this call. fault lives as long as it.
 */
typedef struct {
    void  (*open)(void *data);
    void  (*reply)(void *data, const ggi_reply_t *reply);
    void  (*failed)(void *data, const ggi_redis_fault_t *fault);
} ggi_redis_link_events_t;


typedef struct {
    ggi_redis_conf_t               *conf;
    ggi_redis_log_t                *log;
    const ggi_redis_link_events_t  *events;
    void                           *data;       /* for the events */

    ngx_uint_t                      open;       /* 1: commands can be written */
    ngx_uint_t                      asked;      /* 1: the server asks for a client certificate, and
                                                 * has sent no reply yet */
    const ggi_redis_node_t         *node;       /* connected to last; NULL: none was */
    ngx_peer_connection_t           peer;
    ggi_redis_reader_t              reader;
    u_char                         *out;        /* what is still to be sent */
    size_t                          out_len;
    size_t                          out_size;
} ggi_redis_link_t;


/*
 * Initialises a link, in memory of the caller, that is not connected yet. What happens to it is
 * told by the functions of events, which are called with data. conf, log and events have to
 * live longer than the link. The caller ends with ggi_redis_link_close() and
 * ggi_redis_link_free().
 */
void ggi_redis_link_init(ggi_redis_link_t *link, ggi_redis_conf_t *conf,
    ggi_redis_log_t *log, const ggi_redis_link_events_t *events, void *data);

/*
 * Begins to connect a closed link to a node, which has to live until the link is closed and
 * ggi_redis_link_addr() is not called any more. One of the events open and failed follows,
 * maybe before this returns. The caller sees to it that it does not take too long.
 */
void ggi_redis_link_connect(ggi_redis_link_t *link, ggi_redis_node_t *node);

/*
 * Returns, as text, the address that the link was connected to last, or NULL when it never
 * was. The text belongs to the node.
 */
const ngx_str_t *ggi_redis_link_addr(const ggi_redis_link_t *link);

/*
 * Returns what a link that is being connected has not done in time, the TLS handshake or the
 * connection itself, for the message of a time-out: a constant that ends the sentence "redis
 * NAME ...".
 */
const char *ggi_redis_link_late(const ggi_redis_link_t *link);

/*
 * Makes room for len bytes more in the memory of what is to be sent, so that
 * ggi_redis_link_write() cannot fail. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_redis_link_reserve(ggi_redis_link_t *link, size_t len);

/*
 * Copies len bytes, for which room was made, to what is to be sent. They are sent
 * by ggi_redis_link_flush() or ggi_redis_link_flush_later().
 */
void ggi_redis_link_write(ggi_redis_link_t *link, const char *data, size_t len);

/*
 * Sends what was written to an open link. What the socket does not take now is
 * sent as soon as it can. The event failed may be called before this returns.
 */
void ggi_redis_link_flush(ggi_redis_link_t *link);

/*
 * Has what was written to an open link sent at the end of this turn of the event
 * loop, together with what is written until then.
 */
void ggi_redis_link_flush_later(ggi_redis_link_t *link);

/*
 * Closes the connection at once, if there is any, and forgets what was to be
 * sent. Calls no event.
 */
void ggi_redis_link_close(ggi_redis_link_t *link);

/*
 * Frees the memory of a link that ggi_redis_link_close() has closed: what was to be sent, and
 * the reader of replies. The link itself is the caller's.
 */
void ggi_redis_link_free(ggi_redis_link_t *link);


#endif
