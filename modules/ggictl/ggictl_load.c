/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggictl_diff.h"
#include "ggictl_documents.h"
#include "ggictl_gather.h"
#include "ggictl_input.h"
#include "ggictl_load.h"
#include "ggictl_mark.h"
#include "ggictl_out.h"
#include "ggictl_store.h"

#define GGICTL_LOAD_TRIES  200          /* while others change the same documents */
#define GGICTL_LOAD_FIRST  3            /* words of the script that are about all documents */
#define GGICTL_LOAD_WORDS  4            /* words of the script for each document, besides its key */
#define GGICTL_LOAD_OLDER  " in the file"       /* ends a refusal that --force does without */


/* Sends the changes of a store. Returns the reply, or NULL with redis->error. */
typedef redisReply *(*ggictl_load_pt)(ggictl_store_t *store);


/*
 * The script that loads all documents or none, which Redis runs as one step. Each has to be
 * newer than the one in Redis, or equal to it. ARGV holds "1" to load in any case, "0", or "?"
 * to see whether that would be done, the channel of changes, what a change is called, and then
 * for each key the versie, or "-" to withdraw it, the document, its own key and the SHA-1 of what
 * is expected to be there: "-" is anything, and nothing has "". What is to be withdrawn was shown
 * as it was expected, and so it is not looked at again when something else is there.
 */
static const char  ggictl_load_script[] =
    "local changed, before, wrong = {}, {}, fit() "
    "if wrong then return wrong end "
    "for i, key in ipairs(documents()) do "
    "  local versie, text, expected = tonumber(ARGV[4 * i]), ARGV[4 * i + 1], ARGV[4 * i + 3] "
    "  if not versie then text = nil end "
    "  local kind = redis.call('TYPE', key).ok "
    "  local old = kind == 'string' and redis.call('GET', key) or nil "
    "  if expected ~= '-' and expected ~= (old and redis.sha1hex(old) or '') then "
    "    return versie and -1 "
    "           or ARGV[4 * i + 2] .. ' was changed meanwhile by somebody else' "
    "  end "
    "  changed[i], before[i] = old ~= text, old "
    "  if old and changed[i] and versie and ARGV[1] ~= '1' then "
    "    local ok, there = pcall(cjson.decode, old) "
    "    if ok and type(there) == 'table' and type(there.versie) == 'number' "
    "       and there.versie >= versie then "
    "      return ARGV[4 * i + 2] .. ' has version ' .. string.format('%d', there.versie) "
    "             .. ' in Redis, and version ' .. versie .. '" GGICTL_LOAD_OLDER "' "
    "    end "
    "  end "
    "end "
    "if ARGV[1] == '?' then return 0 end "
    "local n = 0 "
    "for i, key in ipairs(documents()) do "
    "  if changed[i] then "
    "    if n == 0 then advance() end "
    "    local text = ARGV[4 * i] ~= '-' and ARGV[4 * i + 1] or nil "
    "    if text then redis.call('SET', key, text) else redis.call('DEL', key) end "
    "    redis.call('PUBLISH', ARGV[2], ARGV[4 * i + 2]) "
    "    record(text and ARGV[3] or 'withdraw', key, before[i], text) "
    "    n = n + 1 "
    "  end "
    "end "
    "if unmarked() then "
    "  advance() "
    "  record('mark', marker, nil, nil) "
    "end "
    "return n";

/* The script that removes a document; ARGV: its own key, what is expected there, the channel. */
static const char  ggictl_withdraw_script[] =
    "local wrong = fit() "
    "if wrong then return wrong end "
    "local kind = redis.call('TYPE', KEYS[1]).ok "
    "local old = kind == 'string' and redis.call('GET', KEYS[1]) or nil "
    "if ARGV[2] ~= '-' and ARGV[2] ~= (old and redis.sha1hex(old) or '') then return -1 end "
    "local n = redis.call('DEL', KEYS[1]) "
    "redis.call('PUBLISH', ARGV[3], ARGV[1]) "
    "if n > 0 then advance() record('withdraw', KEYS[1], old, nil) end "
    "return n";


/*
 * Records the changes, makes them, and records what came of them; again when somebody else
 * has changed the documents in between. Returns the reply, or NULL after a message.
 */
static redisReply *
ggictl_load_run(ggictl_store_t *store, ggictl_load_pt send)
{
    int           tries;
    redisReply   *reply;

    for (tries = 0; tries < GGICTL_LOAD_TRIES; tries++) {
        if (!ggictl_store_intend(store)) {
            return NULL;
        }

        reply = send(store);

        if (!ggictl_store_end(store, reply)) {
            if (reply == NULL) {
                (void) ggictl_fail("redis: %s", store->redis->error);
            }

            return reply;
        }

        freeReplyObject(reply);
    }

    (void) ggictl_fail("others change the same %s all the time: nothing is changed",
                       store->args->command->kind->stored->names);

    return NULL;
}


/*
 * Sends the documents that were collected, with how as the first word of the script. Returns the
 * reply, or NULL with redis->error.
 */
static redisReply *
ggictl_load_send_as(ggictl_store_t *store, const char *how)
{
    size_t                  i, n;
    redisReply             *reply;
    const char            **words, **word;
    const ggictl_stored_t  *stored;

    n = GGICTL_LOAD_FIRST + GGICTL_LOAD_WORDS * store->n;
    words = calloc(n, sizeof(char *));

    if (words == NULL) {
        return NULL;
    }

    words[0] = how;
    words[1] = store->args->command->kind->stored->channel;
    words[2] = strrchr(store->args->command->name, ' ') + 1;    /* such as "load" or "grant" */

    for (i = 0; i < store->n; i++) {
        stored = &store->list[i];
        word = &words[GGICTL_LOAD_FIRST + GGICTL_LOAD_WORDS * i];
        word[0] = stored->text ? stored->versie : "-";
        word[1] = stored->text ? stored->text : "";
        word[2] = stored->name;
        word[3] = stored->expected;
    }

    reply = ggictl_store_ask(store, ggictl_load_script, words, n);
    free(words);

    return reply;
}


/* Has the documents that were collected changed. Returns the reply, or NULL with redis->error. */
static redisReply *
ggictl_load_send(ggictl_store_t *store)
{
    return ggictl_load_send_as(store, store->args->option[GGICTL_FORCE] ? "1" : "0");
}


/* Makes part a store of one document of another one, whose memory it shares. */
static void
ggictl_load_part(ggictl_store_t *store, size_t i, ggictl_store_t *part)
{
    *part = *store;
    part->list = &store->list[i];
    part->n = 1;
}


/*
 * Sees whether all documents of a store can be changed in a Cluster. Returns NULL when they can, or
 * a reply that tells why not. Sets *ok to 0 after a message.
 */
static redisReply *
ggictl_load_check(ggictl_store_t *store, int *ok)
{
    size_t           i;
    redisReply      *reply;
    ggictl_store_t   part;

    for (i = 0; i < store->n; i++) {
        ggictl_load_part(store, i, &part);
        ggictl_store_expect_shown(part.list);
        reply = ggictl_load_send_as(&part, "?");

        if (reply == NULL) {
            *ok = 0;
            (void) ggictl_fail("nothing is changed: redis: %s", store->redis->error);
            return NULL;
        }

        if (reply->type != REDIS_REPLY_INTEGER) {
            return reply;
        }

        freeReplyObject(reply);
    }

    return NULL;
}


/*
 * Changes all documents of a store: in one step; or in a Cluster, where that is not possible, sees
 * whether all can be changed, and then changes each. Returns the reply, or NULL after a message.
 */
static redisReply *
ggictl_load_all(ggictl_store_t *store)
{
    int              ok;
    size_t           i;
    long long        changed;
    redisReply      *reply;
    ggictl_store_t   part;

    if (store->redis->cluster == NULL) {
        return ggictl_load_run(store, ggictl_load_send);
    }

    ok = 1;
    changed = 0;
    reply = store->args->option[GGICTL_FORCE] ? NULL : ggictl_load_check(store, &ok);

    if (ok && reply == NULL) {
        ok = ggictl_mark(store->args, store->redis, NULL);
    }

    for (i = 0; ok && reply == NULL && i < store->n; i++) {
        ggictl_load_part(store, i, &part);
        reply = ggictl_load_run(&part, ggictl_load_send);
        ok = reply && reply->type == REDIS_REPLY_INTEGER;

        if (ok) {
            changed += reply->integer;
            reply->integer = changed;
        }

        if (ok && i + 1 < store->n) {
            freeReplyObject(reply);
            reply = NULL;
        }
    }

    if (!ok && i > 0) {
        (void) ggictl_fail("%s%s%lld of %zu were changed before that; load them again",
                           reply && reply->str ? reply->str : "", reply ? ": " : "", changed,
                           store->n);
        freeReplyObject(reply);
        return NULL;
    }

    return reply;
}


/* Tells why nothing was changed, and whether it can be forced. Returns the exit status. */
static int
ggictl_load_refused(const ggictl_args_t *args, const char *why)
{
    size_t  len, end;

    why = why ? why : "";
    len = strlen(why);
    end = sizeof(GGICTL_LOAD_OLDER) - 1;

    ggictl_say(args->result, "nothing changed: %s%s\n", why,
               len > end && strcmp(why + len - end, GGICTL_LOAD_OLDER) == 0
               ? "; --force loads it nevertheless" : "");
    json_object_set_new(args->result, "changed", json_integer(0));
    json_object_set_new(args->result, "reason", ggictl_json_cstr(why));

    return GGICTL_NO;
}


/* Shows what became of the documents of files, of which pruned were withdrawn. */
static int
ggictl_load_show(const ggictl_store_t *store, const redisReply *reply, size_t pruned)
{
    size_t                i, n, changed;
    const ggictl_args_t  *args = store->args;
    const ggictl_kind_t  *kind = args->command->kind;

    n = store->n - pruned;
    json_object_set_new(args->result, kind->documents->plural, json_integer((json_int_t) n));

    if (reply->type != REDIS_REPLY_INTEGER) {
        return ggictl_load_refused(args, reply->str);
    }

    changed = (size_t) reply->integer - pruned;

    for (i = 0; i < store->files_n; i++) {
        ggictl_say(args->result, "%s: good, %zu %s%s\n", ggictl_input_name(store->files[i].name),
                   store->files[i].n, kind->one, ggictl_plural(store->files[i].n));
    }

    ggictl_say(args->result, "%zu of %zu %s%s changed\n", changed, n, kind->one, ggictl_plural(n));
    json_object_set_new(args->result, "changed", json_integer((json_int_t) changed));

    if (args->option[GGICTL_PRUNE]) {
        ggictl_say(args->result, "%zu withdrawn\n", pruned);
        json_object_set_new(args->result, "withdrawn", json_integer((json_int_t) pruned));
    }

    return GGICTL_OK;
}


/*
 * Shows what is going to be withdrawn, and with --dry-run what is going to be loaded, and adds
 * the former to the store. Returns GGICTL_OK, GGICTL_NO when that is not to be done, or
 * GGICTL_ERROR after a message.
 */
static int
ggictl_load_compare(ggictl_store_t *store, ggictl_diff_t *diff)
{
    unsigned              what;
    size_t                n;
    const ggictl_args_t  *args = store->args;

    n = store->n;
    what = args->option[GGICTL_DRY_RUN] ? GGICTL_DIFF_LOADED | GGICTL_DIFF_MEMBERS : 0;
    what |= args->option[GGICTL_PRUNE] ? GGICTL_DIFF_ABSENT | GGICTL_DIFF_PRUNE : 0;

    if (what == 0) {
        return GGICTL_OK;
    }

    if (!ggictl_diff(store, what, diff)) {
        return GGICTL_ERROR;
    }

    if (args->option[GGICTL_FORCE]) {
        return GGICTL_OK;
    }

    if (diff->absent > n) {
        ggictl_say(args->result, "nothing changed: more would be withdrawn than stay; --force "
                   "withdraws them nevertheless\n");
        json_object_set_new(args->result, "changed", json_integer(0));
        return GGICTL_NO;
    }

    return args->option[GGICTL_DRY_RUN] && diff->older ? GGICTL_NO : GGICTL_OK;
}


/* Puts the documents that were gathered into Redis. Returns the exit status. */
static int
ggictl_load(ggictl_store_t *store)
{
    int             rc;
    redisReply     *reply;
    ggictl_diff_t   diff = { 0 };

    rc = ggictl_load_compare(store, &diff);

    if (rc != GGICTL_OK || store->args->option[GGICTL_DRY_RUN]) {
        return rc;
    }

    reply = ggictl_load_all(store);
    rc = reply ? ggictl_load_show(store, reply, diff.absent) : GGICTL_ERROR;
    freeReplyObject(reply);

    return rc;
}


int
ggictl_documents_load(ggictl_args_t *args)
{
    return ggictl_gather_and(args, ggictl_load);
}


int
ggictl_documents_put(ggictl_args_t *args, ggictl_redis_t *redis, json_t *document)
{
    int              rc;
    redisReply      *reply;
    ggictl_store_t   store = { .args = args, .redis = redis };

    if (!ggictl_gather_document(&store, document)) {
        ggictl_store_free(&store);
        return ggictl_fail("no memory");
    }

    reply = ggictl_mark(args, store.redis, store.list[0].key)
            ? ggictl_load_run(&store, ggictl_load_send) : NULL;
    ggictl_store_free(&store);
    rc = reply ? GGICTL_OK : GGICTL_ERROR;

    if (reply && reply->type != REDIS_REPLY_INTEGER) {
        rc = ggictl_fail("nothing is changed: %s", reply->str ? reply->str : "");
    }

    freeReplyObject(reply);

    return rc;
}


/* Sends the one document that is to be removed. Returns the reply, or NULL with redis->error. */
static redisReply *
ggictl_withdraw_send(ggictl_store_t *store)
{
    const ggictl_stored_t  *stored = &store->list[0];
    const char             *words[] = {
        stored->name, stored->expected, store->args->command->kind->stored->channel
    };

    return ggictl_store_ask(store, ggictl_withdraw_script, words, 3);
}


int
ggictl_documents_withdraw(ggictl_args_t *args)
{
    int                   there;
    const char           *key = args->arguments[0];
    redisReply           *reply;
    ggictl_redis_t        redis;
    ggictl_store_t        store = { .args = args, .redis = &redis };
    const ggictl_kind_t  *kind = args->command->kind;

    if (!ggictl_key_good(args, key)) {
        return GGICTL_ERROR;
    }

    if (!ggictl_store_add(&store, key, NULL, NULL)) {
        ggictl_store_free(&store);
        return ggictl_fail("no memory");
    }

    reply = NULL;

    if (ggictl_connect(&redis, args)) {
        reply = ggictl_mark(args, store.redis, store.list[0].key)
                ? ggictl_load_run(&store, ggictl_withdraw_send) : NULL;
        ggictl_redis_close(&redis);
    }

    ggictl_store_free(&store);

    if (reply == NULL) {
        return GGICTL_ERROR;
    }

    if (reply->type != REDIS_REPLY_INTEGER) {
        (void) ggictl_fail("nothing is withdrawn: %s", reply->str ? reply->str : "");
        freeReplyObject(reply);
        return GGICTL_ERROR;
    }

    there = reply->integer != 0;
    freeReplyObject(reply);

    ggictl_say(args->result, "%s: %s\n", key, there ? "withdrawn" : kind->absent);
    json_object_set_new(args->result, kind->stored->shape->key, ggictl_json_cstr(key));
    json_object_set_new(args->result, "withdrawn", json_boolean(there));

    return there ? GGICTL_OK : GGICTL_NO;
}
