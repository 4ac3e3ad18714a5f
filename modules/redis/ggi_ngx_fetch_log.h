/* SPDX-License-Identifier: EUPL-1.2 */

/* What the error log says of documents that could not be fetched or kept. */

#ifndef GGI_NGX_FETCH_LOG_H
#define GGI_NGX_FETCH_LOG_H

#include "ggi_limit.h"
#include "ggi_limits.h"
#include "ggi_ngx_cache.h"
#include "ggi_ngx_redis_conf.h"
#include "ggi_redis_reply.h"


typedef struct {
    ggi_redis_conf_t  *conf;            /* of the server that is named */
    ngx_log_t         *log;
    ggi_limit_t        reply_limit;     /* of messages about replies that are no document */
    ggi_limits_t       faults;          /* of messages that a document is faulty */
    ggi_limit_t        room_limit;      /* of messages that the zone is too small */
    ggi_limit_t        warning_limit;   /* of messages that a document most likely has a mistake */
} ggi_fetch_log_t;


/*
 * Initialises fl, in memory of the caller. Its messages name the Redis of conf and go to log;
 * both have to live longer than fl.
 */
void ggi_fetch_log_init(ggi_fetch_log_t *fl, ggi_redis_conf_t *conf,
    ngx_log_t *log);

/*
 * Logs what Redis replied for a key instead of a document. Redis mostly gives such
 * replies to all requests then, so only the first is logged, and later ones ever more
 * rarely. Logs nothing for a reply that broke off, since the end of the connection is
 * logged elsewhere.
 */
void ggi_fetch_log_reply(ggi_fetch_log_t *fl, ggi_str_t key,
    const ggi_reply_t *reply);

/*
 * Logs what is wrong with the document of a key in Redis, as often as ggi_limits_pass() lets a
 * message about the key through: once, and again when the fault or the document is another one, or
 * a minute later. version is a hash of the document, or another number that differs when the
 * document does.
 */
void ggi_fetch_log_fault(ggi_fetch_log_t *fl, ggi_str_t key,
    const char *fault, uint64_t version);

/*
 * Logs what is most likely wrong with the document of a key in Redis, which counts all the
 * same. While such documents are fetched, later messages are logged ever more rarely.
 */
void ggi_fetch_log_warning(ggi_fetch_log_t *fl, ggi_str_t key,
    const char *warning);

/*
 * Logs that the zone of the cache is too small for the document of a key, which
 * therefore is not kept, and which size of zone would be large enough. While that goes
 * on, later messages are logged ever more rarely.
 */
void ggi_fetch_log_room(ggi_fetch_log_t *fl, ggi_str_t key, ggi_cache_t *cache,
    const ggi_compiled_t *document);


#endif
