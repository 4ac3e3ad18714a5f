/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Redis as a sink: a stream for each chain, "ggi:audit:<chain>", in which a record has its
 * number as its id, so that Redis refuses what it has. What cannot be stored there is in the
 * hash "ggi:audit:aside", and how far each file was shipped in "ggi:audit:place".
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ggictl_redis_open.h"
#include "ggictl_reply.h"
#include "ggictl_ship_lines.h"
#include "ggictl_sink.h"
#include "ggictl_sink_redis.h"


/* Copies why a call failed. Nothing that Redis refuses is about one record. */
static ggictl_sink_e
ggictl_sink_redis_failed(ggictl_sink_t *sink)
{
    ggictl_redis_t  *redis = sink->data;

    snprintf(sink->error, sizeof(sink->error), "%s", redis ? redis->error : "no memory");

    return GGICTL_SINK_DOWN;
}


static ggictl_sink_e
ggictl_sink_redis_open(ggictl_sink_t *sink, const ggictl_redis_access_t *access)
{
    sink->data = calloc(1, sizeof(ggictl_redis_t));

    return (sink->data && ggictl_redis_open(sink->data, access, GGICTL_REDIS_MASTER))
               ? GGICTL_SINK_OK
               : ggictl_sink_redis_failed(sink);
}


static void
ggictl_sink_redis_close(ggictl_sink_t *sink)
{
    if (sink->data) {
        ggictl_redis_close(sink->data);
        free(sink->data);
        sink->data = NULL;
    }
}


/* Writes a hash as a text. Returns text. */
static const char *
ggictl_sink_redis_hex(char text[2 * GGI_SEAL_HASH + 1], const unsigned char hash[GGI_SEAL_HASH])
{
    ggi_hex_write(text, hash, GGI_SEAL_HASH);
    text[2 * GGI_SEAL_HASH] = '\0';

    return text;
}


static ggictl_sink_e
ggictl_sink_redis_find(ggictl_sink_t *sink, ggictl_sink_place_t *place)
{
    char         hex[2 * GGI_SEAL_HASH + 1], *end;
    uint64_t     at, len;
    redisReply  *reply;
    const char  *ask[] = { "HGET", GGICTL_SINK_REDIS_PLACE, hex };

    (void) ggictl_sink_redis_hex(hex, place->hash);
    reply = ggictl_redis_ask(sink->data, 3, ask);

    if (reply == NULL) {
        return ggictl_sink_redis_failed(sink);
    }

    place->place = 0;
    place->last_len = 0;

    if (reply->type == REDIS_REPLY_STRING) {
        at = strtoull(reply->str, &end, 10);
        len = strtoull(end, &end, 10);

        if (strlen(end) == 1 + 2 * GGI_SEAL_HASH
            && ggi_hex_read(place->last, end + 1, GGI_SEAL_HASH))
        {
            place->place = at;
            place->last_len = len;
        }
    }

    freeReplyObject(reply);

    return GGICTL_SINK_OK;
}


static ggictl_sink_e
ggictl_sink_redis_packed(ggictl_sink_t *sink, const char *text, int *done)
{
    redisReply  *reply;
    const char  *ask[] = { "HEXISTS", GGICTL_SINK_REDIS_PACKED, text };

    reply = ggictl_redis_ask(sink->data, 3, ask);

    if (reply == NULL) {
        return ggictl_sink_redis_failed(sink);
    }

    *done = (reply->type == REDIS_REPLY_INTEGER && reply->integer == 1);
    freeReplyObject(reply);

    return GGICTL_SINK_OK;
}


/*
 * Returns 1 when the reply to XRANGE has a record, or its tombstone, as its only one; 0 when it
 * has not.
 */
static int
ggictl_sink_redis_same(const redisReply *reply, const ggi_row_t *row)
{
    unsigned char      has[GGI_SEAL_HASH], hash[GGI_SEAL_HASH];
    const redisReply  *fields;

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 1
        || reply->element[0]->type != REDIS_REPLY_ARRAY || reply->element[0]->elements != 2)
    {
        return 0;
    }

    fields = reply->element[0]->element[1];

    if (!ggictl_reply_strings(fields) || fields->elements < 2) {
        return 0;
    }

    ggictl_ship_hash(fields->element[1]->str, fields->element[1]->len, has);
    ggictl_ship_hash(row->line, row->len, hash);

    return memcmp(has, hash, GGI_SEAL_HASH) == 0;
}


/* Adds a record to the stream of its chain. Returns 1; 0 when that is refused; or -1. */
static int
ggictl_sink_redis_add(ggictl_redis_t *redis, const ggi_row_t *row, const char *key,
    const char *id)
{
    redisReply  *reply;
    const char  *add[] = { "XADD", key, id, "record", row->line };
    size_t       len[] = { 4, strlen(key), strlen(id), 6, row->len };

    reply = ggictl_redis_ask_bytes(redis, 5, add, len);

    if (reply) {
        freeReplyObject(reply);
        return 1;
    }

    return strstr(redis->error, "equal or smaller") ? 0 : -1;
}


/* Returns 1 when a record is in the stream as it is, 0 when it is not, or -1. */
static int
ggictl_sink_redis_has(ggictl_redis_t *redis, const ggi_row_t *row, const char *key,
    const char *id)
{
    int          same;
    redisReply  *reply;
    const char  *range[] = { "XRANGE", key, id, id };

    reply = ggictl_redis_ask(redis, 4, range);

    if (reply == NULL) {
        return -1;
    }

    same = ggictl_sink_redis_same(reply, row);
    freeReplyObject(reply);

    return same;
}


/* Sets a field of a hash that is not there. Returns 1; 0 when it was there; or -1. */
static int
ggictl_sink_redis_new(ggictl_redis_t *redis, const char *key, const char *field, const char *value,
    size_t value_len)
{
    int          set;
    redisReply  *reply;
    const char  *argv[] = { "HSETNX", key, field, value };
    size_t       len[] = { 6, strlen(key), strlen(field), value_len };

    reply = ggictl_redis_ask_bytes(redis, 4, argv, len);

    if (reply == NULL) {
        return -1;
    }

    set = (reply->integer == 1);
    freeReplyObject(reply);

    return set;
}


/* Sets a line aside, and since when it is there. Returns 1; 0 when it was there; or -1. */
static int
ggictl_sink_redis_aside(ggictl_redis_t *redis, const ggi_row_t *row,
    const ggictl_sink_place_t *place)
{
    char  hex[2 * GGI_SEAL_HASH + 1], field[2 * GGI_SEAL_HASH + 24], now[24];

    snprintf(field, sizeof(field), "%s:%llu", ggictl_sink_redis_hex(hex, place->hash),
             (unsigned long long) row->begin);
    snprintf(now, sizeof(now), "%lld", (long long) time(NULL));

    if (ggictl_sink_redis_new(redis, GGICTL_SINK_REDIS_SINCE, field, now, strlen(now)) == -1) {
        return -1;
    }

    return ggictl_sink_redis_new(redis, GGICTL_SINK_REDIS_ASIDE, field, row->line, row->len);
}


/* Stores a row and counts it. Returns 1, or 0 with redis->error. */
static int
ggictl_sink_redis_store(ggictl_redis_t *redis, const ggi_row_t *row,
    const ggictl_sink_place_t *place, ggictl_sink_count_t *count)
{
    int   rc;
    char  key[sizeof(GGICTL_SINK_REDIS_STREAM) + GGI_UUID_LEN], id[32];

    if (row->record) {
        snprintf(key, sizeof(key), GGICTL_SINK_REDIS_STREAM "%s", row->place.id);
        snprintf(id, sizeof(id), "%lld-0", (long long) row->place.number);
        rc = ggictl_sink_redis_add(redis, row, key, id);

        if (rc == 1) {
            count->shipped++;
            return 1;
        }

        /* a stream takes no number below its last one, whether it has that number or not */

        rc = (rc == -1) ? -1 : ggictl_sink_redis_has(redis, row, key, id);

        if (rc != 0) {
            count->known += (rc == 1);
            return rc == 1;
        }
    }

    rc = ggictl_sink_redis_aside(redis, row, place);
    count->aside += (rc == 1);
    count->known += (rc == 0);

    return rc != -1;
}


/* Sets a field of a hash. Returns 1, or 0 with redis->error. */
static int
ggictl_sink_redis_set(ggictl_redis_t *redis, const char *key, const char *field,
    const char *value)
{
    redisReply  *reply;
    const char  *set[] = { "HSET", key, field, value };

    reply = ggictl_redis_ask(redis, 4, set);
    freeReplyObject(reply);

    return reply != NULL;
}


static ggictl_sink_e
ggictl_sink_redis_put(ggictl_sink_t *sink, const ggi_row_t *rows, size_t n, const char *why,
    const ggictl_sink_place_t *place, ggictl_sink_count_t *count)
{
    char    hex[2 * GGI_SEAL_HASH + 1], last[2 * GGI_SEAL_HASH + 1], value[128];
    size_t  i;

    (void) why;

    for (i = 0; i < n; i++) {
        if (!ggictl_sink_redis_store(sink->data, &rows[i], place, count)) {
            return ggictl_sink_redis_failed(sink);
        }
    }

    /* a kill before this has the rows stored again, which are known then */

    snprintf(value, sizeof(value), "%llu %llu %s", (unsigned long long) place->place,
             (unsigned long long) place->last_len, ggictl_sink_redis_hex(last, place->last));
    (void) ggictl_sink_redis_hex(hex, place->hash);

    if (!ggictl_sink_redis_set(sink->data, GGICTL_SINK_REDIS_PLACE, hex, value)
        || (*place->packed
            && !ggictl_sink_redis_set(sink->data, GGICTL_SINK_REDIS_PACKED, place->packed, hex)))
    {
        return ggictl_sink_redis_failed(sink);
    }

    return GGICTL_SINK_OK;
}


const ggictl_sink_type_t  ggictl_sink_redis = {
    "redis://", ggictl_sink_redis_open, ggictl_sink_redis_close,
    ggictl_sink_redis_find, ggictl_sink_redis_packed, ggictl_sink_redis_put
};

const ggictl_sink_type_t  ggictl_sink_rediss = {
    "rediss://", ggictl_sink_redis_open, ggictl_sink_redis_close,
    ggictl_sink_redis_find, ggictl_sink_redis_packed, ggictl_sink_redis_put
};
