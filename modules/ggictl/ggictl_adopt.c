/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggictl_adopt.h"
#include "ggictl_changes.h"
#include "ggictl_documents.h"
#include "ggictl_mark.h"
#include "ggictl_marker_record.h"
#include "ggictl_out.h"

#define GGICTL_ADOPT_WORDS   13         /* of the command that gives the data set a new id */
#define GGICTL_ADOPT_TRIES   200        /* while others change the data set */


/*
 * The script that gives the data set a new id. ARGV: id, time, who, number, the ids that it takes
 * the place of, and then the id, the number and these ids that are expected in the marker.
 */
static const char  ggictl_adopt_script[] =
    "for i, kind in ipairs({ 'hash', 'stream' }) do "
    "  local there = redis.call('TYPE', KEYS[i]).ok "
    "  if there ~= kind and there ~= 'none' then return KEYS[i] .. ' is a ' .. there end "
    "end "
    "for i, field in ipairs({ 'id', 'number', 'replaces' }) do "
    "  if (redis.call('HGET', KEYS[1], field) or '') ~= ARGV[5 + i] then return -1 end "
    "end "
    "redis.call('DEL', KEYS[1]) "
    "redis.call('HSET', KEYS[1], 'id', ARGV[1], 'number', ARGV[4], 'at', ARGV[2], 'by', ARGV[3], "
    "           'replaces', ARGV[5]) "
    "redis.call('XADD', KEYS[2], '*', 'change', 'adopt', 'key', KEYS[1], 'from', '', 'to', '', "
    "           'at', ARGV[2], 'by', ARGV[3], 'number', ARGV[4]) "
    "return 1";


/* A data set that gets a new id. */
typedef struct {
    const ggictl_args_t      *args;
    ggictl_redis_t           *redis;
    ggictl_marker_t           before;   /* which belongs to the reply of Redis */
    ggi_dataset_next_t        next;
    char                      number[24];       /* of next, as a text */
    ggictl_dataset_change_t   change;
    ggictl_change_t           intended;
} ggictl_adoption_t;


/* Returns 1 when all arguments are ids; 0 after a message otherwise. */
static int
ggictl_adopt_ids(const ggictl_args_t *args)
{
    int  i;

    for (i = 0; i < args->n; i++) {
        if (!ggi_dataset_id_valid(ggictl_str(args->arguments[i]))) {
            (void) ggictl_fail("%s: expected the id of a data set, not \"%s\"",
                               args->command->name, args->arguments[i]);
            return 0;
        }
    }

    return 1;
}


/* Has Redis give its data set a new id. Returns the reply, or NULL with redis->error. */
static redisReply *
ggictl_adopt_replace(const ggictl_adoption_t *adoption)
{
    size_t                         i, lens[GGICTL_ADOPT_WORDS];
    const ggi_dataset_fields_t    *before = &adoption->before.fields;
    const ggictl_dataset_change_t *change = &adoption->change;
    const char                    *argv[GGICTL_ADOPT_WORDS] = {
        "EVAL", ggictl_adopt_script, "2", GGI_DATASET_KEY, GGICTL_DATASET_STREAM, change->id,
        change->at, change->by, adoption->number, adoption->next.replaces, before->id.data,
        before->number.data, before->replaces.data
    };

    for (i = 0; i < GGICTL_ADOPT_WORDS - 3; i++) {
        lens[i] = strlen(argv[i]);
    }

    lens[i++] = before->id.len;
    lens[i++] = before->number.len;
    lens[i] = before->replaces.len;

    return ggictl_redis_ask_bytes(adoption->redis, GGICTL_ADOPT_WORDS, argv, lens);
}


/*
 * Records that the data set that Redis has is going to get a new id. Returns 1, or 0 after a
 * message.
 */
static int
ggictl_adopt_record(ggictl_adoption_t *adoption)
{
    ggictl_marker_t  after;

    memset(&after, 0, sizeof(after));
    snprintf(adoption->number, sizeof(adoption->number), "%" PRIu64, adoption->next.number);
    after.fields.id = ggictl_str(adoption->change.id);
    after.fields.number = ggictl_str(adoption->number);
    after.fields.replaces = ggictl_str(adoption->next.replaces);
    after.at = ggictl_str(adoption->change.at);
    after.by = ggictl_str(adoption->change.by);

    return ggictl_marker_intend(adoption->args, adoption->redis, NULL, &adoption->before, &after,
                                &adoption->intended)
           && ggictl_changes_commit(adoption->args->changes);
}


/*
 * Records that Redis has not answered, or with an error, which is in redis->error. Returns
 * GGICTL_ERROR after a message.
 */
static int
ggictl_adopt_failed(const ggictl_adoption_t *adoption)
{
    ggictl_changes_outcome(adoption->args->changes, &adoption->intended,
                           adoption->redis->refused && adoption->redis->cluster == NULL
                           ? GGICTL_CHANGE_FAILED : GGICTL_CHANGE_UNKNOWN,
                           adoption->redis->error);

    return ggictl_fail("redis: %s", adoption->redis->error);
}


/*
 * Records what came of a change by the reply of Redis, or by redis->error without one. Returns
 * GGICTL_OK, GGICTL_NO when it is to be tried again, or GGICTL_ERROR after a message.
 */
static int
ggictl_adopt_outcome(const ggictl_adoption_t *adoption, const redisReply *reply)
{
    const char       *why;
    ggictl_change_e   result;

    result = GGICTL_CHANGE_REFUSED;

    if (reply == NULL) {
        return ggictl_adopt_failed(adoption);
    }

    if (reply->type != REDIS_REPLY_INTEGER) {
        why = reply->str;
        (void) ggictl_fail("nothing is changed: %s", why ? why : "");

    } else if (reply->integer == 1) {
        why = NULL;
        result = GGICTL_CHANGE_DONE;

    } else {
        why = "it was changed meanwhile by somebody else";
    }

    ggictl_changes_outcome(adoption->args->changes, &adoption->intended, result, why);

    return (result == GGICTL_CHANGE_DONE) ? GGICTL_OK
           : (reply->type == REDIS_REPLY_INTEGER) ? GGICTL_NO : GGICTL_ERROR;
}


/* Begins what the next data set takes the place of with the ids that the arguments name. */
static void
ggictl_adopt_begin(ggictl_adoption_t *adoption)
{
    int  i;

    memset(&adoption->next, 0, sizeof(adoption->next));

    for (i = 0; i < adoption->args->n; i++) {
        ggi_dataset_replace(&adoption->next, ggictl_str(adoption->args->arguments[i]));
    }
}


/*
 * Gives the data set in a server a new id, if nobody else changes it meanwhile. Returns GGICTL_OK,
 * GGICTL_NO when it was changed meanwhile, or GGICTL_ERROR after a message.
 */
static int
ggictl_adopt_try(ggictl_adoption_t *adoption)
{
    int             rc;
    redisReply     *there, *reply;
    ggi_dataset_t   seen;

    there = ggictl_dataset_ask(adoption->redis);

    if (there == NULL && !adoption->redis->refused) {
        return ggictl_fail("redis: %s", adoption->redis->error);
    }

    adoption->before.fields.id = ggictl_str("");
    adoption->before.fields.number = ggictl_str("");
    adoption->before.fields.replaces = ggictl_str("");
    ggictl_adopt_begin(adoption);

    if (there) {
        (void) ggictl_dataset_read(there, &adoption->before.fields, &seen);
        adoption->before.at = ggictl_dataset_field(there, 3);
        adoption->before.by = ggictl_dataset_field(there, 4);
    }

    ggi_dataset_succeed(&adoption->next, &adoption->before.fields);
    rc = GGICTL_ERROR;

    if (ggictl_adopt_record(adoption)) {
        reply = ggictl_adopt_replace(adoption);
        rc = ggictl_adopt_outcome(adoption, reply);
        freeReplyObject(reply);
    }

    freeReplyObject(there);

    return rc;
}


/*
 * Gives the data set in a Cluster a new id, in all slots, while nobody else marks any. markers is
 * what they have. Returns GGICTL_OK, or GGICTL_ERROR after a message.
 */
static int
ggictl_adopt_slots(ggictl_adoption_t *adoption, const ggictl_markers_t *markers)
{
    char      number[24];
    size_t    i;
    uint64_t  after;

    ggictl_adopt_begin(adoption);

    for (i = 0; i < markers->n; i++) {
        ggi_dataset_replace(&adoption->next, ggictl_str(markers->ids[i]));
    }

    snprintf(number, sizeof(number), "%" PRIu64, markers->number);
    ggi_dataset_replace(&adoption->next, ggictl_str(markers->replaces.replaces));
    adoption->before.fields.id = ggictl_str(markers->n ? markers->ids[0] : "");
    adoption->before.fields.number = ggictl_str(markers->n ? number : "");
    adoption->before.fields.replaces = ggictl_str(markers->replaces.replaces);
    adoption->before.at = ggictl_str(markers->at);
    adoption->before.by = ggictl_str(markers->by);
    adoption->next.number = markers->number + GGI_CLUSTER_SLOTS;

    if (!ggictl_adopt_record(adoption)) {
        (void) ggictl_mark_end(adoption->redis, &adoption->change, 0);
        return GGICTL_ERROR;
    }

    if (!ggictl_mark_slots(adoption->redis, &adoption->change, adoption->change.id,
                           adoption->next.replaces, &after)
        || !ggictl_mark_end(adoption->redis, &adoption->change, 1))
    {
        return ggictl_adopt_failed(adoption);
    }

    adoption->next.number = after;
    ggictl_changes_outcome(adoption->args->changes, &adoption->intended, GGICTL_CHANGE_DONE, NULL);

    return GGICTL_OK;
}


/*
 * Gives the data set in a Cluster a new id, when nobody else marks its slots. Returns GGICTL_OK, or
 * GGICTL_ERROR after a message.
 */
static int
ggictl_adopt_all(ggictl_adoption_t *adoption)
{
    ggictl_markers_t  markers;

    if (!ggictl_mark_begin(adoption->redis, &adoption->change)
        || !ggictl_markers_look(adoption->redis, &markers))
    {
        return ggictl_fail("redis: %s", adoption->redis->error);
    }

    return ggictl_adopt_slots(adoption, &markers);
}


/*
 * Gives the data set in a server a new id, as soon as nobody else changes it. Returns GGICTL_OK, or
 * GGICTL_ERROR after a message.
 */
static int
ggictl_adopt_one(ggictl_adoption_t *adoption)
{
    int  rc, tries;

    rc = GGICTL_NO;

    for (tries = 0; tries < GGICTL_ADOPT_TRIES && rc == GGICTL_NO; tries++) {
        rc = ggictl_adopt_try(adoption);
    }

    return rc == GGICTL_NO ? ggictl_fail("others change the data set all the time: nothing is "
                                         "changed") : rc;
}


int
ggictl_dataset_adopt(ggictl_args_t *args)
{
    int                 rc;
    ggictl_redis_t      redis;
    ggictl_adoption_t   adoption = { .args = args, .redis = &redis };

    if (!ggictl_adopt_ids(args)) {
        return GGICTL_ERROR;
    }

    if (!ggictl_dataset_change(&adoption.change)) {
        return ggictl_fail("OpenSSL has no random numbers");
    }

    if (!ggictl_connect(&redis, args)) {
        return GGICTL_ERROR;
    }

    rc = redis.cluster ? ggictl_adopt_all(&adoption) : ggictl_adopt_one(&adoption);
    ggictl_redis_close(&redis);

    if (rc != GGICTL_OK) {
        return rc;
    }

    ggictl_say(args->result, "data set %s at change %" PRIu64 "\n", adoption.change.id,
               adoption.next.number);
    json_object_set_new(args->result, "id", ggictl_json_cstr(adoption.change.id));
    json_object_set_new(args->result, "number",
                        json_integer((json_int_t) adoption.next.number));

    return GGICTL_OK;
}
