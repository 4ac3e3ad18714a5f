/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The marker of a data set in Redis, as a worker reads it: when it connects, once a second, with
 * each document that it asks for, and after a change that was published. While the marker is
 * missing, or is not that of the data set that the workers know, Redis counts as not answering.
 */

#ifndef GGI_NGX_MARKER_H
#define GGI_NGX_MARKER_H

#include "ggi_dataset.h"
#include "ggi_limit.h"
#include "ggi_ngx_cache.h"
#include "ggi_ngx_redis.h"


typedef struct {
    ggi_redis_conf_t  *conf;
    ggi_cache_t       *cache;           /* in which the workers keep what they know together */
    ggi_redis_t       *redis;           /* NULL: there is no client yet */
    ngx_log_t         *log;
    ngx_event_t        timer;
    ggi_dataset_e      found;           /* by this worker, when it last read the marker */
    ngx_uint_t         asked;           /* 1: a reply is on its way that nobody waits for */
    ngx_uint_t         again;           /* 1: the marker is to be read once more after that */
    uint64_t           sent;            /* questions, on whatever connection */
    uint64_t           answered;        /* of these, those answered or lost */
    uint64_t           suspected;       /* sent when a reply may have been old; 0: none was */
    ggi_limit_t        limit;           /* of messages */
    ngx_uint_t         untold;          /* 1: this worker has a doubt to log when it is its turn */
} ggi_marker_t;


/*
 * Initialises a marker, in memory of the caller, which is asked for by ggi_marker_ask(). conf,
 * cache and log have to live longer than it. The caller sets marker->redis when there is a
 * client, and ends with ggi_marker_stop().
 */
void ggi_marker_init(ggi_marker_t *marker, ggi_redis_conf_t *conf, ggi_cache_t *cache,
    ngx_log_t *log);

/*
 * Has Redis asked for the marker, at the end of this turn of the event loop and then once a
 * second. Does nothing while there is no connection, and reads the marker once more when a reply
 * is on its way already.
 */
void ggi_marker_ask(ggi_marker_t *marker);

/*
 * Has Redis asked for the marker, at the end of this turn of the event loop. Returns NGX_OK, and
 * handler is called with data once, as that of ggi_redis_get(): it begins with
 * ggi_marker_read(). Returns NGX_ERROR when the connection is not ready, or without memory.
 */
ngx_int_t ggi_marker_send(ggi_marker_t *marker, ggi_redis_reply_pt handler, void *data);

/*
 * Judges the reply of Redis about the marker, which is NULL when the connection was lost: then
 * nothing changes. It is called once for each question that was sent, in their order. A first
 * reply by which data were lost has the marker asked for once more before it counts: another
 * worker may know of a change that was made after this reply. Logs when the workers begin or
 * end to doubt Redis, and has the cache doubt its documents.
 */
void ggi_marker_read(ggi_marker_t *marker, const ggi_reply_t *reply);

/* Returns 1 when the marker, when it was last read, was that of the known data set; else 0. */
ngx_uint_t ggi_marker_good(const ggi_marker_t *marker);

/*
 * Returns 1 when the marker was last read as that of an earlier state, or of another data set,
 * which may have been asked for before the last change: it is being asked for once more. Else 0.
 */
ngx_uint_t ggi_marker_suspects(const ggi_marker_t *marker);

/* Ends the asking. Nobody calls this marker's functions any more. */
void ggi_marker_stop(ggi_marker_t *marker);

/* Copies what the workers know together of the data set to *known, whose id is "" for nothing. */
void ggi_marker_known(ggi_cache_t *cache, ggi_dataset_t *known);


#endif
