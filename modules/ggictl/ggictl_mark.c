/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ggictl_changes.h"
#include "ggictl_mark.h"
#include "ggictl_marker_record.h"
#include "ggictl_out.h"
#include "ggictl_slots.h"

#define GGICTL_MARK_TAKES  "5"          /* s after which who has not gone on counts as killed */
#define GGICTL_MARK_TRIES  150          /* while others mark slots */
#define GGICTL_MARK_PAUSE  100000       /* us between two of these */


/*
 * Gives a slot the id ARGV[1], which takes the place of those in ARGV[2] and of its own. Keeps who
 * is marking, where that is noted.
 */
static const char  ggictl_mark_script[] =
    "local old = redis.call('HGET', KEYS[1], 'id') or '' "
    "local number = tonumber(redis.call('HGET', KEYS[1], 'number') or '') or 0 "
    "local busy, since = redis.call('HGET', KEYS[1], 'busy'), redis.call('HGET', KEYS[1], 'since') "
    "if old ~= ARGV[1] then "
    "  local replaces = ARGV[2] "
    "  if old:find('^[%w-]+$') and not (' ' .. replaces .. ' '):find(' ' .. old .. ' ', 1, true) "
    "  then replaces = old .. (replaces ~= '' and ' ' .. replaces or '') end "
    "  number = number + 1 "
    "  redis.call('DEL', KEYS[1]) "
    "  redis.call('HSET', KEYS[1], 'id', ARGV[1], 'number', string.format('%d', number)) "
    "  if replaces ~= '' then redis.call('HSET', KEYS[1], 'replaces', replaces) end "
    "  if busy then redis.call('HSET', KEYS[1], 'busy', busy, 'since', since or '') end "
    "else "
    "  redis.call('HSET', KEYS[1], 'next', '') "
    "end "
    "return number";

/* Notes that ARGV[1] marks slots since ARGV[2], in s, unless another does that shorter. */
static const char  ggictl_mark_take_script[] =
    "local busy = redis.call('HGET', KEYS[1], 'busy') or '' "
    "local since = tonumber(redis.call('HGET', KEYS[1], 'since') or '') or 0 "
    "if busy ~= '' and busy ~= ARGV[1] "
    "   and math.abs(tonumber(ARGV[2]) - since) <= " GGICTL_MARK_TAKES " then return 0 end "
    "redis.call('HSET', KEYS[1], 'busy', ARGV[1], 'since', ARGV[2]) "
    "return 1";

/* Notes that ARGV[1] still marks slots at ARGV[2], in s, unless another has taken that over. */
static const char  ggictl_mark_keep_script[] =
    "if redis.call('HGET', KEYS[1], 'busy') ~= ARGV[1] then return 0 end "
    "redis.call('HSET', KEYS[1], 'since', ARGV[2]) "
    "return 1";

/* Notes that ARGV[1] marks slots no more; and time and user, unless ARGV[2] is "". */
static const char  ggictl_mark_leave_script[] =
    "if redis.call('HGET', KEYS[1], 'busy') ~= ARGV[1] then return 0 end "
    "local id = redis.call('HGET', KEYS[1], 'id') "
    "if not id and not redis.call('HGET', KEYS[1], 'next') then "
    "  redis.call('DEL', KEYS[1]) "
    "  return 1 "
    "end "
    "redis.call('HSET', KEYS[1], 'busy', '', 'since', '') "
    "if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'at', ARGV[2], 'by', ARGV[3]) end "
    "return 1";


/*
 * Runs a script about the marker of the first slot, with up to three arguments. Returns its number,
 * or -1 with redis->error.
 */
static int
ggictl_mark_ask(ggictl_redis_t *redis, const char *script, const char *one, const char *two,
    const char *three)
{
    int          n;
    char         key[GGI_DATASET_SLOT_KEY];
    redisReply  *reply;
    const char  *argv[] = { "EVAL", script, "1", key, one, two, three };

    ggi_cluster_numbers_find();
    (void) ggi_dataset_slot_key(key, 0);
    reply = ggictl_redis_ask(redis, sizeof(argv) / sizeof(argv[0]), argv);
    n = reply ? reply->type == REDIS_REPLY_INTEGER && reply->integer == 1 : -1;
    freeReplyObject(reply);

    return n;
}


/* Runs a script that tells of a change and the time. Returns as ggictl_mark_ask() does. */
static int
ggictl_mark_now(ggictl_redis_t *redis, const char *script, const ggictl_dataset_change_t *change)
{
    char  since[24];

    snprintf(since, sizeof(since), "%" PRIu64, (uint64_t) time(NULL));

    return ggictl_mark_ask(redis, script, change->id, since, "");
}


/* Tries to be the one that marks slots. Returns 1, 0 while another one is, or -1. */
static int
ggictl_mark_take(ggictl_redis_t *redis, const ggictl_dataset_change_t *change)
{
    return ggictl_mark_now(redis, ggictl_mark_take_script, change);
}


/* Sets redis->error to that another one marks slots by now. Returns 0. */
static int
ggictl_mark_lost(ggictl_redis_t *redis)
{
    snprintf(redis->error, sizeof(redis->error), "somebody else has begun to mark the slots of "
             "the Cluster, since this took too long: look with \"ggictl dataset show\"");

    return 0;
}


/* Goes on being the one that marks slots. Returns 1, or 0 with redis->error. */
static int
ggictl_mark_keep(ggictl_redis_t *redis, const void *change)
{
    int  mine;

    mine = ggictl_mark_now(redis, ggictl_mark_keep_script, change);

    return (mine == 0) ? ggictl_mark_lost(redis) : mine == 1;
}


int
ggictl_mark_begin(ggictl_redis_t *redis, const ggictl_dataset_change_t *change)
{
    int  i, mine;

    mine = ggictl_mark_take(redis, change);

    for (i = 0; mine == 0 && i < GGICTL_MARK_TRIES; i++) {
        (void) usleep(GGICTL_MARK_PAUSE);
        mine = ggictl_mark_take(redis, change);
    }

    if (mine == 0) {
        snprintf(redis->error, sizeof(redis->error), "others mark the slots of the Cluster all the "
                 "time");
    }

    return mine == 1;
}


static void
ggictl_mark_none(void *data, unsigned slot, const redisReply *reply)
{
    (void) data;
    (void) slot;
    (void) reply;
}


static void
ggictl_mark_sum(void *data, unsigned slot, const redisReply *reply)
{
    uint64_t *number = data;

    (void) slot;

    *number += (reply->type == REDIS_REPLY_INTEGER) ? (uint64_t) reply->integer : 0;
}


/* Lets others go on, after an error that stays in redis->error. */
static void
ggictl_mark_leave(ggictl_redis_t *redis, const ggictl_dataset_change_t *change)
{
    char  error[sizeof(redis->error)];

    memcpy(error, redis->error, sizeof(error));
    (void) ggictl_mark_ask(redis, ggictl_mark_leave_script, change->id, "", "");
    memcpy(redis->error, error, sizeof(error));
}


int
ggictl_mark_slots(ggictl_redis_t *redis, const ggictl_dataset_change_t *change,
    const char *id, const char *replaces, uint64_t *number)
{
    const char  *next[] = { "HSET", "", GGI_DATASET_NEXT, id };
    const char  *now[] = { "EVAL", ggictl_mark_script, "1", "", id, replaces };

    const ggictl_slots_told_t  nobody = { ggictl_mark_none, NULL, ggictl_mark_keep, change };
    const ggictl_slots_told_t  sum = { ggictl_mark_sum, number, ggictl_mark_keep, change };

    *number = 0;

    /* a gate that sees the new id at one slot accepts another one that is about to get it */

    if (ggictl_slots_each(redis, sizeof(next) / sizeof(next[0]), next, 1, &nobody)
        && ggictl_slots_each(redis, sizeof(now) / sizeof(now[0]), now, 3, &sum))
    {
        return 1;
    }

    ggictl_mark_leave(redis, change);

    return 0;
}


int
ggictl_mark_end(ggictl_redis_t *redis, const ggictl_dataset_change_t *change, int done)
{
    int  mine;

    mine = ggictl_mark_ask(redis, ggictl_mark_leave_script, change->id, done ? change->at : "",
                           change->by);

    return (mine == 0) ? ggictl_mark_lost(redis) : mine == 1;
}


/* Returns 1 when the slot of a key has a marker with an id, 0 if not, and -1 with redis->error. */
static int
ggictl_mark_has(ggictl_redis_t *redis, const char *document)
{
    int          there;
    char         key[GGI_DATASET_SLOT_KEY];
    redisReply  *reply;
    const char  *argv[] = { "HGET", key, GGI_DATASET_ID };

    ggictl_dataset_marker(redis, document, key);
    reply = ggictl_redis_ask(redis, sizeof(argv) / sizeof(argv[0]), argv);
    there = reply ? reply->type == REDIS_REPLY_STRING : -1;
    freeReplyObject(reply);

    return there;
}


/* Records that the slots are going to get an id, and gives it to them. Returns 1, or 0. */
static int
ggictl_mark_recorded(const ggictl_args_t *args, ggictl_redis_t *redis,
    const ggictl_dataset_change_t *change, const ggictl_markers_t *markers)
{
    int               done;
    uint64_t          number;
    const char       *id;
    ggictl_change_t   intended;

    id = markers->n ? markers->ids[0] : change->id;

    if (!ggictl_marker_made(args, redis, change, id, GGI_CLUSTER_SLOTS, &intended)
        || !ggictl_changes_commit(args->changes))
    {
        (void) ggictl_mark_end(redis, change, 0);
        return 0;
    }

    done = ggictl_mark_slots(redis, change, id, "", &number)
           && ggictl_mark_end(redis, change, 1);
    ggictl_changes_outcome(args->changes, &intended,
                           done ? GGICTL_CHANGE_DONE : GGICTL_CHANGE_UNKNOWN,
                           done ? NULL : redis->error);

    return done || !ggictl_fail("nothing is changed: redis: %s", redis->error);
}


/* Warns of slots that lack the marker which most have. */
static void
ggictl_mark_warn(const ggictl_markers_t *markers)
{
    (void) ggictl_fail("warning: %zu of %d slots of the Cluster lack the marker of data set %s, as "
                       "those of a master that was emptied, and count as not answering for gates: "
                       "load again what was lost, and then run \"ggictl dataset adopt\"",
                       GGI_CLUSTER_SLOTS - markers->slots[0], GGI_CLUSTER_SLOTS, markers->ids[0]);
}


/* Returns 1 when slots are to be marked: none is, or an earlier ggictl has left some undone. */
static int
ggictl_mark_needed(const ggictl_markers_t *markers)
{
    return markers->n == 0 || (markers->n == 1 && markers->begun
                               && markers->begun == markers->unmarked);
}


/* Marks slots, if that is still needed now that nobody else does. Returns 1, or 0. */
static int
ggictl_mark_alone(const ggictl_args_t *args, ggictl_redis_t *redis,
    const ggictl_dataset_change_t *change, ggictl_markers_t *markers)
{
    if (!ggictl_markers_look(redis, markers)) {
        return !ggictl_fail("nothing is changed: redis: %s", redis->error);
    }

    if (ggictl_mark_needed(markers)) {
        return ggictl_mark_recorded(args, redis, change, markers);
    }

    if (markers->slots[0] < GGI_CLUSTER_SLOTS) {
        ggictl_mark_warn(markers);
    }

    return ggictl_mark_end(redis, change, 0)
           || !ggictl_fail("nothing is changed: redis: %s", redis->error);
}


int
ggictl_mark(const ggictl_args_t *args, ggictl_redis_t *redis, const char *key)
{
    int                       has;
    ggictl_markers_t          markers;
    ggictl_dataset_change_t   change;

    if (redis->cluster == NULL) {
        return 1;
    }

    has = key ? ggictl_mark_has(redis, key) : 0;

    if (has > 0) {
        return 1;
    }

    if (has < 0 || !ggictl_markers_look(redis, &markers)) {
        return !ggictl_fail("nothing is changed: redis: %s", redis->error);
    }

    if (markers.n && markers.slots[0] == GGI_CLUSTER_SLOTS) {
        return 1;
    }

    if (!ggictl_dataset_change(&change)) {
        return !ggictl_fail("OpenSSL has no random numbers: nothing is changed");
    }

    if (!ggictl_mark_begin(redis, &change)) {
        return !ggictl_fail("nothing is changed: redis: %s", redis->error);
    }

    return ggictl_mark_alone(args, redis, &change, &markers);
}
