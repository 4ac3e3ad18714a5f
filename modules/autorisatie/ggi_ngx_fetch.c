/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_fetch.h"
#include "ggi_ngx_metrics.h"
#include "ggi_oin.h"
#include "ggi_profile_compile.h"
#include "ggi_redis_keys.h"
#include "ggi_redis_words.h"


#define GGI_FETCH_POLL     5            /* ms between two looks at what another worker fetches */
#define GGI_FETCH_REPEATS  3            /* of a fetch that a change got in the way of */
#define GGI_FETCH_SMALL    16384        /* bytes of a profile that is parsed at once, in less than a millisecond */

#define GGI_FETCH_PARSING  5000         /* ms that a thread may take for it, waiting for its turn included */

#if (NGX_THREADS)
#define GGI_FETCH_MAX      GGI_PROFILE_TEXT_MAX
#else
#define GGI_FETCH_MAX      GGI_FETCH_SMALL
#endif


/* An OIN that is being fetched by this worker, or by another one while this one looks on. */
typedef struct {
    ngx_queue_t         queue;
    ggi_fetcher_t      *fetcher;
    u_char              oin[GGI_OIN_LEN];
    ngx_queue_t         waiters;
    ngx_event_t         timer;
    ngx_msec_t          deadline;
    ggi_cache_claim_t   claim;
    ngx_uint_t          mine;           /* claimed by this worker */
    ngx_uint_t          sent;           /* Redis has been asked, or a thread parses: they hold a pointer to this */
    ngx_uint_t          retried;            /* Redis was asked once more, after a connection was lost */
    ngx_uint_t          repeats;
    ngx_uint_t          over;           /* its waiters have been answered */
} ggi_fetch_t;


#if (NGX_THREADS)

/* What a thread parses. */
typedef struct {
    ggi_fetch_t    *fetch;              /* the event loop's: it stays until the thread is done */
    u_char          oin[GGI_OIN_LEN];
    char           *text;
    size_t          len;
    ggi_profile_t  *profile;
    ggi_fault_t     fault;
} ggi_fetch_parse_t;

#endif


static void ggi_fetcher_hurry(ggi_fetcher_t *fetcher);
static void ggi_fetch_send(ggi_fetch_t *fetch);
static void ggi_fetch_reply_handler(void *data, const ggi_reply_t *reply);


static ggi_str_t
ggi_fetch_oin(ggi_fetch_t *fetch)
{
    ggi_str_t  oin;

    oin.data = (char *) fetch->oin;
    oin.len = GGI_OIN_LEN;

    return oin;
}


static void
ggi_fetch_free(ggi_fetch_t *fetch)
{
    if (fetch->timer.timer_set) {
        ngx_del_timer(&fetch->timer);
    }

    ngx_free(fetch);
}


/* Answers all that wait, and forgets the fetch, as soon as Redis has. */
static void
ggi_fetch_end(ggi_fetch_t *fetch, ggi_fetch_result_e result,
    const ggi_profile_t *profile)
{
    ngx_queue_t         *q;
    ggi_fetch_waiter_t  *waiter;

    if (fetch->mine
        && (result == GGI_FETCH_FAILED || result == GGI_FETCH_FAULTY))
    {
        ggi_cache_abandon(fetch->fetcher->cache, ggi_fetch_oin(fetch),
                          &fetch->claim);
    }

    fetch->over = 1;
    ngx_queue_remove(&fetch->queue);

    while (!ngx_queue_empty(&fetch->waiters)) {
        q = ngx_queue_head(&fetch->waiters);
        /* the head changes by it; NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        ngx_queue_remove(q);
        waiter = ngx_queue_data(q, ggi_fetch_waiter_t, queue);
        waiter->waiting = 0;
        waiter->done(waiter->data, result, profile);
    }

    if (!fetch->sent) {
        ggi_fetch_free(fetch);
    }
}


/* For what another worker fetched. */
static void
ggi_fetch_use(void *data, const ggi_profile_t *profile, ngx_msec_t age)
{
    ggi_profile_t **copy = data;

    *copy = ngx_alloc(profile->size, ngx_cycle->log);

    if (*copy) {
        ngx_memcpy(*copy, profile, profile->size);
    }
}


/* Another worker fetches it: is it there? */
static void
ggi_fetch_look_on(ggi_fetch_t *fetch)
{
    ggi_profile_t      *profile;
    ggi_cache_state_e   state;

    profile = NULL;
    state = ggi_cache_look(fetch->fetcher->cache, ggi_fetch_oin(fetch),
                           fetch->fetcher->live, 0, ggi_fetch_use, &profile);

    if ((state == GGI_CACHE_FRESH || state == GGI_CACHE_AGING) && profile) {
        ggi_fetch_end(fetch, GGI_FETCH_FOUND, profile);
        ngx_free(profile);
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


/* Sends the GET of a fetch that this worker has claimed, if the connection is ready. */
static void
ggi_fetch_get(ggi_fetch_t *fetch)
{
    u_char     key[sizeof(GGI_REDIS_KEY_PREFIX) - 1 + GGI_OIN_LEN];
    ggi_str_t  text;

    ngx_memcpy(key, GGI_REDIS_KEY_PREFIX, sizeof(GGI_REDIS_KEY_PREFIX) - 1);
    ngx_memcpy(key + sizeof(GGI_REDIS_KEY_PREFIX) - 1, fetch->oin, GGI_OIN_LEN);
    text.data = (char *) key;
    text.len = sizeof(key);

    if (ggi_redis_get(fetch->fetcher->redis, text, ggi_fetch_reply_handler,
                      fetch)
        == NGX_OK)
    {
        fetch->sent = 1;
    }
}


/* Asks Redis, which may take so many ms, unless somebody else does: returns 0 then. */
static ngx_uint_t
ggi_fetch_ask(ggi_fetch_t *fetch, ngx_msec_t time)
{
    ggi_fetcher_t  *fetcher;

    fetcher = fetch->fetcher;
    fetch->mine = ggi_cache_claim(fetcher->cache, ggi_fetch_oin(fetch),
                                  fetcher->conf->timeout, &fetch->claim);

    if (!fetch->mine) {
        return 0;
    }

    ngx_add_timer(&fetch->timer, time);

    /* before the first connection is ready it waits for that */
    ggi_fetch_get(fetch);

    return 1;
}


/* Asks Redis, or looks on if somebody else does. */
static void
ggi_fetch_go(ggi_fetch_t *fetch, ngx_msec_t time)
{
    if (!ggi_fetch_ask(fetch, time)) {
        ngx_add_timer(&fetch->timer, ngx_min(time, GGI_FETCH_POLL));
    }
}


/* Asks Redis once more, or ends the fetch with GGI_FETCH_FAILED when its deadline has passed. */
static void
ggi_fetch_send(ggi_fetch_t *fetch)
{
    ngx_msec_int_t  left;

    left = (ngx_msec_int_t) (fetch->deadline - ngx_current_msec);

    if (left <= 0) {
        ggi_fetch_end(fetch, GGI_FETCH_FAILED, NULL);
        return;
    }

    ggi_fetcher_hurry(fetch->fetcher);
    ggi_fetch_go(fetch, (ngx_msec_t) left);
}


/*
 * Logs what Redis answered instead of a profile: mostly it is in trouble, so
 * that all its answers are such, and only some of them are logged.
 */
static void
ggi_fetch_complain(ggi_fetch_t *fetch, const ggi_reply_t *reply)
{
    char            words[GGI_REDIS_WORDS_LEN];
    uint64_t        left_out;
    ggi_str_t       oin;
    ggi_fetcher_t  *fetcher;

    fetcher = fetch->fetcher;
    oin = ggi_fetch_oin(fetch);

    if (reply->type == GGI_REPLY_BROKEN
        || !ggi_limit_pass(&fetcher->limit, ngx_current_msec, &left_out))
    {
        return;                         /* the connection has told of a broken one */
    }

    ggi_redis_printable(words, sizeof(words), reply->data ? reply->data : "",
                    reply->data ? reply->len : 0, &fetcher->conf->url);

    ngx_log_error(NGX_LOG_ERR, fetcher->log, 0,
                  "redis answers for %s%*s: %s (server: %V, such answers "
                  "left out: %uL)", GGI_REDIS_KEY_PREFIX, oin.len, oin.data,
                  reply->data ? words : "no string", &fetcher->conf->name,
                  left_out);
}


/* Logs once for each time that it is fetched, which negative_ttl bounds, what is wrong with a profile in Redis. */
static void
ggi_fetch_fault(ggi_fetch_t *fetch, const char *fault)
{
    ggi_str_t  oin;

    oin = ggi_fetch_oin(fetch);

    ngx_log_error(NGX_LOG_ERR, fetch->fetcher->log, 0,
                  "profile in %s%*s: %s (server: %V)", GGI_REDIS_KEY_PREFIX,
                  oin.len, oin.data, fault, &fetch->fetcher->conf->name);
}


/* Logs that the zone is too small for a profile, and what it takes. */
static void
ggi_fetch_no_room(ggi_fetch_t *fetch, const ggi_profile_t *profile)
{
    uint64_t        left_out;
    ggi_str_t       oin;
    ggi_cache_t    *cache;
    ggi_fetcher_t  *fetcher;

    fetcher = fetch->fetcher;
    cache = fetcher->cache;
    oin = ggi_fetch_oin(fetch);

    if (!ggi_limit_pass(&fetcher->zone_limit, ngx_current_msec, &left_out)) {
        return;
    }

    ngx_log_error(NGX_LOG_ERR, fetcher->log, 0,
                  "zone \"%V\" of %uz bytes is too small: the profile in "
                  "%s%*s takes %uD, a profile gets at most %uz, so that it is "
                  "asked of Redis for each call; with %uz it would be cached "
                  "(messages left out: %uL)", &cache->zone->shm.name,
                  cache->zone->shm.size, GGI_REDIS_KEY_PREFIX, oin.len,
                  oin.data, profile->size, ggi_cache_share(cache),
                  cache->zone->shm.size
                  * (profile->size / ggi_cache_share(cache) + 1), left_out);
}


/* Notes in the cache what was fetched. NGX_DECLINED: it has changed meanwhile. */
static ngx_int_t
ggi_fetch_note(ggi_fetch_t *fetch, ggi_fetch_result_e result,
    const ggi_profile_t *profile)
{
    ngx_int_t     rc;
    ggi_cache_t  *cache;

    cache = fetch->fetcher->cache;

    switch (result) {

    case GGI_FETCH_FOUND:
    case GGI_FETCH_NONE:
        rc = ggi_cache_store(cache, ggi_fetch_oin(fetch), &fetch->claim,
                             profile);

        if (rc == NGX_BUSY && profile) {
            ggi_fetch_no_room(fetch, profile);
        }

        return rc;

    case GGI_FETCH_FAULTY:
        return ggi_cache_fail(cache, ggi_fetch_oin(fetch), &fetch->claim);

    default:
        return NGX_OK;
    }
}


/* Ends a fetch by what came of it, or repeats it when that has changed meanwhile. Frees the profile. */
static void
ggi_fetch_settle(ggi_fetch_t *fetch, ggi_fetch_result_e result,
    ggi_profile_t *profile)
{
    if (ggi_fetch_note(fetch, result, profile) == NGX_DECLINED
        && fetch->repeats++ < GGI_FETCH_REPEATS)
    {
        ggi_fetch_send(fetch);

    } else {
        ggi_fetch_end(fetch, result, profile);
    }

    free(profile);
}


/* Ends a fetch by the profile that was parsed, or by the fault when there is none. */
static void
ggi_fetch_parsed(ggi_fetch_t *fetch, ggi_profile_t *profile,
    const ggi_fault_t *fault)
{
    if (profile == NULL) {
        ggi_fetch_fault(fetch, fault->text);
    }

    ggi_fetch_settle(fetch, profile ? GGI_FETCH_FOUND : GGI_FETCH_FAULTY,
                     profile);
}


#if (NGX_THREADS)

/* In a thread, which touches nothing else. */
static void
ggi_fetch_thread_handler(void *data, ngx_log_t *log)
{
    ggi_fetch_parse_t *parse = data;

    ggi_str_t  oin;

    oin.data = (char *) parse->oin;
    oin.len = GGI_OIN_LEN;
    parse->profile = ggi_profile_parse(parse->text, parse->len, &oin,
                                       &parse->fault);
}


/* On the event loop, when the thread is done. The waiters may have gone: what was parsed is of use all the same. */
static void
ggi_fetch_thread_done_handler(ngx_event_t *ev)
{
    ngx_thread_task_t *task = ev->data;

    ggi_fetch_t        *fetch;
    ggi_fetch_parse_t  *parse;

    parse = task->ctx;
    fetch = parse->fetch;
    fetch->sent = 0;

    if (fetch->over) {
        (void) ggi_fetch_note(fetch, parse->profile ? GGI_FETCH_FOUND
                                                    : GGI_FETCH_FAULTY,
                              parse->profile);
        free(parse->profile);
        ggi_fetch_free(fetch);

    } else {
        ggi_fetch_parsed(fetch, parse->profile, &parse->fault);
    }

    ngx_free(task);
}


/* Has a thread parse len bytes, which are copied. NGX_ERROR: no memory, or no thread takes it. */
static ngx_int_t
ggi_fetch_parse_in_thread(ggi_fetch_t *fetch, const char *text, size_t len)
{
    ngx_thread_task_t  *task;
    ggi_fetch_parse_t  *parse;

    task = ngx_alloc(sizeof(ngx_thread_task_t) + sizeof(ggi_fetch_parse_t)
                     + len, fetch->fetcher->log);
    if (task == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(task, sizeof(ngx_thread_task_t) + sizeof(ggi_fetch_parse_t));
    parse = (ggi_fetch_parse_t *) (task + 1);
    parse->fetch = fetch;
    parse->len = len;
    parse->text = (char *) (parse + 1);
    ngx_memcpy(parse->oin, fetch->oin, GGI_OIN_LEN);
    ngx_memcpy(parse->text, text, len);

    task->ctx = parse;
    task->handler = ggi_fetch_thread_handler;
    task->event.handler = ggi_fetch_thread_done_handler;
    task->event.data = task;
    task->event.log = fetch->fetcher->log;

    if (ngx_thread_task_post(fetch->fetcher->conf->threads, task) != NGX_OK) {
        ngx_free(task);
        return NGX_ERROR;
    }

    /* Redis has answered in time: what is left is work, of some milliseconds on a machine that has any */
    fetch->sent = 1;
    fetch->deadline = ngx_current_msec + GGI_FETCH_PARSING;

    return NGX_OK;
}

#endif


/* Parses what Redis holds: at once, or in a thread when that would keep other calls waiting. */
static void
ggi_fetch_parse(ggi_fetch_t *fetch, const char *text, size_t len)
{
    ggi_str_t       oin;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_profile_t  *profile;

#if (NGX_THREADS)
    if (len > GGI_FETCH_SMALL) {
        if (ggi_fetch_parse_in_thread(fetch, text, len) != NGX_OK) {
            ggi_fetch_end(fetch, GGI_FETCH_FAILED, NULL);
        }

        return;
    }
#endif

    oin = ggi_fetch_oin(fetch);
    profile = ggi_profile_parse(text, len, &oin, &fault);
    ggi_fetch_parsed(fetch, profile, &fault);
}


/* The value of the key is larger than any profile may be. */
static void
ggi_fetch_too_large(ggi_fetch_t *fetch)
{
    u_char  text[128];

    ngx_sprintf(text, "$: too large, expected at most %d bytes%Z",
                GGI_FETCH_MAX);
    ggi_fetch_fault(fetch, (char *) text);
    ggi_fetch_settle(fetch, GGI_FETCH_FAULTY, NULL);
}


/* Ends the fetch by a reply that holds no profile. */
static void
ggi_fetch_no_profile(ggi_fetch_t *fetch, const ggi_reply_t *reply)
{
    if (reply->type == GGI_REPLY_TOO_LARGE) {
        ggi_fetch_too_large(fetch);
        return;
    }

    ggi_fetch_complain(fetch, reply);

    /* the key holds no string; other errors are those of the server, which may be over at the next call */

    ggi_fetch_settle(fetch, reply->type == GGI_REPLY_ERROR
                            && ngx_strncmp(reply->data, "WRONGTYPE ", 10) == 0
                            ? GGI_FETCH_FAULTY : GGI_FETCH_FAILED, NULL);
}


/*
 * The connection was lost before the reply came. GET changes nothing, so that
 * it can be sent once more when the new connection is ready, within the
 * deadline; otherwise the fetch ends.
 */
static void
ggi_fetch_retry(ggi_fetch_t *fetch)
{
    if (fetch->retried || !ggi_redis_usable(fetch->fetcher->redis)) {
        ggi_fetch_end(fetch, GGI_FETCH_FAILED, NULL);
        return;
    }

    fetch->retried = 1;
}


static void
ggi_fetch_reply_handler(void *data, const ggi_reply_t *reply)
{
    ggi_fetch_t *fetch = data;

    fetch->sent = 0;

    if (fetch->over) {
        ggi_fetch_free(fetch);

    } else if (reply == NULL) {
        ggi_fetch_retry(fetch);

    } else if (reply->type == GGI_REPLY_NIL) {
        ggi_fetch_settle(fetch, GGI_FETCH_NONE, NULL);

    } else if (reply->type != GGI_REPLY_STRING) {
        ggi_fetch_no_profile(fetch, reply);

    } else if (reply->len > GGI_FETCH_MAX) {
        ggi_fetch_too_large(fetch);

    } else {
        ggi_fetch_parse(fetch, reply->data, reply->len);
    }
}


static ggi_fetch_t *
ggi_fetch_find(ggi_fetcher_t *fetcher, ggi_str_t oin)
{
    ngx_queue_t  *q;
    ggi_fetch_t  *fetch;

    for (q = ngx_queue_head(&fetcher->fetches);
         q != ngx_queue_sentinel(&fetcher->fetches);
         q = ngx_queue_next(q))
    {
        fetch = ngx_queue_data(q, ggi_fetch_t, queue);

        if (ngx_memcmp(fetch->oin, oin.data, GGI_OIN_LEN) == 0) {
            return fetch;
        }
    }

    return NULL;
}


/* A fetch that nobody waits for and nobody has been asked for yet. */
static ggi_fetch_t *
ggi_fetch_create(ggi_fetcher_t *fetcher, ggi_str_t oin)
{
    ggi_fetch_t  *fetch;

    fetch = ngx_calloc(sizeof(ggi_fetch_t), fetcher->log);
    if (fetch == NULL) {
        return NULL;
    }

    fetch->fetcher = fetcher;
    ngx_memcpy(fetch->oin, oin.data, GGI_OIN_LEN);
    fetch->deadline = ngx_current_msec + fetcher->conf->timeout;
    ngx_queue_init(&fetch->waiters);
    fetch->timer.handler = ggi_fetch_timer_handler;
    fetch->timer.data = fetch;
    fetch->timer.log = fetcher->log;
    ngx_queue_insert_tail(&fetcher->fetches, &fetch->queue);

    return fetch;
}


/* Somebody needs Redis: while it is away, the next attempt to reach it begins soon. */
static void
ggi_fetcher_hurry(ggi_fetcher_t *fetcher)
{
    ggi_redis_retry_soon(fetcher->redis);
    ggi_redis_retry_soon(fetcher->subscriber);
}


ngx_int_t
ggi_fetch_wait(ggi_fetcher_t *fetcher, ggi_str_t oin, ngx_uint_t patient,
    ggi_fetch_waiter_t *waiter)
{
    ggi_fetch_t  *fetch;

    if (oin.len != GGI_OIN_LEN) {
        return NGX_DECLINED;
    }

    ggi_fetcher_hurry(fetcher);

    if (!patient && !ggi_redis_usable(fetcher->redis)) {
        return NGX_DECLINED;
    }

    fetch = ggi_fetch_find(fetcher, oin);

    if (fetch == NULL) {
        fetch = ggi_fetch_create(fetcher, oin);
        if (fetch == NULL) {
            return NGX_ERROR;
        }

        ggi_fetch_go(fetch, fetcher->conf->timeout);
    }

    waiter->waiting = 1;
    ngx_queue_insert_tail(&fetch->waiters, &waiter->queue);

    return NGX_AGAIN;
}


void
ggi_fetch_ahead(ggi_fetcher_t *fetcher, ggi_str_t oin)
{
    ggi_fetch_t  *fetch;

    if (ggi_fetch_find(fetcher, oin) || !ggi_redis_usable(fetcher->redis)) {
        return;
    }

    fetch = ggi_fetch_create(fetcher, oin);
    if (fetch == NULL) {
        return;
    }

    if (!ggi_fetch_ask(fetch, fetcher->conf->timeout)) {
        ngx_queue_remove(&fetch->queue);
        ggi_fetch_free(fetch);
    }
}


void
ggi_fetch_leave(ggi_fetch_waiter_t *waiter)
{
    if (waiter->waiting) {
        ngx_queue_remove(&waiter->queue);
        waiter->waiting = 0;
    }
}


/* The connection is ready: what has waited for that goes out. */
static void
ggi_fetcher_ready(void *data)
{
    ngx_queue_t    *q;
    ggi_fetch_t    *fetch;
    ggi_fetcher_t  *fetcher = data;

    ggi_metric_set(GGI_METRIC_REDIS_CONNECTED, 1);
    ggi_redis_retry_soon(fetcher->subscriber);

    for (q = ngx_queue_head(&fetcher->fetches);
         q != ngx_queue_sentinel(&fetcher->fetches);
         q = ngx_queue_next(q))
    {
        fetch = ngx_queue_data(q, ggi_fetch_t, queue);

        if (fetch->mine && !fetch->sent) {
            ggi_fetch_get(fetch);
        }
    }
}


/*
 * The connection was lost, or an attempt to make one failed. After a failed
 * attempt nothing can be fetched: nobody waits in vain for what this worker
 * was to fetch.
 */
static void
ggi_fetcher_lost(void *data)
{
    ngx_queue_t    *q;
    ggi_fetch_t    *fetch;
    ggi_fetcher_t  *fetcher = data;

    ggi_metric_set(GGI_METRIC_REDIS_CONNECTED, 0);

    if (ggi_redis_usable(fetcher->redis)) {
        return;
    }

    /* those that were sent hear of it by their reply; a resumed call may take others away */

    for ( ;; ) {
        fetch = NULL;

        for (q = ngx_queue_head(&fetcher->fetches);
             q != ngx_queue_sentinel(&fetcher->fetches);
             q = ngx_queue_next(q))
        {
            fetch = ngx_queue_data(q, ggi_fetch_t, queue);

            /* one that ended is not there; NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
            if (fetch->mine && !fetch->sent) {
                break;
            }

            fetch = NULL;
        }

        if (fetch == NULL) {
            return;
        }

        ggi_fetch_end(fetch, GGI_FETCH_FAILED, NULL);
    }
}


static void
ggi_fetcher_subscribed(void *data)
{
    ggi_fetcher_t *fetcher = data;

    /* changes from before this moment have been missed */
    ggi_cache_doubt(fetcher->cache);
    fetcher->live = 1;
    ggi_metric_set(GGI_METRIC_REDIS_SUBSCRIBED, 1);
}


static void
ggi_fetcher_unsubscribed(void *data)
{
    ggi_fetcher_t *fetcher = data;

    fetcher->live = 0;
    ggi_metric_set(GGI_METRIC_REDIS_SUBSCRIBED, 0);
}


static void
ggi_fetcher_message(void *data, const ggi_reply_t *reply)
{
    uint64_t        left_out;
    ggi_str_t       oin;
    ggi_fetcher_t  *fetcher = data;

    oin.data = reply->data;
    oin.len = reply->len;

    if (oin.len != GGI_OIN_LEN) {
        if (ggi_limit_pass(&fetcher->message_limit, ngx_current_msec,
                           &left_out))
        {
            ngx_log_error(NGX_LOG_WARN, fetcher->log, 0,
                          "redis %V publishes on %s what is no OIN: all "
                          "profiles are asked for again (messages left out: "
                          "%uL)", &fetcher->conf->name, GGI_REDIS_CHANNEL,
                          left_out);
        }

        ggi_cache_doubt(fetcher->cache);
        return;
    }

    ggi_cache_invalidate(fetcher->cache, oin);
}


static void
ggi_fetcher_no_message(void *data, const ggi_reply_t *reply)
{
    /* of a connection that subscribes to nothing */
}


static const ggi_redis_events_t  ggi_fetcher_events = {
    ggi_fetcher_ready, ggi_fetcher_lost, ggi_fetcher_no_message
};

static const ggi_redis_events_t  ggi_fetcher_subscriber_events = {
    ggi_fetcher_subscribed, ggi_fetcher_unsubscribed, ggi_fetcher_message
};


ngx_int_t
ggi_fetcher_start(ggi_fetcher_t *fetcher, ggi_redis_conf_t *conf,
    ggi_cache_t *cache, ngx_log_t *log)
{
    /* jansson asks for this before threads use it */
    json_object_seed(0);

    ngx_memzero(fetcher, sizeof(ggi_fetcher_t));
    ngx_queue_init(&fetcher->fetches);
    fetcher->conf = conf;
    fetcher->cache = cache;
    fetcher->log = log;

    fetcher->redis = ggi_redis_start(conf, NULL, &ggi_fetcher_events, fetcher,
                                     log);
    fetcher->subscriber = ggi_redis_start(conf, GGI_REDIS_CHANNEL,
                                          &ggi_fetcher_subscriber_events,
                                          fetcher, log);

    return (fetcher->redis && fetcher->subscriber) ? NGX_OK : NGX_ERROR;
}


/* Forgets all that wait: a call that went on now would not come to its end any more. */
static void
ggi_fetcher_leave_all(ggi_fetcher_t *fetcher)
{
    ngx_queue_t  *q;
    ggi_fetch_t  *fetch;

    for (q = ngx_queue_head(&fetcher->fetches);
         q != ngx_queue_sentinel(&fetcher->fetches);
         q = ngx_queue_next(q))
    {
        fetch = ngx_queue_data(q, ggi_fetch_t, queue);

        while (!ngx_queue_empty(&fetch->waiters)) {
            ggi_fetch_leave(ngx_queue_data(ngx_queue_head(&fetch->waiters),
                                           ggi_fetch_waiter_t, queue));
        }
    }
}


void
ggi_fetcher_stop(ggi_fetcher_t *fetcher)
{
    ggi_fetcher_leave_all(fetcher);

    if (fetcher->redis) {
        ggi_redis_stop(fetcher->redis);
    }

    if (fetcher->subscriber) {
        ggi_redis_stop(fetcher->subscriber);
    }
}
