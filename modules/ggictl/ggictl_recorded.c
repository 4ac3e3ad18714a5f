/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggictl_calls_all.h"
#include "ggictl_changes.h"
#include "ggictl_changes_conf.h"
#include "ggictl_documents.h"
#include "ggictl_out.h"
#include "ggictl_recorded.h"
#include "ggictl_show_text.h"


/*
 * What is compared. recorded has an object for each key: "sha256" of what was there last by the
 * log, "" for nothing, "versie", "time" and "by"; "maybe", an array of what may be there since,
 * by changes of which nobody knows what came; and "seen", when it is in Redis.
 */
typedef struct {
    json_t               *result;       /* NULL: print text */
    json_t               *recorded;
    size_t                documents;    /* in Redis */
    size_t                changed;      /* without a record */
    const ggictl_kind_t  *kind;
} ggictl_recorded_t;


/* Returns what is recorded of a key, which is added when nothing is. */
static json_t *
ggictl_recorded_of(ggictl_recorded_t *recorded, const char *key)
{
    json_t  *one;

    one = json_object_get(recorded->recorded, key);

    if (one == NULL) {
        one = json_pack("{s:s, s:[]}", "sha256", "", "maybe");
        json_object_set_new(recorded->recorded, key, one);
    }

    return one;
}


/* Returns the key of the document that a record is about; "" when it is about none of a kind. */
static ggi_str_t
ggictl_recorded_key(const ggictl_kind_t *kind, const ggi_str_t *field)
{
    size_t     len = strlen(kind->command);
    ggi_str_t  command = field[GGI_LOGGED_COMMAND], none = ggi_str("");

    if (command.len <= len || memcmp(command.data, kind->command, len) != 0
        || command.data[len] != ' ')
    {
        return none;
    }

    return field[kind->by_oin ? GGI_LOGGED_OIN : GGI_LOGGED_ITEM];
}


/* Notes a change of a document, the last one so far. Returns 1. */
static int
ggictl_recorded_change(void *data, const ggi_joined_t *joined)
{
    char                time[GGICTL_SHOW_TIME + 1], key[GGI_KEY_MAX + 1];
    json_t             *one;
    ggi_str_t           result, about;
    const ggi_str_t    *field = joined->first.logged.field;
    ggictl_recorded_t  *recorded = data;

    static const ggi_str_t  done[] = { ggi_str("done"), ggi_str("unchanged") };
    static const ggi_str_t  undone[] = { ggi_str("refused"), ggi_str("failed") };

    result = joined->end.logged.field[GGI_LOGGED_RESULT];

    about = ggictl_recorded_key(recorded->kind, field);

    if (about.len == 0 || ggi_str_in(undone, 2, result)) {
        return 1;
    }

    snprintf(key, sizeof(key), "%.*s", (int) about.len, about.data);
    one = ggictl_recorded_of(recorded, key);

    if (!ggi_str_in(done, 2, result)) {
        json_array_append_new(json_object_get(one, "maybe"),
                              ggictl_json_str(field[GGI_LOGGED_NEW_HASH].data,
                                              field[GGI_LOGGED_NEW_HASH].len));
        return 1;
    }

    json_object_set_new(one, "maybe", json_array());
    json_object_set_new(one, "sha256", ggictl_json_str(field[GGI_LOGGED_NEW_HASH].data,
                                                       field[GGI_LOGGED_NEW_HASH].len));
    json_object_set_new(one, "versie", ggictl_json_str(field[GGI_LOGGED_NEW_VERSION].data,
                                                       field[GGI_LOGGED_NEW_VERSION].len));
    json_object_set_new(one, "by", ggictl_json_str(field[GGI_LOGGED_USER].data,
                                                   field[GGI_LOGGED_USER].len));
    json_object_set_new(one, "time",
                        json_string(ggictl_show_time(time, joined->first.logged.time)));

    return 1;
}


/* Returns 1 when a digest, "" for nothing, may be in Redis by what is recorded, 0 otherwise. */
static int
ggictl_recorded_fits(const json_t *one, const char *digest)
{
    size_t   i;
    json_t  *maybe;

    json_array_foreach(json_object_get(one, "maybe"), i, maybe) {
        if (strcmp(json_string_value(maybe), digest) == 0) {
            return 1;
        }
    }

    return strcmp(json_string_value(json_object_get(one, "sha256")), digest) == 0;
}


/* Tells that a document was changed without a record; digest is "" when there is none now. */
static void
ggictl_recorded_tell(ggictl_recorded_t *recorded, const char *key, json_t *one,
    const char *digest)
{
    json_t      *entry;
    const char  *time, *by;

    recorded->changed++;
    time = json_string_value(json_object_get(one, "time"));
    by = json_string_value(json_object_get(one, "by"));

    ggictl_say(recorded->result, "%s: %s outside ggictl: ", key,
               digest[0] == '\0' ? "withdrawn"
               : json_string_length(json_object_get(one, "sha256")) ? "changed" : "loaded");

    if (time) {
        ggictl_say(recorded->result, "the last record is of %s, by %s\n", time, by);

    } else {
        ggictl_say(recorded->result, "there is no record\n");
    }

    entry = recorded->result
            ? json_pack("{s:o, s:o, s:O}", recorded->kind->stored->shape->key,
                        ggictl_json_cstr(key), "sha256",
                        digest[0] ? json_string(digest) : json_null(), "recorded", one)
            : NULL;
    json_array_append_new(json_object_get(recorded->result, "changed"), entry);
}


/* Compares a document that is in Redis with what is recorded of it. */
static void
ggictl_recorded_there(void *data, const char *key, const redisReply *reply)
{
    char                 digest[GGI_CHAIN_HASH_LEN + 1];
    json_t              *one;
    ggi_str_t            text = { reply->len, reply->str }, hex;
    ggictl_recorded_t   *recorded = data;

    memset(digest, 0, sizeof(digest));
    one = ggictl_recorded_of(recorded, key);

    if (json_object_get(one, "seen")) {
        return;
    }

    json_object_set_new(one, "seen", json_true());
    recorded->documents++;

    if (!ggictl_changes_digest(digest, text, &hex) || !ggictl_recorded_fits(one, digest)) {
        ggictl_recorded_tell(recorded, key, one, digest);
    }
}


/* Tells of the documents that are recorded and no longer in Redis. */
static void
ggictl_recorded_missing(ggictl_recorded_t *recorded)
{
    json_t      *one;
    const char  *key;

    json_object_foreach(recorded->recorded, key, one) {
        if (json_object_get(one, "seen") == NULL && !ggictl_recorded_fits(one, "")) {
            ggictl_recorded_tell(recorded, key, one, "");
        }
    }
}


/* Reads the changes of a Redis from the log. Returns GGICTL_OK, or GGICTL_ERROR after a message. */
static int
ggictl_recorded_read(ggictl_recorded_t *recorded, const ggictl_args_t *args,
    const ggictl_redis_t *redis)
{
    char            log[PATH_MAX], target[1200], *name = log;
    ggi_filter_t    filter;
    ggictl_args_t   logs = *args;

    if (logs.n == 0) {
        logs.n = 1;
        logs.arguments = &name;

        switch (ggictl_changes_path(log, args)) {
        case 1:
            break;

        case 0:
            return ggictl_fail("%s: expected the log of changes, which nothing names",
                               args->command->name);

        default:
            return GGICTL_ERROR;
        }
    }

    ggi_filter_init(&filter);
    filter.calls = 0;

    if (!ggi_filter_add(&filter, GGI_LOGGED_EVENT, ggictl_str("ggi.change"))
        || !ggi_filter_add(&filter, GGI_LOGGED_TARGET,
                           ggictl_str(ggictl_redis_target(redis, target, sizeof(target)))))
    {
        return GGICTL_ERROR;
    }

    return ggictl_calls_all(&filter, &logs, ggictl_recorded_change, recorded);
}


/* Compares what is recorded with what is in Redis. Returns the exit status. */
static int
ggictl_recorded_compare(ggictl_recorded_t *recorded, const ggictl_args_t *args,
    ggictl_redis_t *redis)
{
    int  rc;

    rc = ggictl_recorded_read(recorded, args, redis);

    if (rc != GGICTL_OK) {
        return rc;
    }

    if (!ggictl_documents_each(redis, recorded->kind, ggictl_recorded_there, recorded)) {
        return GGICTL_ERROR;
    }

    ggictl_recorded_missing(recorded);
    ggictl_say(recorded->result, "%zu %s%s, %zu changed outside ggictl\n", recorded->documents,
               recorded->kind->one, ggictl_plural(recorded->documents), recorded->changed);
    json_object_set_new(recorded->result, recorded->kind->documents->plural,
                        json_integer((json_int_t) recorded->documents));

    return recorded->changed ? GGICTL_NO : GGICTL_OK;
}


int
ggictl_documents_verify(ggictl_args_t *args)
{
    int                 rc;
    ggictl_redis_t      redis;
    ggictl_recorded_t   recorded = { args->result, json_object(), 0, 0, args->command->kind };

    rc = GGICTL_ERROR;
    json_object_set_new(args->result, "changed", json_array());

    if (ggictl_connect(&redis, args)) {
        rc = ggictl_recorded_compare(&recorded, args, &redis);
        ggictl_redis_close(&redis);
    }

    json_decref(recorded.recorded);

    return rc;
}
