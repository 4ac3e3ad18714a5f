/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The marker of the data set in Redis, by which gates know that they are told of the right one.
 */

#ifndef GGICTL_DATASET_H
#define GGICTL_DATASET_H

#include "ggi_dataset.h"
#include "ggi_time.h"
#include "ggi_uuid.h"
#include "ggictl_actor.h"
#include "ggictl_args.h"
#include "ggictl_redis.h"

#define GGICTL_DATASET_STREAM  "ggi:wijzigingen"        /* key of the stream of changes */
#define GGICTL_DATASET_STREAM_LEN  256  /* bytes of such a key in a Cluster, and a NUL */


/* What a change notes in Redis: who makes it, when, and an id for a new data set. */
typedef struct {
    char  by[2 * GGICTL_ACTOR_NAME + 2];
    char  at[GGI_TIME_TEXT + 1];
    char  id[GGI_UUID_LEN + 1];
} ggictl_dataset_change_t;


/*
 * Finds out what a change that is made now notes in Redis. Returns 1, or 0 when OpenSSL has no
 * random numbers.
 */
int ggictl_dataset_change(ggictl_dataset_change_t *change);

/*
 * Writes the key of the stream in which changes of the document under key are noted: one for all
 * documents, or in a Cluster one for each, which is in the slot of the document.
 */
void ggictl_dataset_stream(const ggictl_redis_t *redis, const char *key,
    char stream[GGICTL_DATASET_STREAM_LEN]);

/*
 * Writes the key of the marker that vouches for the document under key: of one server, or of the
 * slot of a Cluster.
 */
void ggictl_dataset_marker(const ggictl_redis_t *redis, const char *key,
    char marker[GGI_DATASET_SLOT_KEY]);

/*
 * Asks a server for the fields of the marker: id, number, replaces, at and by. Returns the reply,
 * which the caller frees with freeReplyObject(), or NULL with redis->error.
 */
redisReply *ggictl_dataset_ask(ggictl_redis_t *redis);

/* Returns a field of a reply of Redis, "" when it is not there. It belongs to the reply. */
ggi_str_t ggictl_dataset_field(const redisReply *reply, size_t i);

/*
 * Reads the reply to HMGET of id, number and replaces: the fields to *fields, which belong to the
 * reply, and id and number to *seen. Returns what ggi_dataset_read() does.
 */
ggi_dataset_e ggictl_dataset_read(const redisReply *reply, ggi_dataset_fields_t *fields,
    ggi_dataset_t *seen);


#endif
