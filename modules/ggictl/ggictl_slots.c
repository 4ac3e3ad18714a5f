/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include "ggi_dataset.h"
#include "ggictl_slots.h"

#define GGICTL_SLOTS_BATCH  1024        /* commands that are sent before a reply is waited for */


/* What is sent. */
typedef struct {
    ggictl_redis_t    *redis;
    int                argc;
    const char       **argv;
    char               key[GGI_DATASET_SLOT_KEY];       /* the word of argv that changes */

    const ggictl_slots_told_t  *told;
} ggictl_slots_t;


/* Asks about one slot, as the Cluster redirects. Returns 1, or 0 with redis->error. */
static int
ggictl_slots_one(ggictl_slots_t *slots, unsigned slot)
{
    char         error[sizeof(slots->redis->error)];
    redisReply  *reply;

    (void) ggi_dataset_slot_key(slots->key, slot);
    reply = ggictl_redis_ask(slots->redis, slots->argc, slots->argv);

    if (reply == NULL) {
        memcpy(error, slots->redis->error, sizeof(error));
        snprintf(slots->redis->error, sizeof(slots->redis->error), "%.500s, about %s", error,
                 slots->key);
        return 0;
    }

    slots->told->handler(slots->told->data, slot, reply);
    freeReplyObject(reply);

    return 1;
}


/* Takes the reply about a slot from its master. Returns 1, or 0 with redis->error. */
static int
ggictl_slots_take(ggictl_slots_t *slots, ggictl_redis_t *node, unsigned slot, int *again)
{
    redisReply  *reply;

    reply = ggictl_redis_take(node);

    if (reply == NULL) {
        memcpy(slots->redis->error, node->error, sizeof(slots->redis->error));
        *again = node->refused;
        return node->refused;
    }

    *again = 0;
    slots->told->handler(slots->told->data, slot, reply);
    freeReplyObject(reply);

    return 1;
}


/* Sends the command for n slots of one master. Returns 1, or 0 with redis->error. */
static int
ggictl_slots_batch(ggictl_slots_t *slots, ggictl_redis_t *node, const unsigned *list, size_t n)
{
    int     again[GGICTL_SLOTS_BATCH];
    size_t  i;

    for (i = 0; i < n; i++) {
        (void) ggi_dataset_slot_key(slots->key, list[i]);

        if (!ggictl_redis_put(node, slots->argc, slots->argv, NULL)) {
            memcpy(slots->redis->error, node->error, sizeof(slots->redis->error));
            return 0;
        }
    }

    for (i = 0; i < n; i++) {
        if (!ggictl_slots_take(slots, node, list[i], &again[i])) {
            return 0;
        }
    }

    /* when no reply is on its way any more, those can be asked again that were redirected */

    for (i = 0; i < n; i++) {
        if (again[i] && !ggictl_slots_one(slots, list[i])) {
            return 0;
        }
    }

    return 1;
}


int
ggictl_slots_each(ggictl_redis_t *redis, int argc, const char **argv, int at,
    const ggictl_slots_told_t *told)
{
    size_t           n, owner;
    unsigned         slot, list[GGICTL_SLOTS_BATCH];
    ggictl_redis_t  *node;
    ggictl_slots_t   slots = {
        .redis = redis, .argc = argc, .argv = argv, .told = told
    };

    argv[at] = slots.key;
    ggi_cluster_numbers_find();

    for (slot = 0; slot < GGI_CLUSTER_SLOTS; ) {
        owner = ggictl_cluster_owner(redis, slot);

        for (n = 0; n < GGICTL_SLOTS_BATCH && slot < GGI_CLUSTER_SLOTS
             && ggictl_cluster_owner(redis, slot) == owner; n++)
        {
            list[n] = slot++;
        }

        if (told->may && !told->may(redis, told->may_data)) {
            return 0;
        }

        node = ggictl_cluster_master(redis, owner);

        if (node == NULL || !ggictl_slots_batch(&slots, node, list, n)) {
            return 0;
        }
    }

    return 1;
}
