/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* asprintf() */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_oin.h"
#include "ggi_profiles.h"
#include "ggi_redis_keys.h"
#include "ggictl_check.h"
#include "ggictl_input.h"
#include "ggictl_load.h"
#include "ggictl_out.h"
#include "ggictl_profiel.h"
#include "ggictl_store.h"

#define GGICTL_LOAD_TRIES  200          /* while others change the same profiles */
#define GGICTL_LOAD_WORDS  4            /* words of the command for each profile, besides its key */


/* Sends the changes of a store. Returns the reply, or NULL with redis->error. */
typedef redisReply *(*ggictl_load_pt)(const ggictl_store_t *store);


/*
 * The script that loads all profiles or none, which Redis runs as one step. Each
 * profile has to be newer than the one in Redis, or equal to it. ARGV holds "1" to load
 * in any case or "0", and then for each key the versie, the profile, the OIN and the SHA-1 of
 * what is expected to be there: "-" is anything, and nothing has "".
 */
static const char  ggictl_load_script[] =
    "local changed = {} "
    "for i, key in ipairs(KEYS) do "
    "  local versie, text, expected = tonumber(ARGV[4 * i - 2]), ARGV[4 * i - 1], ARGV[4 * i + 1] "
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
    "      return ARGV[4 * i] .. ' has version ' .. string.format('%d', there.versie) "
    "             .. ' in Redis, and version ' .. versie .. ' in the file' "
    "    end "
    "  end "
    "end "
    "local n = 0 "
    "for i, key in ipairs(KEYS) do "
    "  if changed[i] then "
    "    redis.call('SET', key, ARGV[4 * i - 1]) "
    "    redis.call('PUBLISH', '" GGI_REDIS_CHANNEL "', ARGV[4 * i]) "
    "    n = n + 1 "
    "  end "
    "end "
    "return n";

/* The script that removes a profile, with what is expected to be there as above. */
static const char  ggictl_withdraw_script[] =
    "local kind = redis.call('TYPE', KEYS[1]).ok "
    "local old = kind == 'string' and redis.call('GET', KEYS[1]) or nil "
    "if ARGV[2] ~= '-' and ARGV[2] ~= (old and redis.sha1hex(old) or '') then return -1 end "
    "local n = redis.call('DEL', KEYS[1]) "
    "redis.call('PUBLISH', '" GGI_REDIS_CHANNEL "', ARGV[1]) "
    "return n";


/*
 * Records the changes, makes them, and records what came of them; again when somebody else
 * has changed the profiles in between. Returns the reply, or NULL after a message.
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

    (void) ggictl_fail("others change the same profiles all the time: nothing is changed");

    return NULL;
}


static int
ggictl_load_add(void *data, json_t *profile, const char *where, const ggi_str_t *oin,
    ggi_fault_t *fault)
{
    char  *versie, *text;

    (void) where;
    (void) oin;
    (void) fault;

    if (asprintf(&versie, "%" JSON_INTEGER_FORMAT,
                 json_integer_value(json_object_get(profile, "versie")))
        < 0)
    {
        return 0;
    }

    text = json_dumps(profile, JSON_COMPACT);

    if (text == NULL) {
        free(versie);
        return 0;
    }

    return ggictl_store_add(data, json_string_value(json_object_get(profile, "oin")), versie,
                            text);
}


/* Sends the profiles that were collected. Returns the reply, or NULL with redis->error. */
static redisReply *
ggictl_load_send(const ggictl_store_t *store)
{
    size_t                  i;
    redisReply             *reply;
    const char            **words, **word;
    const ggictl_stored_t  *stored;

    words = calloc(1 + GGICTL_LOAD_WORDS * store->n, sizeof(char *));

    if (words == NULL) {
        return NULL;
    }

    words[0] = store->args->option[GGICTL_FORCE] ? "1" : "0";

    for (i = 0; i < store->n; i++) {
        stored = &store->list[i];
        word = &words[1 + GGICTL_LOAD_WORDS * i];
        word[0] = stored->versie;
        word[1] = stored->text;
        word[2] = stored->oin;
        word[3] = stored->expected;
    }

    reply = ggictl_store_ask(store, ggictl_load_script, words, 1 + GGICTL_LOAD_WORDS * store->n);
    free(words);

    return reply;
}


/* Shows what became of the profiles of a file. Returns the exit status. */
static int
ggictl_load_show(const ggictl_args_t *args, const redisReply *reply, size_t n)
{
    int  rc;

    rc = GGICTL_ERROR;

    if (reply && reply->type == REDIS_REPLY_INTEGER) {
        rc = GGICTL_OK;
        ggictl_say(args->result, "%lld of %zu profile%s changed\n", reply->integer, n,
                   ggictl_plural(n));
        json_object_set_new(args->result, "changed", json_integer(reply->integer));

    } else if (reply) {
        rc = GGICTL_NO;
        ggictl_say(args->result, "nothing changed: %s; --force loads it nevertheless\n",
                   reply->str ? reply->str : "");
        json_object_set_new(args->result, "changed", json_integer(0));
        json_object_set_new(args->result, "reason", ggictl_json_cstr(reply->str));
    }

    json_object_set_new(args->result, "profiles", json_integer((json_int_t) n));

    return rc;
}


/* Puts the profiles of a file that was checked into Redis. Returns the exit status. */
static int
ggictl_load(ggictl_args_t *args, json_t *root)
{
    int              rc;
    redisReply      *reply;
    ggi_fault_t      fault = ggi_fault_init;
    ggictl_redis_t   redis;
    ggictl_store_t   store = { args, &redis, ggictl_input_name(args->arguments[0]), NULL, 0 };

    rc = GGICTL_ERROR;

    if (!ggi_documents_walk(&ggi_profiles_kind, root, ggictl_load_add, &store, &fault)
        || store.n == 0)
    {
        (void) ggictl_fail("%s: no profiles to load", store.source);

    } else if (ggictl_profiel_connect(&redis, args)) {
        reply = ggictl_load_run(&store, ggictl_load_send);
        ggictl_redis_close(&redis);
        rc = ggictl_load_show(args, reply, store.n);
        freeReplyObject(reply);
    }

    ggictl_store_free(&store);

    return rc;
}


int
ggictl_profiel_load(ggictl_args_t *args)
{
    int           rc;
    json_t       *root;
    ggi_fault_t   fault = ggi_fault_init;

    rc = ggictl_check_profiles(args, args->arguments[0]);

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


/* Sends the one profile that is to be removed. Returns the reply, or NULL with redis->error. */
static redisReply *
ggictl_withdraw_send(const ggictl_store_t *store)
{
    const ggictl_stored_t  *stored = &store->list[0];
    const char             *words[] = { stored->oin, stored->expected };

    return ggictl_store_ask(store, ggictl_withdraw_script, words, 2);
}


int
ggictl_profiel_withdraw(ggictl_args_t *args)
{
    int              there;
    const char      *oin = args->arguments[0];
    redisReply      *reply;
    ggictl_redis_t   redis;
    ggictl_store_t   store = { args, &redis, NULL, NULL, 0 };

    if (strlen(oin) != GGI_OIN_LEN) {
        return ggictl_fail("profiel withdraw: expected an OIN of %d positions, not \"%s\"",
                           GGI_OIN_LEN, oin);
    }

    if (!ggictl_store_add(&store, oin, NULL, NULL)) {
        ggictl_store_free(&store);
        return ggictl_fail("no memory");
    }

    reply = NULL;

    if (ggictl_profiel_connect(&redis, args)) {
        reply = ggictl_load_run(&store, ggictl_withdraw_send);
        ggictl_redis_close(&redis);
    }

    ggictl_store_free(&store);

    if (reply == NULL) {
        return GGICTL_ERROR;
    }

    there = reply->integer != 0;
    freeReplyObject(reply);

    ggictl_say(args->result, "%s: %s\n", oin, there ? "withdrawn" : "there was no profile");
    json_object_set_new(args->result, "oin", ggictl_json_cstr(oin));
    json_object_set_new(args->result, "withdrawn", json_boolean(there));

    return there ? GGICTL_OK : GGICTL_NO;
}
