/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_oin.h"
#include "ggi_profile_compile.h"
#include "ggi_profiles.h"
#include "ggi_redis_keys.h"
#include "ggictl_check.h"
#include "ggictl_input.h"
#include "ggictl_out.h"
#include "ggictl_profiel.h"


int
ggictl_profiel_connect(ggictl_redis_t *redis, const ggictl_args_t *args)
{
    const char  *url, *ca;

    url = args->option[GGICTL_REDIS] ? args->option[GGICTL_REDIS] : getenv("GGI_REDIS");
    ca = args->option[GGICTL_REDIS_CA] ? args->option[GGICTL_REDIS_CA] : getenv("GGI_REDIS_CA");

    if (ggictl_redis_open(redis, url ? url : "redis://127.0.0.1:6379/0", ca)) {
        return 1;
    }

    ggictl_fail("redis: %s", redis->error);
    ggictl_redis_close(redis);

    return 0;
}


/*
 * Sends a command. Returns the reply, which the caller frees with freeReplyObject(), or
 * NULL after a message.
 */
static redisReply *
ggictl_profiel_ask(ggictl_redis_t *redis, int argc, const char **argv)
{
    redisReply  *reply;

    reply = ggictl_redis_ask(redis, argc, argv);

    if (reply == NULL) {
        ggictl_fail("redis: %s", redis->error);
    }

    return reply;
}


redisReply *
ggictl_profiel_get(ggictl_redis_t *redis, const char *oin)
{
    char         key[64];
    const char  *argv[2] = { "GET", key };

    snprintf(key, sizeof(key), GGI_REDIS_KEY_PREFIX "%.32s", oin);

    return ggictl_profiel_ask(redis, 2, argv);
}


/*
 * The script that loads all profiles or none, which Redis runs as one step. Each
 * profile has to be newer than the one in Redis, or equal to it. ARGV holds "1" to load
 * in any case or "0", and then for each key the versie, the profile and the OIN.
 */
static const char  ggictl_load_script[] =
    "local changed = {} "
    "for i, key in ipairs(KEYS) do "
    "  local versie, text = tonumber(ARGV[3 * i - 1]), ARGV[3 * i] "
    "  local kind = redis.call('TYPE', key).ok "
    "  local old = kind == 'string' and redis.call('GET', key) or nil "
    "  changed[i] = old ~= text "
    "  if old and changed[i] and ARGV[1] ~= '1' then "
    "    local ok, there = pcall(cjson.decode, old) "
    "    if ok and type(there) == 'table' and type(there.versie) == 'number' "
    "       and there.versie >= versie then "
    "      return ARGV[3 * i + 1] .. ' has version ' .. string.format('%d', there.versie) "
    "             .. ' in Redis, and version ' .. versie .. ' in the file' "
    "    end "
    "  end "
    "end "
    "local n = 0 "
    "for i, key in ipairs(KEYS) do "
    "  if changed[i] then "
    "    redis.call('SET', key, ARGV[3 * i]) "
    "    redis.call('PUBLISH', '" GGI_REDIS_CHANNEL "', ARGV[3 * i + 1]) "
    "    n = n + 1 "
    "  end "
    "end "
    "return n";


/* The words of the EVAL command that loads a file. */
typedef struct {
    size_t        n;
    char        **keys;
    char        **arguments;            /* three per profile: versie, JSON, OIN */
} ggictl_load_t;


static int
ggictl_load_add(void *data, json_t *profile, const char *where, const ggi_str_t *oin,
    ggi_fault_t *fault)
{
    char           **keys, **arguments;
    ggictl_load_t   *load = data;

    (void) where;
    (void) oin;
    (void) fault;

    keys = realloc(load->keys, (load->n + 1) * sizeof(char *));
    load->keys = keys ? keys : load->keys;
    arguments = realloc(load->arguments, 3 * (load->n + 1) * sizeof(char *));
    load->arguments = arguments ? arguments : load->arguments;

    if (keys == NULL || arguments == NULL
        || asprintf(&keys[load->n], GGI_REDIS_KEY_PREFIX "%s",
                    json_string_value(json_object_get(profile, "oin")))
               < 0)
    {
        return 0;
    }

    arguments += 3 * load->n;

    if (asprintf(&arguments[0], "%" JSON_INTEGER_FORMAT,
                 json_integer_value(json_object_get(profile, "versie")))
        < 0)
    {
        free(keys[load->n]);
        return 0;
    }

    arguments[1] = json_dumps(profile, JSON_COMPACT);
    arguments[2] = keys[load->n] + strlen(GGI_REDIS_KEY_PREFIX);
    load->n++;

    return arguments[1] != NULL;
}


static void
ggictl_load_free(ggictl_load_t *load)
{
    size_t  i;

    for (i = 0; i < load->n; i++) {
        free(load->arguments[3 * i]);
        free(load->arguments[3 * i + 1]);
        free(load->keys[i]);
    }

    free(load->arguments);
    free(load->keys);
}


/* Sends the profiles that were collected. Returns the reply, or NULL after a message. */
static redisReply *
ggictl_load_send(ggictl_args_t *args, const ggictl_load_t *load)
{
    char             count[32];
    size_t           i;
    const char     **argv;
    redisReply      *reply;
    ggictl_redis_t   redis;

    argv = calloc(4 + 4 * load->n, sizeof(char *));
    if (argv == NULL) {
        ggictl_fail("no memory");
        return NULL;
    }

    snprintf(count, sizeof(count), "%zu", load->n);
    argv[0] = "EVAL";
    argv[1] = ggictl_load_script;
    argv[2] = count;

    for (i = 0; i < load->n; i++) {
        argv[3 + i] = load->keys[i];
    }

    argv[3 + load->n] = args->option[GGICTL_FORCE] ? "1" : "0";

    for (i = 0; i < 3 * load->n; i++) {
        argv[4 + load->n + i] = load->arguments[i];
    }

    reply = NULL;

    if (ggictl_profiel_connect(&redis, args)) {
        reply = ggictl_profiel_ask(&redis, (int) (4 + 4 * load->n), argv);
        ggictl_redis_close(&redis);
    }

    free(argv);

    return reply;
}


/* Puts the profiles of a file that was checked into Redis. Returns the exit status. */
static int
ggictl_load(ggictl_args_t *args, json_t *root)
{
    int            rc;
    redisReply    *reply;
    ggi_fault_t    fault = ggi_fault_init;
    ggictl_load_t  load = { 0, NULL, NULL };

    if (!ggi_documents_walk(&ggi_profiles_kind, root, ggictl_load_add, &load, &fault)
        || load.n == 0)
    {
        rc = ggictl_fail("%s: no profiles to load", ggictl_input_name(args->arguments[0]));
        ggictl_load_free(&load);
        return rc;
    }

    reply = ggictl_load_send(args, &load);
    rc = GGICTL_ERROR;

    if (reply && reply->type == REDIS_REPLY_INTEGER) {
        rc = GGICTL_OK;
        ggictl_say(args->result, "%lld of %zu profile%s changed\n", reply->integer, load.n,
                   ggictl_plural(load.n));
        json_object_set_new(args->result, "changed", json_integer(reply->integer));

    } else if (reply) {
        rc = GGICTL_NO;
        ggictl_say(args->result, "nothing changed: %s; --force loads it nevertheless\n",
                   reply->str ? reply->str : "");
        json_object_set_new(args->result, "changed", json_integer(0));
        json_object_set_new(args->result, "reason", ggictl_json_cstr(reply->str));
    }

    json_object_set_new(args->result, "profiles", json_integer((json_int_t) load.n));
    freeReplyObject(reply);
    ggictl_load_free(&load);

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


/* Prints what Redis has for an OIN, when that is not JSON, as one line of text. */
static void
ggictl_show_raw(ggictl_args_t *args, redisReply *reply)
{
    size_t  i;

    for (i = 0; i < reply->len; i++) {
        if ((unsigned char) reply->str[i] < 0x20 || reply->str[i] == 0x7f) {
            reply->str[i] = '?';
        }
    }

    ggictl_say(args->result, "%.*s\n", (int) reply->len, reply->str);
    json_object_set_new(args->result, "fault", ggictl_json_cstr("$: no JSON"));
}


int
ggictl_profiel_show(ggictl_args_t *args)
{
    int              rc;
    json_t          *root;
    redisReply      *reply;
    const char      *oin = args->arguments[0];
    ggictl_redis_t   redis;

    if (!ggictl_profiel_connect(&redis, args)) {
        return GGICTL_ERROR;
    }

    reply = ggictl_profiel_get(&redis, oin);
    ggictl_redis_close(&redis);

    if (reply == NULL) {
        return GGICTL_ERROR;
    }

    root = NULL;
    rc = GGICTL_NO;
    json_object_set_new(args->result, "oin", ggictl_json_cstr(oin));

    if (reply->type != REDIS_REPLY_STRING) {
        ggictl_say(args->result, "%s: no profile\n", oin);
        json_object_set_new(args->result, "profile", json_null());

    } else if ((root = json_loadb(reply->str, reply->len, 0, NULL)) != NULL) {
        rc = GGICTL_OK;
        json_object_set(args->result, "profile", root);

        if (args->result == NULL) {
            json_dumpf(root, stdout, JSON_INDENT(2));
            putchar('\n');
        }

    } else {
        ggictl_show_raw(args, reply);
    }

    json_decref(root);
    freeReplyObject(reply);

    return rc;
}


/*
 * Prints the line of one profile in the list. list is the array of the result; NULL:
 * print text.
 */
static void
ggictl_list_profile(json_t *list, const char *oin, const redisReply *reply)
{
    json_t         *root, *one;
    ggi_str_t       number = { strlen(oin), oin };
    const char     *from, *until, *name;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_profile_t  *profile;

    profile = ggi_profile_parse(reply->str, reply->len, &number, &fault);

    if (profile == NULL) {
        ggictl_say(list, "%s\tfaulty\t%s\n", oin, fault.text);
        one = list ? json_pack("{s:o, s:o}", "oin", ggictl_json_cstr(oin), "fault",
                               ggictl_json_cstr(fault.text))
                   : NULL;
        json_array_append_new(list, one);
        return;
    }

    root = json_loadb(reply->str, reply->len, 0, NULL);
    from = json_string_value(json_object_get(root, "geldig_van"));
    until = json_string_value(json_object_get(root, "geldig_tot"));
    name = json_string_value(json_object_get(root, "naam"));

    ggictl_say(list, "%s\t%" PRId64 "\t%s\t%s\t%s\n", oin, profile->document.versie,
               from ? from : "-",
               until ? until : "-", name ? name : "-");

    one = list ? json_pack("{s:o, s:I, s:o, s:o, s:o}", "oin", ggictl_json_cstr(oin), "versie",
                           (json_int_t) profile->document.versie, "geldig_van",
                            ggictl_json_cstr(from),
                           "geldig_tot", ggictl_json_cstr(until), "naam", ggictl_json_cstr(name))
               : NULL;
    json_array_append_new(list, one);

    free(profile);
    json_decref(root);
}


/* Lists the profiles of the keys that one SCAN gave. Returns 1, or 0 after a message. */
static int
ggictl_list_keys(json_t *list, ggictl_redis_t *redis, const redisReply *keys)
{
    size_t       i;
    redisReply  *reply;
    const char  *oin;

    for (i = 0; i < keys->elements; i++) {
        oin = keys->element[i]->str + strlen(GGI_REDIS_KEY_PREFIX);
        reply = ggictl_profiel_get(redis, oin);

        if (reply == NULL) {
            return 0;
        }

        if (reply->type == REDIS_REPLY_STRING) {        /* nil: withdrawn since the SCAN */
            ggictl_list_profile(list, oin, reply);
        }

        freeReplyObject(reply);
    }

    return 1;
}


int
ggictl_profiel_list(ggictl_args_t *args)
{
    int              ok;
    char             cursor[32] = "0";
    json_t          *list;
    redisReply      *reply;
    const char      *argv[] = { "SCAN", cursor, "MATCH", (GGI_REDIS_KEY_PREFIX "*"), "COUNT",
                                "1000" };
    ggictl_redis_t   redis;

    if (!ggictl_profiel_connect(&redis, args)) {
        return GGICTL_ERROR;
    }

    list = args->result ? json_array() : NULL;
    json_object_set_new(args->result, "profiles", list);

    do {
        reply = ggictl_profiel_ask(&redis, 6, argv);
        ok = 0;

        if (reply) {
            snprintf(cursor, sizeof(cursor), "%s", reply->element[0]->str);
            ok = ggictl_list_keys(list, &redis, reply->element[1]);
            freeReplyObject(reply);
        }
    } while (ok && strcmp(cursor, "0") != 0);

    ggictl_redis_close(&redis);

    return ok ? GGICTL_OK : GGICTL_ERROR;
}


int
ggictl_profiel_withdraw(ggictl_args_t *args)
{
    int              there;
    char             key[64];
    const char      *oin = args->arguments[0];
    redisReply      *reply;
    ggictl_redis_t   redis;
    static const char  script[] = "local n = redis.call('DEL', KEYS[1]) "
                                 "redis.call('PUBLISH', '" GGI_REDIS_CHANNEL "', ARGV[1]) return n";
    const char      *argv[] = { "EVAL", script, "1", key, oin };

    if (strlen(oin) != GGI_OIN_LEN) {
        return ggictl_fail("profiel withdraw: expected an OIN of %d positions, not \"%s\"",
                           GGI_OIN_LEN, oin);
    }

    snprintf(key, sizeof(key), GGI_REDIS_KEY_PREFIX "%s", oin);

    if (!ggictl_profiel_connect(&redis, args)) {
        return GGICTL_ERROR;
    }

    reply = ggictl_profiel_ask(&redis, 5, argv);
    ggictl_redis_close(&redis);

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
