/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_cache_entries.h"
#include "ggi_ngx_dataset.h"
#include "ggi_ngx_marker.h"
#include "ggi_ngx_metrics.h"


#define GGI_MARKER_INTERVAL  1000       /* ms between two readings that nobody asked for */


/*
 * Returns 1 when a reply that shows an earlier state, or another data set, may have been made
 * before a change of which another worker knows by now: until the reply to a question that was
 * asked after the first of such replies. Otherwise 0.
 */
static ngx_uint_t
ggi_marker_may_be_old(const ggi_marker_t *marker, ggi_dataset_e found)
{
    return marker->found == GGI_DATASET_GOOD
           && ggi_dataset_lost(found)
           && (marker->suspected == 0 || marker->answered <= marker->suspected);
}


/*
 * Judges what a reply tells by what all workers know. Sets *known to that, and *told to what the
 * log told last of it, before this.
 */
static ggi_dataset_e
ggi_marker_judge(ggi_marker_t *marker, const ggi_reply_t *reply, ggi_dataset_t *known,
    ggi_dataset_e *told)
{
    ggi_dataset_e          found;
    ngx_slab_pool_t       *pool;
    ggi_cache_shared_t    *shared;
    ggi_dataset_fields_t   fields;

    pool = ggi_cache_lock(marker->cache->zone, &shared);

    found = ggi_dataset_fields(&fields, reply) ? ggi_dataset_judge(&shared->dataset, &fields)
                                              : GGI_DATASET_UNREADABLE;
    *known = shared->dataset;
    *told = shared->dataset_told;

    if (found != marker->found && !ggi_marker_may_be_old(marker, found)) {
        shared->dataset_told = found;
    }

    ngx_shmtx_unlock(&pool->mutex);

    return found;
}


/* Logs that Redis is doubted from now on; when that is not its turn, at a later reading. */
static void
ggi_marker_tell_doubt(ggi_marker_t *marker, ggi_dataset_e found, const ggi_dataset_t *known,
    const ggi_reply_t *reply)
{
    char       words[GGI_REDIS_WORDS_LEN];
    u_char     text[GGI_DATASET_WRONG], *end;
    uint64_t   left_out;

    marker->untold = !ggi_limit_pass(&marker->limit, ngx_current_msec, &left_out);

    if (marker->untold) {
        return;
    }

    if (found == GGI_DATASET_UNREADABLE) {
        ggi_dataset_refusal(words, reply, marker->conf);
        ngx_log_error(NGX_LOG_ERR, marker->log, 0,
                      "redis %V counts as not answering, since it does not tell its data set: "
                      "%s%s", &marker->conf->name, words, ggi_dataset_right(words));
        return;
    }

    end = ggi_dataset_wrong(text, text + sizeof(text), found, known, reply, GGI_DATASET_KEY);

    ngx_log_error(NGX_LOG_ALERT, marker->log, 0,
                  "redis %V counts as not answering for %s: it %*s (messages left out: %uL)",
                  &marker->conf->name, marker->conf->kind->names, (size_t) (end - text), text,
                  left_out);
}


/* Logs what has changed with the data set of Redis, unless another worker has logged that. */
static void
ggi_marker_tell(ggi_marker_t *marker, ggi_dataset_e found, ggi_dataset_e told,
    const ggi_dataset_t *known, const ggi_reply_t *reply)
{
    if (found == told) {
        return;
    }

    if (ggi_dataset_doubtful(found)) {
        ggi_marker_tell_doubt(marker, found, known, reply);

    } else if (ggi_dataset_doubtful(told) || found == GGI_DATASET_REPLACED) {
        ngx_log_error(NGX_LOG_NOTICE, marker->log, 0,
                      "redis %V has data set %s at change %uL, which is good",
                      &marker->conf->name, known->id, known->number);
    }
}


void
ggi_marker_read(ggi_marker_t *marker, const ggi_reply_t *reply)
{
    ggi_dataset_t  known;
    ggi_dataset_e  found, told;

    marker->answered++;

    if (reply == NULL) {
        return;
    }

    found = ggi_marker_judge(marker, reply, &known, &told);

    if (ggi_marker_may_be_old(marker, found)) {

        if (marker->suspected == 0) {
            marker->suspected = marker->sent;
        }

        ggi_marker_ask(marker);
        return;
    }

    marker->suspected = 0;

    if (found == marker->found) {

        if (marker->untold && ggi_dataset_doubtful(found)) {
            ggi_marker_tell_doubt(marker, found, &known, reply);
        }

        return;
    }

    marker->untold = 0;

    ggi_marker_tell(marker, found, told, &known, reply);

    /* what was fetched before may be of the other state of Redis */

    if (ggi_dataset_doubtful(found) || ggi_dataset_doubtful(marker->found)
        || found == GGI_DATASET_REPLACED)
    {
        ggi_cache_doubt(marker->cache);
    }

    marker->found = (found == GGI_DATASET_REPLACED) ? GGI_DATASET_GOOD : found;
    ggi_metric_set(marker->conf->kind->metrics.doubting, (ngx_uint_t) ggi_dataset_doubtful(found));
}


ngx_int_t
ggi_marker_send(ggi_marker_t *marker, ggi_redis_reply_pt handler, void *data)
{
    if (marker->redis == NULL || ggi_dataset_ask(marker->redis, handler, data) != NGX_OK) {
        return NGX_ERROR;
    }

    marker->sent++;

    return NGX_OK;
}


static void
ggi_marker_handler(void *data, const ggi_reply_t *reply)
{
    ggi_marker_t *marker = data;

    marker->asked = 0;
    ggi_marker_read(marker, reply);

    if (marker->again && reply) {
        ggi_marker_ask(marker);
    }
}


void
ggi_marker_ask(ggi_marker_t *marker)
{
    if (marker->redis == NULL) {
        return;
    }

    if (!marker->timer.timer_set) {
        ngx_add_timer(&marker->timer, GGI_MARKER_INTERVAL);
    }

    marker->again = marker->asked;

    if (!marker->asked
        && ggi_marker_send(marker, ggi_marker_handler, marker) == NGX_OK)
    {
        marker->asked = 1;
    }
}


static void
ggi_marker_timer_handler(ngx_event_t *ev)
{
    ggi_marker_ask(ev->data);
}


void
ggi_marker_init(ggi_marker_t *marker, ggi_redis_conf_t *conf, ggi_cache_t *cache,
    ngx_log_t *log)
{
    ngx_memzero(marker, sizeof(ggi_marker_t));

    marker->conf = conf;
    marker->cache = cache;
    marker->log = log;
    marker->timer.handler = ggi_marker_timer_handler;
    marker->timer.data = marker;
    marker->timer.log = log;
    marker->timer.cancelable = 1;       /* it does not hold a worker that shuts down */
}


ngx_uint_t
ggi_marker_good(const ggi_marker_t *marker)
{
    return marker->found == GGI_DATASET_GOOD;
}


ngx_uint_t
ggi_marker_suspects(const ggi_marker_t *marker)
{
    return marker->suspected != 0;
}


void
ggi_marker_stop(ggi_marker_t *marker)
{
    marker->redis = NULL;

    if (marker->timer.timer_set) {
        ngx_del_timer(&marker->timer);
    }
}


void
ggi_marker_known(ggi_cache_t *cache, ggi_dataset_t *known)
{
    ngx_slab_pool_t     *pool;
    ggi_cache_shared_t  *shared;

    pool = ggi_cache_lock(cache->zone, &shared);
    *known = shared->dataset;
    ngx_shmtx_unlock(&pool->mutex);
}
