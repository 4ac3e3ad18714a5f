/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_fetch.h"
#include "ggi_ngx_parse.h"
#include "ggi_ngx_queue.h"


#define GGI_FETCH_POLL     5            /* ms between two looks at what another worker fetches */
#define GGI_FETCH_REPEATS  3            /* of a fetch whose document changed meanwhile */


static void ggi_fetch_send(ggi_fetch_t *fetch);
static void ggi_fetch_reply_handler(void *data, const ggi_reply_t *reply);


static void
ggi_fetch_free(ggi_fetch_t *fetch)
{
    if (fetch->timer.timer_set) {
        ngx_del_timer(&fetch->timer);
    }

    ngx_free(fetch);
}


void
ggi_fetch_end(ggi_fetch_t *fetch, ggi_fetch_result_e result,
    const ggi_compiled_t *document)
{
    ngx_queue_t         *q;
    ggi_fetch_waiter_t  *waiter;

    if (fetch->mine
        && (result == GGI_FETCH_FAILED || result == GGI_FETCH_FAULTY))
    {
        ggi_cache_note_claim(fetch->fetcher->cache, ggi_fetch_key(fetch), &fetch->claim,
                             GGI_CACHE_CLAIM_ABANDONED);
    }

    fetch->over = 1;
    ngx_queue_remove(&fetch->queue);

    while ((q = ggi_queue_take(&fetch->waiters)) != NULL) {
        waiter = ngx_queue_data(q, ggi_fetch_waiter_t, queue);
        waiter->waiting = 0;
        waiter->done(waiter->data, result, document);
    }

    if (!fetch->sent) {
        ggi_fetch_free(fetch);
    }
}


/* Copies a document that another worker fetched. */
static void
ggi_fetch_use(void *data, const ggi_compiled_t *document, ngx_uint_t stale,
    ngx_msec_t age)
{
    ggi_compiled_t **copy = data;

    *copy = ngx_alloc(document->size, ngx_cycle->log);

    if (*copy) {
        ngx_memcpy(*copy, document, document->size);
    }
}


/* Looks whether the document is there that another worker fetches. */
static void
ggi_fetch_look_on(ggi_fetch_t *fetch)
{
    ggi_compiled_t      *document;
    ggi_cache_state_e   state;

    document = NULL;
    state = ggi_cache_look(fetch->fetcher->cache, ggi_fetch_key(fetch),
                           ggi_fetch_certain(fetch->fetcher), ggi_fetch_use, &document);

    if ((state == GGI_CACHE_FRESH || state == GGI_CACHE_AGING) && document) {
        ggi_fetch_end(fetch, GGI_FETCH_FOUND, document);
        ngx_free(document);
        return;
    }

    if (state == GGI_CACHE_NEGATIVE) {
        ggi_fetch_end(fetch, GGI_FETCH_NONE, NULL);
        return;
    }

    if (state == GGI_CACHE_FAULTY) {
        ggi_fetch_end(fetch, GGI_FETCH_FAULTY, NULL);
        return;
    }

    ggi_fetch_send(fetch);
}


static void
ggi_fetch_timer_handler(ngx_event_t *ev)
{
    ggi_fetch_t *fetch = ev->data;

    if ((ngx_msec_int_t) (fetch->deadline - ngx_current_msec) <= 0) {
        ggi_fetch_end(fetch, GGI_FETCH_FAILED, NULL);
        return;
    }

    if (!fetch->mine) {
        ggi_fetch_look_on(fetch);
        return;
    }

    ngx_add_timer(ev, fetch->deadline - ngx_current_msec);
}


void
ggi_fetch_get(ggi_fetch_t *fetch)
{
    ggi_marker_ask(&fetch->fetcher->marker);

    if (ggi_fetch_redis_get(&fetch->fetcher->redis, ggi_fetch_key(fetch),
                            ggi_fetch_reply_handler, fetch)
        == NGX_OK)
    {
        fetch->sent = 1;
    }
}


/* Begins the time in which a thread parses, some milliseconds, which is none of Redis. */
static void
ggi_fetch_begin_parse(ggi_fetch_t *fetch)
{
    ngx_msec_int_t  left;

    if (fetch->left == 0) {
        left = (ngx_msec_int_t) (fetch->deadline - ngx_current_msec);
        fetch->left = (ngx_msec_t) ngx_max(left, 1);
        fetch->deadline = ngx_current_msec + GGI_PARSE_TIME;
    }
}


/* Ends that time, if it has begun: Redis has as long as was left for it. */
static void
ggi_fetch_end_parse(ggi_fetch_t *fetch)
{
    if (fetch->left) {
        fetch->deadline = ngx_current_msec + fetch->left;
        fetch->left = 0;
    }
}


/* Asks Redis. Returns 1, or 0 when another worker asks already. */
static ngx_uint_t
ggi_fetch_ask(ggi_fetch_t *fetch)
{
    ggi_fetcher_t  *fetcher;

    fetcher = fetch->fetcher;
    fetch->mine = ggi_cache_claim(fetcher->cache, ggi_fetch_key(fetch),
                                  fetcher->conf->timeout, &fetch->claim);

    if (!fetch->mine) {
        return 0;
    }

    ggi_fetch_end_parse(fetch);
    ngx_add_timer(&fetch->timer, fetch->deadline - ngx_current_msec);

    /* before the first connection is ready it waits for that */
    ggi_fetch_get(fetch);

    return 1;
}


void
ggi_fetch_begin(ggi_fetch_t *fetch)
{
    if (ggi_fetch_ask(fetch)) {
        return;
    }

    if (fetch->claim.others_parse) {
        ggi_fetch_begin_parse(fetch);

    } else {
        ggi_fetch_end_parse(fetch);
    }

    ngx_add_timer(&fetch->timer, ngx_min(fetch->deadline - ngx_current_msec,
                                         GGI_FETCH_POLL));
}


void
ggi_fetch_begin_alone(ggi_fetch_t *fetch)
{
    if (!ggi_fetch_ask(fetch)) {
        ngx_queue_remove(&fetch->queue);
        ggi_fetch_free(fetch);
    }
}


/* Asks Redis once more, or ends the fetch with GGI_FETCH_FAILED when its deadline has passed. */
static void
ggi_fetch_send(ggi_fetch_t *fetch)
{
    if ((ngx_msec_int_t) (fetch->deadline - ngx_current_msec) <= 0) {
        ggi_fetch_end(fetch, GGI_FETCH_FAILED, NULL);
        return;
    }

    ggi_fetch_redis_retry_soon(&fetch->fetcher->redis);
    ggi_fetch_begin(fetch);
}


/*
 * Notes in the cache what was fetched. Returns NGX_OK, or NGX_DECLINED when it has
 * changed meanwhile.
 */
static ngx_int_t
ggi_fetch_note(ggi_fetch_t *fetch, ggi_fetch_result_e result,
    const ggi_compiled_t *document)
{
    ngx_int_t     rc;
    ggi_cache_t  *cache;

    cache = fetch->fetcher->cache;

    switch (result) {

    case GGI_FETCH_FOUND:
    case GGI_FETCH_NONE:
        rc = ggi_cache_store(cache, ggi_fetch_key(fetch), &fetch->claim,
                             document);

        if (rc == NGX_BUSY && document) {
            ggi_fetch_log_room(&fetch->fetcher->log, ggi_fetch_key(fetch),
                               cache, document);
        }

        return rc;

    case GGI_FETCH_FAULTY:
        return ggi_cache_fail(cache, ggi_fetch_key(fetch), &fetch->claim);

    default:
        return NGX_OK;
    }
}


/*
 * Ends a fetch by what came of it, or repeats it when that has changed meanwhile.
 * Frees the document.
 */
static void
ggi_fetch_settle(ggi_fetch_t *fetch, ggi_fetch_result_e result,
    ggi_compiled_t *document)
{
    if (ggi_fetch_note(fetch, result, document) == NGX_DECLINED
        && fetch->repeats++ < GGI_FETCH_REPEATS)
    {
        ggi_fetch_send(fetch);

    } else {
        ggi_fetch_end(fetch, result, document);
    }

    free(document);
}


/*
 * A document was parsed, or is faulty. Its waiters may have gone meanwhile: the
 * cache is told all the same.
 */
static void
ggi_fetch_parsed(void *data, ggi_compiled_t *document, const ggi_fault_t *fault,
    const char *warning, uint64_t version)
{
    ggi_fetch_t *fetch = data;

    ggi_fetch_result_e  result;

    fetch->sent = 0;
    result = document ? GGI_FETCH_FOUND : GGI_FETCH_FAULTY;

    if (ggi_dataset_doubtful(fetch->fetcher->marker.found)) {
        result = GGI_FETCH_FAILED;
    }

    ggi_fetch_end_parse(fetch);

    if (fetch->over) {
        (void) ggi_fetch_note(fetch, result, document);
        free(document);
        ggi_fetch_free(fetch);
        return;
    }

    if (document == NULL) {
        ggi_fetch_log_fault(&fetch->fetcher->log, ggi_fetch_key(fetch), fault->text, version);

    } else if (warning[0]) {
        ggi_fetch_log_warning(&fetch->fetcher->log, ggi_fetch_key(fetch), warning);
    }

    ggi_fetch_settle(fetch, result, document);
}


/* Has the JSON that Redis holds, a string, parsed. */
static void
ggi_fetch_parse(ggi_fetch_t *fetch, const ggi_reply_t *reply)
{
    ngx_int_t  rc;
    ggi_str_t  json = { reply->len, reply->data };

    rc = ggi_parse(fetch->fetcher->conf, ggi_fetch_key(fetch), json, ggi_fetch_parsed, fetch,
                   fetch->fetcher->log.log);

    if (rc == NGX_ERROR) {
        ggi_fetch_end(fetch, GGI_FETCH_FAILED, NULL);

    } else if (rc == NGX_AGAIN) {
        fetch->sent = 1;
        ggi_cache_note_claim(fetch->fetcher->cache, ggi_fetch_key(fetch), &fetch->claim,
                             GGI_CACHE_CLAIM_PARSING);
        ggi_fetch_begin_parse(fetch);
    }
}


/* Ends the fetch, since a value of len bytes, 0 if not read, is larger than a document may be. */
static void
ggi_fetch_too_large(ggi_fetch_t *fetch, size_t len)
{
    u_char  text[128];

    ngx_sprintf(text, "$: too large, expected at most %uz bytes%Z", GGI_PARSE_MAX);
    ggi_fetch_log_fault(&fetch->fetcher->log, ggi_fetch_key(fetch), (char *) text, len);
    ggi_fetch_settle(fetch, GGI_FETCH_FAULTY, NULL);
}


/* Ends the fetch by a reply that holds no document. */
static void
ggi_fetch_no_document(ggi_fetch_t *fetch, const ggi_reply_t *reply)
{
    if (reply->type == GGI_REPLY_TOO_LARGE) {
        ggi_fetch_too_large(fetch, 0);
        return;
    }

    ggi_fetch_log_reply(&fetch->fetcher->log, ggi_fetch_key(fetch), reply);

    /* the key holds no string; other errors may be over at the next call */
    ggi_fetch_settle(fetch, reply->type == GGI_REPLY_ERROR
                            && ngx_strncmp(reply->data, "WRONGTYPE ", 10) == 0
                            ? GGI_FETCH_FAULTY : GGI_FETCH_FAILED, NULL);
}


/*
 * The connection was lost before the reply came. GET changes nothing, so that it can be sent once
 * more when the new connection is ready, within the deadline; in a Cluster it has been sent again
 * by now. Otherwise the fetch ends.
 */
static void
ggi_fetch_retry(ggi_fetch_t *fetch)
{
    if (fetch->retried || fetch->fetcher->redis.cluster
        || !ggi_redis_usable(fetch->fetcher->redis.server))
    {
        ggi_fetch_end(fetch, GGI_FETCH_FAILED, NULL);
        return;
    }

    fetch->retried = 1;
}


/*
 * Redis has told its data set after it told that it has no document: only when that is good,
 * there is none. Otherwise Redis may have been emptied just now.
 */
static void
ggi_fetch_marker_handler(void *data, const ggi_reply_t *reply)
{
    ggi_fetch_t   *fetch = data;
    ggi_marker_t  *marker = &fetch->fetcher->marker;

    fetch->sent = 0;
    ggi_marker_read(marker, reply);

    if (fetch->over) {
        ggi_fetch_free(fetch);

    } else if (reply == NULL) {
        ggi_fetch_retry(fetch);

    } else if (ggi_marker_suspects(marker)) {
        ggi_fetch_get(fetch);

    } else {
        ggi_fetch_settle(fetch, ggi_marker_good(marker) ? GGI_FETCH_NONE : GGI_FETCH_FAILED, NULL);
    }
}


/* Redis has no document of the key: has it asked for its data set before that is believed. */
static void
ggi_fetch_none(ggi_fetch_t *fetch)
{
    ggi_fetcher_t *fetcher = fetch->fetcher;

    if (fetcher->redis.cluster) {
        ggi_fetch_settle(fetch, GGI_FETCH_NONE, NULL);

    } else if (ggi_marker_send(&fetcher->marker, ggi_fetch_marker_handler, fetch) == NGX_OK) {
        fetch->sent = 1;

    } else {
        ggi_fetch_end(fetch, GGI_FETCH_FAILED, NULL);
    }
}


static void
ggi_fetch_reply_handler(void *data, const ggi_reply_t *reply)
{
    ggi_fetch_t   *fetch = data;
    ggi_marker_t  *marker = &fetch->fetcher->marker;

    fetch->sent = 0;

    if (fetch->over) {
        ggi_fetch_free(fetch);

    } else if (reply == NULL) {
        ggi_fetch_retry(fetch);

    } else if (ggi_marker_suspects(marker)) {
        ggi_fetch_get(fetch);           /* once more, behind the question that settles that */

    } else if (reply->type == GGI_REPLY_NIL) {
        ggi_fetch_none(fetch);

    } else if (reply->type != GGI_REPLY_STRING) {
        ggi_fetch_no_document(fetch, reply);

    } else if (!ggi_marker_good(marker)) {
        ggi_fetch_end(fetch, GGI_FETCH_FAILED, NULL);

    } else if (reply->len > GGI_PARSE_MAX) {
        ggi_fetch_too_large(fetch, reply->len);

    } else {
        ggi_fetch_parse(fetch, reply);
    }
}


ggi_fetch_t *
ggi_fetch_create(ggi_fetcher_t *fetcher, ggi_str_t key)
{
    ggi_fetch_t  *fetch;

    fetch = ngx_calloc(sizeof(ggi_fetch_t), fetcher->log.log);
    if (fetch == NULL) {
        return NULL;
    }

    fetch->fetcher = fetcher;
    fetch->key_len = key.len;
    ngx_memcpy(fetch->key, key.data, key.len);
    fetch->deadline = ngx_current_msec + fetcher->conf->timeout;
    ngx_queue_init(&fetch->waiters);
    fetch->timer.handler = ggi_fetch_timer_handler;
    fetch->timer.data = fetch;
    fetch->timer.log = fetcher->log.log;
    ngx_queue_insert_tail(&fetcher->fetches, &fetch->queue);

    return fetch;
}
