/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_profile_compile.h"
#include "ggi_redis_keys.h"
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
 * Prints the line of one profile in the list. data is the array of the result; NULL: print
 * text.
 */
static void
ggictl_list_profile(void *data, const char *oin, const redisReply *reply)
{
    json_t         *root, *one, *list = data;
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


/* Visits the profiles of the keys that one SCAN gave. Returns 1, or 0 after a message. */
static int
ggictl_profiel_keys(ggictl_redis_t *redis, const redisReply *keys, ggictl_profiel_pt visit,
    void *data)
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
            visit(data, oin, reply);
        }

        freeReplyObject(reply);
    }

    return 1;
}


int
ggictl_profiel_each(ggictl_redis_t *redis, ggictl_profiel_pt visit, void *data)
{
    int          ok;
    char         cursor[32] = "0";
    redisReply  *reply;
    const char  *argv[] = { "SCAN", cursor, "MATCH", (GGI_REDIS_KEY_PREFIX "*"), "COUNT", "1000" };

    do {
        reply = ggictl_profiel_ask(redis, 6, argv);
        ok = 0;

        if (reply) {
            snprintf(cursor, sizeof(cursor), "%s", reply->element[0]->str);
            ok = ggictl_profiel_keys(redis, reply->element[1], visit, data);
            freeReplyObject(reply);
        }
    } while (ok && strcmp(cursor, "0") != 0);

    return ok;
}


int
ggictl_profiel_list(ggictl_args_t *args)
{
    int              ok;
    json_t          *list;
    ggictl_redis_t   redis;

    if (!ggictl_profiel_connect(&redis, args)) {
        return GGICTL_ERROR;
    }

    list = args->result ? json_array() : NULL;
    json_object_set_new(args->result, "profiles", list);
    ok = ggictl_profiel_each(&redis, ggictl_list_profile, list);
    ggictl_redis_close(&redis);

    return ok ? GGICTL_OK : GGICTL_ERROR;
}
