/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_vouch.h"


typedef struct {
    ggi_slots_t         *slots;
    unsigned             slot;
    ggi_redis_reply_pt   handler;
    void                *data;
    ggi_reply_t          reply;         /* about the key; its data is a copy */
    ngx_uint_t           waits;         /* replies that are on their way */
    ngx_uint_t           answered;      /* 1: reply is set */
    ngx_uint_t           vouched;       /* 1: the marker was good, behind the reply */
} ggi_vouch_t;


/* Ends when nothing is waited for any more. */
static void
ggi_vouch_end(ggi_vouch_t *vouch)
{
    if (vouch->waits) {
        return;
    }

    /* an error is no answer, for which nothing has to vouch */

    vouch->handler(vouch->data,
                   vouch->answered && (vouch->vouched || vouch->reply.type == GGI_REPLY_ERROR)
                   ? &vouch->reply : NULL);

    if (vouch->reply.data) {
        ngx_free(vouch->reply.data);
    }

    ngx_free(vouch);
}


static void
ggi_vouch_found(void *data, ggi_dataset_e found)
{
    ggi_vouch_t *vouch = data;

    vouch->waits--;

    /* what was found before the reply says nothing of the master that has given that */

    if (vouch->answered) {
        vouch->vouched = found != GGI_DATASET_UNASKED && !ggi_dataset_doubtful(found);
    }

    ggi_vouch_end(vouch);
}


/* Has the marker asked for. */
static void
ggi_vouch_ask(ggi_vouch_t *vouch)
{
    if (ggi_slots_ask(vouch->slots, vouch->slot, ggi_vouch_found, vouch) == NGX_OK) {
        vouch->waits++;
    }
}


/* Keeps a reply until the marker is known. Does nothing without memory. */
static void
ggi_vouch_keep(ggi_vouch_t *vouch, const ggi_reply_t *reply)
{
    if (reply->data) {
        vouch->reply.data = ngx_alloc(reply->len + 1, vouch->slots->log);

        if (vouch->reply.data == NULL) {
            return;
        }

        ngx_memcpy(vouch->reply.data, reply->data, reply->len);
        vouch->reply.data[reply->len] = '\0';
    }

    vouch->reply.type = reply->type;
    vouch->reply.len = reply->len;
    vouch->reply.integer = reply->integer;
    vouch->answered = 1;
}


static void
ggi_vouch_replied(void *data, const ggi_reply_t *reply)
{
    ggi_vouch_t *vouch = data;

    vouch->waits--;

    if (reply) {
        ggi_vouch_keep(vouch, reply);

        if (vouch->waits == 0) {
            ggi_vouch_ask(vouch);       /* the reply was redirected, and came last */
        }
    }

    ggi_vouch_end(vouch);
}


ngx_int_t
ggi_vouch_get(ggi_slots_t *slots, ggi_str_t key, ggi_redis_reply_pt handler, void *data)
{
    ggi_vouch_t  *vouch;

    vouch = ngx_calloc(sizeof(ggi_vouch_t), slots->log);
    if (vouch == NULL) {
        return NGX_ERROR;
    }

    vouch->slots = slots;
    vouch->slot = ggi_cluster_slot(key);
    vouch->handler = handler;
    vouch->data = data;

    if (ggi_cluster_get(slots->cluster, key, ggi_redis_get, ggi_vouch_replied, vouch) != NGX_OK) {
        ngx_free(vouch);
        return NGX_ERROR;
    }

    vouch->waits++;
    ggi_vouch_ask(vouch);

    return NGX_OK;
}
