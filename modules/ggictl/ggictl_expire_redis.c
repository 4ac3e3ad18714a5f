/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggictl_aside.h"
#include "ggictl_expire_redis.h"
#include "ggictl_out.h"
#include "ggictl_redis_open.h"
#include "ggictl_reply.h"
#include "ggictl_scan.h"
#include "ggictl_sink_redis.h"
#include "ggictl_streams.h"

#define GGICTL_EXPIRE_ENTRIES   100     /* entries of a stream that are read at once */
#define GGICTL_EXPIRE_ATTEMPTS  20      /* times that a stream is followed which grows meanwhile */
#define GGICTL_EXPIRE_STREAMS   GGICTL_SINK_REDIS_STREAM "*-*-*-*-*"
#define GGICTL_EXPIRE_MADE      GGICTL_SINK_REDIS_STREAM "expire:"

/*
 * Puts the new stream in the place of the old one, when it has as many entries and the same last
 * one, with its groups, its last id and the time when it goes by itself. Returns 1; 0 when the
 * old one has changed; or the name of a group that has entries which nobody has acknowledged.
 */
#define GGICTL_EXPIRE_COMMIT                                                       \
    "local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1) "         \
    "if not last[1] or last[1][1] ~= ARGV[1] "                                     \
    "or redis.call('XLEN', KEYS[1]) ~= redis.call('XLEN', KEYS[2]) then return 0 end " \
    "local function map(list) local t = {} "                                       \
    "for i = 1, #list, 2 do t[list[i]] = list[i + 1] end return t end "            \
    "local groups = redis.call('XINFO', 'GROUPS', KEYS[1]) "                       \
    "for i, group in ipairs(groups) do groups[i] = map(group) "                    \
    "if groups[i].pending > 0 then return groups[i].name end end "                 \
    "for i, group in ipairs(groups) do redis.call('XGROUP', 'CREATE', KEYS[2], "   \
    "group.name, group['last-delivered-id']) end "                                 \
    "local info = map(redis.call('XINFO', 'STREAM', KEYS[1])) "                    \
    "redis.call('XSETID', KEYS[2], info['last-generated-id']) "                    \
    "local left = redis.call('PTTL', KEYS[1]) "                                    \
    "redis.call('RENAME', KEYS[2], KEYS[1]) "                                      \
    "if left > 0 then redis.call('PEXPIRE', KEYS[1], left) end return 1"


/* Returns 1 when the id of an entry is <number>-0, 0 otherwise. */
static int
ggictl_streams_id(const char *id)
{
    const char  *dash;

    dash = strchr(id, '-');

    return dash && strcmp(dash, "-0") == 0;
}


/*
 * Judges an entry, and sends it to the new stream when copying is 1, or its tombstone. Returns 1;
 * 0 after a message; or -1 when it is none of "audit ship".
 */
static int
ggictl_streams_entry(ggictl_streams_t *streams, const redisReply *entry, int copying)
{
    int                   buried;
    const redisReply     *record;
    ggi_verify_place_t    place;

    if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2
        || entry->element[0]->type != REDIS_REPLY_STRING
        || !ggictl_streams_id(entry->element[0]->str)
        || !ggictl_reply_strings(entry->element[1]) || entry->element[1]->elements != 2
        || strcmp(entry->element[1]->element[0]->str, "record") != 0)
    {
        return -1;
    }

    record = entry->element[1]->element[1];
    streams->bury.records++;
    buried = ggictl_bury_expires(&streams->bury, streams->retained, record->str, record->len,
                                 &place);
    snprintf(streams->last, sizeof(streams->last), "%s", entry->element[0]->str);

    if (copying) {
        const char    *argv[] = { "XADD", streams->made, streams->last, "record",
                                  buried ? streams->bury.copy : record->str };
        const size_t   lens[] = { 4, strlen(streams->made), strlen(streams->last), 6, record->len };

        if (!ggictl_redis_put(&streams->redis, 5, argv, lens)) {
            (void) ggictl_fail("%s", streams->redis.error);
            return 0;
        }
    }

    return 1;
}


/* Takes n replies to what was sent. Returns 1, or 0 after a message. */
static int
ggictl_streams_take(ggictl_streams_t *streams, size_t n)
{
    int          good;
    redisReply  *reply;

    for (good = 1; n; n--) {
        reply = ggictl_redis_take(&streams->redis);

        if (reply == NULL) {
            /* more than one reply may be an error, of which one message suffices */
            (void) (!good || ggictl_fail("%s", streams->redis.error));
            good = 0;

            if (!streams->redis.refused) {
                return 0;
            }
        }

        freeReplyObject(reply);
    }

    return good;
}


/*
 * Reads the entries behind that which was read last, and copies them when copying is 1. Returns
 * how ggictl_streams_entry() does.
 */
static int
ggictl_streams_read(ggictl_streams_t *streams, int copying)
{
    int          rc;
    char         from[64], count[16];
    size_t       i, n;
    redisReply  *reply;
    const char  *argv[] = { "XRANGE", streams->bury.name, from, "+", "COUNT", count };

    snprintf(count, sizeof(count), "%d", GGICTL_EXPIRE_ENTRIES);

    do {
        /* "audit ship" adds <number>-0, and so nothing is left out between that and the next */
        snprintf(from, sizeof(from), "%llu-1", strtoull(streams->last, NULL, 10));
        reply = ggictl_streams_ask(streams, 6, argv, NULL);

        if (reply == NULL) {
            return 0;
        }

        n = (reply->type == REDIS_REPLY_ARRAY) ? reply->elements : 0;

        for (i = 0, rc = 1; i < n && rc == 1; i++) {
            rc = ggictl_streams_entry(streams, reply->element[i], copying);
        }

        freeReplyObject(reply);

        if (copying && !ggictl_streams_take(streams, rc == 1 ? i : i - 1)) {
            return 0;
        }
    } while (rc == 1 && n == GGICTL_EXPIRE_ENTRIES);

    return rc;
}


/*
 * Puts the new stream in the place of the old one. Returns 1; 0 after a message; or -1 when the
 * old one has changed, or with *why when it may not be.
 */
static int
ggictl_streams_commit(ggictl_streams_t *streams, const char **why)
{
    int          rc;
    redisReply  *reply;
    const char  *argv[] = { "EVAL", GGICTL_EXPIRE_COMMIT, "2", streams->bury.name, streams->made,
                            streams->last };

    reply = ggictl_streams_ask(streams, 6, argv, NULL);

    if (reply == NULL) {
        return 0;
    }

    rc = (reply->type == REDIS_REPLY_INTEGER && reply->integer == 1) ? 1 : -1;

    if (reply->type == REDIS_REPLY_STRING) {
        *why = "a group of consumers has entries that were not acknowledged";
    }

    freeReplyObject(reply);

    return rc;
}


/* Writes a stream anew. Returns 1, also with *why when it is left so; or 0 after a message. */
static int
ggictl_streams_rewrite(ggictl_streams_t *streams, const char **why)
{
    int  attempt, rc;

    /* by the braces a Cluster would have both keys in one slot */
    snprintf(streams->made, sizeof(streams->made), GGICTL_EXPIRE_MADE "{%s}", streams->bury.name);
    streams->last[0] = '\0';
    streams->bury.records = 0;
    streams->bury.expired = 0;
    rc = ggictl_streams_remove(streams, streams->made) ? -1 : 0;

    for (attempt = 0; attempt < GGICTL_EXPIRE_ATTEMPTS && rc == -1 && *why == NULL; attempt++) {
        rc = ggictl_streams_read(streams, 1);
        rc = (rc == 1) ? ggictl_streams_commit(streams, why) : rc;
    }

    if (rc == 1) {
        return 1;
    }

    if (rc == -1 && *why == NULL) {
        *why = "somebody changed it meanwhile";
    }

    return ggictl_streams_remove(streams, streams->made) && rc == -1;
}


/* Replaces records of a stream, in which some have expired. Returns 1, or 0 after a message. */
static int
ggictl_streams_replace(ggictl_streams_t *streams, const json_t *before, const char **why)
{
    int  good;

    if (!ggictl_streams_begin(streams)) {
        return 0;
    }

    streams->retained->counting = 0;
    good = ggictl_streams_rewrite(streams, why);
    ggictl_streams_end(streams, good, *why);

    if (*why) {
        ggictl_retained_recount(streams->retained, before);
    }

    return good;
}


/* Replaces records of a stream. Returns 1, or 0 after a message. */
static int
ggictl_streams_stream(ggictl_streams_t *streams, const char *key)
{
    int          rc;
    json_t      *before;
    const char  *why;

    why = NULL;
    streams->last[0] = '\0';
    streams->retained->counting = 1;
    before = json_deep_copy(streams->retained->counts);
    rc = ggictl_bury_start(&streams->bury, key) ? ggictl_streams_read(streams, 0) : 0;

    if (rc == -1) {
        why = "it has an entry that is none of \"audit ship\"";
        ggictl_retained_recount(streams->retained, before);

    } else if (rc == 1 && streams->bury.expired && !streams->args->option[GGICTL_DRY_RUN]) {
        rc = ggictl_streams_replace(streams, before, &why);
    }

    if (rc) {
        streams->told(streams->data, &streams->bury, why);
    }

    json_decref(before);
    ggictl_bury_close(&streams->bury);

    return rc != 0;
}


/*
 * Reads since when a line is set aside; of one that an earlier version has set aside, nobody knows
 * that, and it is noted as from now. Returns 1, or 0 after a message.
 */
static int
ggictl_streams_since(ggictl_streams_t *streams, const char *field, int64_t *since)
{
    char         now[24];
    redisReply  *reply;
    const char  *get[] = { "HGET", GGICTL_SINK_REDIS_SINCE, field };
    const char  *set[] = { "HSETNX", GGICTL_SINK_REDIS_SINCE, field, now };

    *since = streams->retained->now;
    reply = ggictl_streams_ask(streams, 3, get, NULL);

    if (reply && reply->type == REDIS_REPLY_STRING) {
        *since = strtoll(reply->str, NULL, 10);

    } else if (reply && streams->args->option[GGICTL_DRY_RUN] == NULL) {
        freeReplyObject(reply);
        snprintf(now, sizeof(now), "%lld", (long long) *since);
        reply = ggictl_streams_ask(streams, 4, set, NULL);
    }

    freeReplyObject(reply);

    return reply != NULL;
}


/* Replaces a line that was set aside by len bytes of the copy. Returns 1, or 0 after a message. */
static int
ggictl_streams_set(ggictl_streams_t *streams, const redisReply *field, size_t len)
{
    redisReply  *reply;
    const char  *argv[] = { "HSET", GGICTL_SINK_REDIS_ASIDE, field->str, streams->bury.copy };
    size_t       lens[] = { 4, sizeof(GGICTL_SINK_REDIS_ASIDE) - 1, field->len, len };

    if (!ggictl_streams_begin(streams)) {
        return 0;
    }

    reply = ggictl_streams_ask(streams, 4, argv, lens);
    freeReplyObject(reply);

    return reply != NULL;
}


/* Judges a line that was set aside, and replaces it. Returns 1, or 0 after a message. */
static int
ggictl_streams_line(ggictl_streams_t *streams, const redisReply *field, const redisReply *line)
{
    int64_t          since;
    ggictl_aside_e   judged;

    if (!ggictl_streams_since(streams, field->str, &since)) {
        return 0;
    }

    judged = ggictl_aside_judge(&streams->bury, streams->retained, line->str, line->len, since);

    if (judged == GGICTL_ASIDE_KEPT || streams->args->option[GGICTL_DRY_RUN]) {
        return 1;
    }

    return ggictl_streams_set(streams, field, judged == GGICTL_ASIDE_BURIED ? line->len : 0);
}


/* Replaces lines that were set aside. Returns 1, or 0 after a message. */
static int
ggictl_streams_aside(ggictl_streams_t *streams)
{
    int             good;
    size_t          i;
    redisReply     *reply;
    ggictl_scan_t   scan;
    const char     *argv[] = { "HSCAN", GGICTL_SINK_REDIS_ASIDE, scan.cursor, "COUNT", "100" };

    ggictl_scan_init(&scan);
    streams->retained->counting = 1;
    good = ggictl_bury_start(&streams->bury, GGICTL_SINK_REDIS_ASIDE);

    do {
        reply = good ? ggictl_streams_ask(streams, 5, argv, NULL) : NULL;
        good = reply && ggictl_scan_page(&scan, reply, 2);

        for (i = 0; good && i < reply->element[1]->elements; i += 2) {
            good = ggictl_streams_line(streams, reply->element[1]->element[i],
                                       reply->element[1]->element[i + 1]);
        }

        freeReplyObject(reply);
    } while (good && ggictl_scan_more(&scan));

    ggictl_streams_end(streams, good, NULL);

    if (good) {
        streams->told(streams->data, &streams->bury, NULL);
    }

    ggictl_bury_close(&streams->bury);

    return good;
}


/* Removes what an attempt has left that was killed. Returns 1, or 0 after a message. */
static int
ggictl_streams_tidy(ggictl_streams_t *streams)
{
    int          good;
    json_t      *keys, *value;
    const char  *key;

    if (streams->args->option[GGICTL_DRY_RUN]) {
        return 1;
    }

    keys = json_object();
    good = ggictl_streams_scan(streams, GGICTL_EXPIRE_MADE "*", keys);

    json_object_foreach(keys, key, value) {
        good = good && ggictl_streams_remove(streams, key);
    }

    json_decref(keys);

    return good;
}


/* Replaces records of all streams. Returns 1, or 0 after a message. */
static int
ggictl_streams_all(ggictl_streams_t *streams)
{
    int          good;
    json_t      *keys, *value;
    const char  *key;

    keys = json_object();
    good = ggictl_streams_scan(streams, GGICTL_EXPIRE_STREAMS, keys);

    json_object_foreach(keys, key, value) {
        if (strlen(key) == sizeof(GGICTL_SINK_REDIS_STREAM) - 1 + GGI_UUID_LEN) {
            good = good && ggictl_streams_stream(streams, key);
        }
    }

    json_decref(keys);

    return good;
}


int
ggictl_expire_redis(const ggictl_args_t *args, const ggictl_redis_access_t *access,
    ggictl_retained_t *retained, ggictl_expire_told_f *told, void *data)
{
    int               good;
    ggictl_streams_t  streams;

    memset(&streams, 0, sizeof(streams));
    streams.args = args;
    streams.retained = retained;
    streams.told = told;
    streams.data = data;

    if (!ggictl_redis_open(&streams.redis, access, GGICTL_REDIS_MASTER)) {
        good = (ggictl_fail("%s", streams.redis.error), 0);

    } else {
        (void) ggictl_redis_target(&streams.redis, streams.target, sizeof(streams.target));
        good = ggictl_streams_tidy(&streams) && ggictl_streams_all(&streams)
               && ggictl_streams_aside(&streams);
    }

    ggictl_redis_close(&streams.redis);

    return good;
}
