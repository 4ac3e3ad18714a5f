/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* asprintf() */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggictl_check.h"
#include "ggictl_documents.h"
#include "ggictl_input.h"
#include "ggictl_load.h"
#include "ggictl_out.h"
#include "ggictl_store.h"

#define GGICTL_LOAD_TRIES  200          /* while others change the same documents */
#define GGICTL_LOAD_FIRST  2            /* words of the script that are about all documents */
#define GGICTL_LOAD_WORDS  4            /* words of the script for each document, besides its key */


/* Sends the changes of a store. Returns the reply, or NULL with redis->error. */
typedef redisReply *(*ggictl_load_pt)(const ggictl_store_t *store);


/*
 * The script that loads all documents or none, which Redis runs as one step. Each has to
 * be newer than the one in Redis, or equal to it. ARGV holds "1" to load in any case or
 * "0", the channel of changes, and then for each key the versie, the document, its own key
 * and the SHA-1 of what is expected to be there: "-" is anything, and nothing has "".
 */
static const char  ggictl_load_script[] =
    "local changed = {} "
    "for i, key in ipairs(KEYS) do "
    "  local versie, text, expected = tonumber(ARGV[4 * i - 1]), ARGV[4 * i], ARGV[4 * i + 2] "
    "  local kind = redis.call('TYPE', key).ok "
    "  local old = kind == 'string' and redis.call('GET', key) or nil "
    "  if expected ~= '-' and expected ~= (old and redis.sha1hex(old) or '') then "
    "    return -1 "
    "  end "
    "  changed[i] = old ~= text "
    "  if old and changed[i] and ARGV[1] ~= '1' then "
    "    local ok, there = pcall(cjson.decode, old) "
    "    if ok and type(there) == 'table' and type(there.versie) == 'number' "
    "       and there.versie >= versie then "
    "      return ARGV[4 * i + 1] .. ' has version ' .. string.format('%d', there.versie) "
    "             .. ' in Redis, and version ' .. versie .. ' in the file' "
    "    end "
    "  end "
    "end "
    "local n = 0 "
    "for i, key in ipairs(KEYS) do "
    "  if changed[i] then "
    "    redis.call('SET', key, ARGV[4 * i]) "
    "    redis.call('PUBLISH', ARGV[2], ARGV[4 * i + 1]) "
    "    n = n + 1 "
    "  end "
    "end "
    "return n";

/* The script that removes a document; ARGV: its own key, what is expected there, the channel. */
static const char  ggictl_withdraw_script[] =
    "local kind = redis.call('TYPE', KEYS[1]).ok "
    "local old = kind == 'string' and redis.call('GET', KEYS[1]) or nil "
    "if ARGV[2] ~= '-' and ARGV[2] ~= (old and redis.sha1hex(old) or '') then return -1 end "
    "local n = redis.call('DEL', KEYS[1]) "
    "redis.call('PUBLISH', ARGV[3], ARGV[1]) "
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


static int
ggictl_load_add(void *data, json_t *document, const char *where, const ggi_str_t *key,
    ggi_fault_t *fault)
{
    char            *versie, *text;
    const char      *name;
    ggictl_store_t  *store = data;

    (void) where;
    (void) key;
    (void) fault;

    if (asprintf(&versie, "%" JSON_INTEGER_FORMAT,
                 json_integer_value(json_object_get(document, "versie")))
        < 0)
    {
        return 0;
    }

    text = json_dumps(document, JSON_COMPACT);

    if (text == NULL) {
        free(versie);
        return 0;
    }

    name = store->args->command->kind->stored->shape->key;

    return ggictl_store_add(store, json_string_value(json_object_get(document, name)), versie,
                            text);
}


/* Sends the documents that were collected. Returns the reply, or NULL with redis->error. */
static redisReply *
ggictl_load_send(const ggictl_store_t *store)
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

    words[0] = store->args->option[GGICTL_FORCE] ? "1" : "0";
    words[1] = store->args->command->kind->stored->channel;

    for (i = 0; i < store->n; i++) {
        stored = &store->list[i];
        word = &words[GGICTL_LOAD_FIRST + GGICTL_LOAD_WORDS * i];
        word[0] = stored->versie;
        word[1] = stored->text;
        word[2] = stored->name;
        word[3] = stored->expected;
    }

    reply = ggictl_store_ask(store, ggictl_load_script, words, n);
    free(words);

    return reply;
}


/* Shows what became of the documents of a file. Returns the exit status. */
static int
ggictl_load_show(const ggictl_args_t *args, const redisReply *reply, size_t n)
{
    int                   rc;
    const ggictl_kind_t  *kind = args->command->kind;

    rc = GGICTL_ERROR;

    if (reply && reply->type == REDIS_REPLY_INTEGER) {
        rc = GGICTL_OK;
        ggictl_say(args->result, "%s: good, %zu %s%s\n%lld of %zu %s%s changed\n",
                   ggictl_input_name(args->arguments[0]), n, kind->one, ggictl_plural(n),
                   reply->integer, n, kind->one, ggictl_plural(n));
        json_object_set_new(args->result, "changed", json_integer(reply->integer));

    } else if (reply) {
        rc = GGICTL_NO;
        ggictl_say(args->result, "nothing changed: %s; --force loads it nevertheless\n",
                   reply->str ? reply->str : "");
        json_object_set_new(args->result, "changed", json_integer(0));
        json_object_set_new(args->result, "reason", ggictl_json_cstr(reply->str));
    }

    json_object_set_new(args->result, kind->documents->plural, json_integer((json_int_t) n));

    return rc;
}


/* Puts the documents of a file that was checked into Redis. Returns the exit status. */
static int
ggictl_load(ggictl_args_t *args, json_t *root)
{
    int                   rc;
    redisReply           *reply;
    ggi_fault_t           fault = ggi_fault_init;
    ggictl_redis_t        redis;
    ggictl_store_t        store = { args, &redis, ggictl_input_name(args->arguments[0]), NULL, 0 };
    const ggictl_kind_t  *kind = args->command->kind;

    rc = GGICTL_ERROR;

    if (!ggi_documents_walk(kind->documents, root, ggictl_load_add, &store, &fault)
        || store.n == 0)
    {
        (void) ggictl_fail("%s: no %s to load", store.source, kind->documents->plural);

    } else if (ggictl_connect(&redis, args)) {
        reply = ggictl_load_run(&store, ggictl_load_send);
        ggictl_redis_close(&redis);
        rc = ggictl_load_show(args, reply, store.n);
        freeReplyObject(reply);
    }

    ggictl_store_free(&store);

    return rc;
}


int
ggictl_documents_load(ggictl_args_t *args)
{
    int           rc;
    json_t       *root;
    ggi_fault_t   fault = ggi_fault_init;

    if (!ggictl_redis_named(args)) {
        return GGICTL_ERROR;
    }

    rc = ggictl_check_quietly(args, args->arguments[0]);

    if (rc != GGICTL_OK) {
        return rc;
    }

    root = ggi_source_read(ggictl_input(args->arguments[0]), &fault);

    if (root == NULL) {
        return ggictl_fail("%s: %s", ggictl_input_name(args->arguments[0]), fault.text);
    }

    rc = ggictl_load(args, root);
    json_decref(root);

    return rc;
}


/* Sends the one document that is to be removed. Returns the reply, or NULL with redis->error. */
static redisReply *
ggictl_withdraw_send(const ggictl_store_t *store)
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
    ggictl_store_t        store = { args, &redis, NULL, NULL, 0 };
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
        reply = ggictl_load_run(&store, ggictl_withdraw_send);
        ggictl_redis_close(&redis);
    }

    ggictl_store_free(&store);

    if (reply == NULL) {
        return GGICTL_ERROR;
    }

    there = reply->integer != 0;
    freeReplyObject(reply);

    ggictl_say(args->result, "%s: %s\n", key, there ? "withdrawn" : kind->absent);
    json_object_set_new(args->result, kind->stored->shape->key, ggictl_json_cstr(key));
    json_object_set_new(args->result, "withdrawn", json_boolean(there));

    return there ? GGICTL_OK : GGICTL_NO;
}
