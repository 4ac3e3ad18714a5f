/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_dataset.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_slots.h"


#define GGI_SLOTS_INTERVAL  1000        /* ms between two looks at some slots */
#define GGI_SLOTS_STRIDE    256         /* of neighbouring slots one is read in each look */
#define GGI_SLOTS_AGAIN     64          /* doubted slots that are read again in each look */


/* A marker that is asked for. */
typedef struct {
    ggi_slots_t         *slots;
    unsigned             slot;
    ngx_uint_t           again;         /* 1: it is asked for once more */
    ggi_slots_found_pt   handler;
    void                *data;
} ggi_slots_question_t;


static void ggi_slots_replied(void *data, const ggi_reply_t *reply);


static ngx_int_t
ggi_slots_send(ggi_slots_question_t *question)
{
    char       text[GGI_DATASET_SLOT_KEY];
    ggi_str_t  key = { 0, text };

    key.len = ggi_dataset_slot_key(text, question->slot);

    return ggi_cluster_get(question->slots->cluster, key, ggi_dataset_ask_slot, ggi_slots_replied,
                           question);
}


/* Logs that a slot is doubted. */
static void
ggi_slots_tell_doubt(ggi_slots_question_t *question, ggi_dataset_e found,
    const ggi_dataset_t *known, const ggi_reply_t *reply, uint64_t left_out)
{
    char                       key[GGI_DATASET_SLOT_KEY], words[GGI_REDIS_WORDS_LEN];
    u_char                     text[GGI_DATASET_WRONG], *end;
    ggi_slots_t               *slots = question->slots;
    static ngx_str_t           nowhere = ngx_string("no known master");
    const ngx_str_t           *at;
    const ggi_cluster_peer_t  *peer;

    peer = ggi_cluster_peer_of(slots->cluster, question->slot);
    at = peer ? &peer->node.addr.name : &nowhere;

    if (found == GGI_DATASET_UNREADABLE) {
        ggi_dataset_refusal(words, reply, slots->conf);
        ngx_log_error(NGX_LOG_ERR, slots->log, 0,
                      "redis %V counts as not answering for slot %ui (%V), since that does not "
                      "tell its data set: %s%s", &slots->conf->name, (ngx_uint_t) question->slot,
                      at, words, ggi_dataset_right(words));
        return;
    }

    (void) ggi_dataset_slot_key(key, question->slot);
    end = ggi_dataset_wrong(text, text + sizeof(text), found, known, reply, key);

    ngx_log_error(NGX_LOG_ALERT, slots->log, 0,
                  "redis %V counts as not answering for %s in slot %ui (%V), and in others that "
                  "are as that: it %*s (messages left out: %uL)", &slots->conf->name,
                  slots->conf->kind->names, (ngx_uint_t) question->slot, at,
                  (size_t) (end - text), text, left_out);
}


/* Notes what was found at a slot, and logs it when it is the first or the last that is doubted. */
static void
ggi_slots_note_found(ggi_slots_question_t *question, ggi_dataset_e found,
    const ggi_dataset_t *known, const ggi_reply_t *reply)
{
    uint64_t      left_out;
    ngx_uint_t    doubted;
    ggi_slots_t  *slots = question->slots;

    doubted = (ngx_uint_t) ggi_dataset_doubtful(found);

    if (ggi_slots_note(slots->cache, question->slot, doubted, &left_out)) {

        if (doubted) {
            ggi_slots_tell_doubt(question, found, known, reply, left_out);

        } else {
            ngx_log_error(NGX_LOG_NOTICE, slots->log, 0,
                          "redis %V has its data set in all slots that were doubted, which is "
                          "good", &slots->conf->name);
        }
    }

    if (found == GGI_DATASET_REPLACED) {
        ggi_cache_doubt(slots->cache);          /* it is of what was there before */
    }

    ggi_metric_set(slots->conf->kind->metrics.doubting, ggi_slots_doubts(slots->cache, NULL) > 0);
}


/* Judges what a master has said of a slot. */
static ggi_dataset_e
ggi_slots_found(ggi_slots_question_t *question, ggi_dataset_t *known, const ggi_reply_t *reply)
{
    unsigned               slot;
    ggi_str_t              text;
    ggi_cluster_node_t     node, asked;
    ggi_dataset_fields_t   fields;

    if (ggi_dataset_fields(&fields, reply)) {
        return ggi_slots_judge(question->slots->cache, question->slot, &fields, known);
    }

    if (reply->type == GGI_REPLY_ERROR) {
        ngx_memzero(&asked, sizeof(asked));
        text.data = reply->data;
        text.len = reply->len;

        if (ggi_cluster_error(text, &slot, &node, &asked) != GGI_CLUSTER_FAULT) {
            return GGI_DATASET_UNASKED;         /* nobody could answer within the time-out */
        }
    }

    return GGI_DATASET_UNREADABLE;
}


static void
ggi_slots_replied(void *data, const ggi_reply_t *reply)
{
    ggi_dataset_e          found;
    ggi_dataset_t          known;
    ggi_slots_question_t  *question = data;

    ngx_memzero(&known, sizeof(known));
    found = reply ? ggi_slots_found(question, &known, reply) : GGI_DATASET_UNASKED;

    if (ggi_dataset_lost(found) && !question->again) {
        question->again = 1;

        if (ggi_slots_send(question) == NGX_OK) {
            return;
        }

        found = GGI_DATASET_UNASKED;
    }

    if (found != GGI_DATASET_UNASKED) {
        ggi_slots_note_found(question, found, &known, reply);
    }

    if (question->handler) {
        question->handler(question->data, found);
    }

    ngx_free(question);
}


ngx_int_t
ggi_slots_ask(ggi_slots_t *slots, unsigned slot, ggi_slots_found_pt handler, void *data)
{
    ggi_slots_question_t  *question;

    question = ngx_calloc(sizeof(ggi_slots_question_t), slots->log);
    if (question == NULL) {
        return NGX_ERROR;
    }

    question->slots = slots;
    question->slot = slot;
    question->handler = handler;
    question->data = data;

    if (ggi_slots_send(question) != NGX_OK) {
        ngx_free(question);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* Returns 1 when it is this worker that reads a slot on its own account, and not another one. */
static ngx_uint_t
ggi_slots_mine(unsigned n)
{
    ngx_core_conf_t  *ccf;

    ccf = (ngx_core_conf_t *) ngx_get_conf(ngx_cycle->conf_ctx, ngx_core_module);

    return ngx_process != NGX_PROCESS_WORKER || ccf->worker_processes < 2
           || n % (ngx_uint_t) ccf->worker_processes == ngx_worker;
}


/* Reads the marker of a slot, if a master serves it. */
static void
ggi_slots_look_at(ggi_slots_t *slots, unsigned slot)
{
    ggi_cluster_peer_t  *peer;

    peer = ggi_cluster_peer_of(slots->cluster, slot);

    if (peer && ggi_cluster_peer_serves(peer)) {
        (void) ggi_slots_ask(slots, slot, NULL, NULL);
    }
}


void
ggi_slots_look(ggi_slots_t *slots)
{
    uint8_t     doubted[GGI_CLUSTER_SLOTS / 8];
    unsigned    slot, n;
    ngx_uint_t  again;

    slots->tour = (slots->tour + 1) % GGI_SLOTS_STRIDE;

    for (n = 0; n < GGI_CLUSTER_SLOTS / GGI_SLOTS_STRIDE; n++) {
        if (ggi_slots_mine(n)) {
            ggi_slots_look_at(slots, n * GGI_SLOTS_STRIDE + slots->tour);
        }
    }

    again = ggi_slots_doubts(slots->cache, doubted);
    ggi_metric_set(slots->conf->kind->metrics.doubting, again > 0);
    again = ngx_min(again, GGI_SLOTS_AGAIN);

    for (slot = 0; again && slot < GGI_CLUSTER_SLOTS; slot++) {
        if (ggi_slots_mine(slot) && ggi_slots_in(doubted, slot)) {
            ggi_slots_look_at(slots, slot);
            again--;
        }
    }
}


void
ggi_slots_changed(ggi_slots_t *slots, ggi_str_t key)
{
    unsigned  slot;

    slot = ggi_cluster_slot(key);

    if (ggi_slots_mine(slot)) {
        ggi_slots_look_at(slots, slot);
    }
}


static void
ggi_slots_timer_handler(ngx_event_t *ev)
{
    ngx_add_timer(ev, GGI_SLOTS_INTERVAL);
    ggi_slots_look(ev->data);
}


void
ggi_slots_start(ggi_slots_t *slots, ggi_redis_conf_t *conf, ggi_cache_t *cache,
    ggi_cluster_t *cluster, ngx_log_t *log)
{
    ngx_memzero(slots, sizeof(ggi_slots_t));

    slots->conf = conf;
    slots->cache = cache;
    slots->cluster = cluster;
    slots->log = log;
    slots->timer.handler = ggi_slots_timer_handler;
    slots->timer.data = slots;
    slots->timer.log = log;
    slots->timer.cancelable = 1;        /* it does not hold a worker that shuts down */

    ngx_add_timer(&slots->timer, GGI_SLOTS_INTERVAL);
}


void
ggi_slots_stop(ggi_slots_t *slots)
{
    if (slots->timer.timer_set) {
        ngx_del_timer(&slots->timer);
    }
}
