/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * When a client of Redis connects, and to which address of the server. An attempt
 * goes through all addresses. After one that failed the next begins later and
 * later, and after a connection that worked at once.
 */

#ifndef GGI_NGX_REDIS_RETRY_H
#define GGI_NGX_REDIS_RETRY_H

#include "ggi_ngx_redis_conf.h"


typedef struct {
    ggi_redis_conf_t  *conf;
    ggi_redis_node_t  *nodes;           /* the addresses, which are tried in turn */
    ngx_uint_t         nnodes;          /* 0: none is known */
    ngx_event_t        timer;           /* of the next attempt */
    ngx_uint_t         failures;        /* failed attempts since a connection worked */
    ngx_uint_t         addr;            /* the address in use, modulo their number */
    ngx_uint_t         tried;           /* addresses that failed in this attempt */
    ngx_msec_t         began;           /* when this attempt began */
} ggi_redis_retry_t;


/*
 * Initialises retry, in memory of the caller. The first attempt to connect begins in the next turn
 * of the event loop after ggi_redis_retry_lead(). Each time that an attempt is to begin, or goes on
 * with the next address, handler is called with an event whose member data is data; it connects to
 * the node that ggi_redis_retry_node() gives. conf and log have to live longer than retry. The
 * caller ends with ggi_redis_retry_stop().
 */
void ggi_redis_retry_init(ggi_redis_retry_t *retry, ggi_redis_conf_t *conf,
    ngx_event_handler_pt handler, void *data, ngx_log_t *log);

/*
 * Has attempts to connect go to these n nodes from now on, which belong to the caller. The first
 * begins in the next turn of the event loop; with 0 nodes none does.
 */
void ggi_redis_retry_lead(ggi_redis_retry_t *retry, ggi_redis_node_t *nodes, ngx_uint_t n);

/*
 * Notes that an attempt begins or goes on. Returns the node that is to be connected to.
 */
ggi_redis_node_t *ggi_redis_retry_node(ggi_redis_retry_t *retry);

/*
 * Notes that a connection works: attempts after its end begin without the pause that failures
 * have added up.
 */
void ggi_redis_retry_worked(ggi_redis_retry_t *retry);

/*
 * Notes that a connection that had worked was lost. A new attempt to connect begins as soon as
 * the spacing of attempts allows.
 */
void ggi_redis_retry_lost(ggi_redis_retry_t *retry);

/*
 * Notes that the address in use cannot be connected to. Goes on with the next one
 * at once and returns 0, or returns 1 when it was the last: the attempt has failed
 * then, and the next one begins after a while.
 */
ngx_uint_t ggi_redis_retry_failed(ggi_redis_retry_t *retry);

/*
 * Brings the next attempt forward, if one is to come, to within 100 ms, or a
 * quarter of the time-out if that is less.
 */
void ggi_redis_retry_hasten(ggi_redis_retry_t *retry);

/*
 * Has no further attempt begin, by itself or otherwise, until one is asked for. Does nothing
 * when none is waited for.
 */
void ggi_redis_retry_stop(ggi_redis_retry_t *retry);


#endif
