/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_agreement.h"
#include "ggictl_cluster.h"
#include "ggictl_documents.h"
#include "ggictl_out.h"
#include "ggictl_redis_open.h"
#include "ggictl_scan.h"

#define GGICTL_DOCUMENTS_KEY  1024      /* bytes of a key that is asked for, with its prefix */


/* Where the lines of a list go. */
typedef struct {
    const ggictl_kind_t  *kind;
    json_t               *list;         /* array of the result; NULL: print text */
} ggictl_list_t;


/* Sets access to the Redis that the arguments or the environment name, or to that of this host. */
static void
ggictl_redis_of(ggictl_redis_access_t *access, const ggictl_args_t *args)
{
    ggictl_redis_access(access, args);

    if (access->url == NULL) {
        access->url = "redis://127.0.0.1:6379/0";
    }
}


int
ggictl_redis_named(const ggictl_args_t *args)
{
    int                    good;
    ggi_fault_t            fault = ggi_fault_init;
    ggi_redis_url_t        url;
    ggictl_redis_access_t  access;

    ggictl_redis_of(&access, args);
    good = ggi_redis_url_parse(&url, ggictl_str(access.url), &fault);
    explicit_bzero(&url, sizeof(url));

    if (!good) {
        (void) ggictl_fail("redis: %s", fault.text);
    }

    return good;
}


int
ggictl_connect(ggictl_redis_t *redis, const ggictl_args_t *args)
{
    ggictl_redis_access_t  access;

    ggictl_redis_of(&access, args);

    if (ggictl_redis_open(redis, &access, GGICTL_REDIS_MASTER)) {
        return 1;
    }

    ggictl_fail("redis: %s", redis->error);
    ggictl_redis_close(redis);

    return 0;
}


int
ggictl_key_good(const ggictl_args_t *args, const char *key)
{
    const ggictl_kind_t  *kind = args->command->kind;

    if (!ggi_kind_key_valid(kind->stored, ggictl_str(key))) {
        (void) ggictl_fail("%s: expected %s, not \"%s\"", args->command->name,
                           kind->stored->shape->key_expected, key);
        return 0;
    }

    return 1;
}


/*
 * Sends a command. Returns the reply, which the caller frees with freeReplyObject(), or
 * NULL after a message.
 */
static redisReply *
ggictl_documents_ask(ggictl_redis_t *redis, int argc, const char **argv)
{
    redisReply  *reply;

    reply = ggictl_redis_ask(redis, argc, argv);

    if (reply == NULL) {
        ggictl_fail("redis: %s", redis->error);
    }

    return reply;
}


redisReply *
ggictl_documents_get(ggictl_redis_t *redis, const ggictl_kind_t *kind, const char *key)
{
    char         name[GGICTL_DOCUMENTS_KEY];
    const char  *argv[2] = { "GET", name };

    snprintf(name, sizeof(name), "%s%s", kind->stored->prefix, key);

    return ggictl_documents_ask(redis, 2, argv);
}


/* Prints what Redis has for a key, when that is not JSON, as one line of text. */
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
ggictl_documents_show(ggictl_args_t *args)
{
    int                   rc;
    json_t               *root;
    redisReply           *reply;
    const char           *key = args->arguments[0];
    ggictl_redis_t        redis;
    const ggictl_kind_t  *kind = args->command->kind;

    if (!ggictl_key_good(args, key) || !ggictl_connect(&redis, args)) {
        return GGICTL_ERROR;
    }

    reply = ggictl_documents_get(&redis, kind, key);
    ggictl_redis_close(&redis);

    if (reply == NULL) {
        return GGICTL_ERROR;
    }

    root = NULL;
    rc = GGICTL_NO;
    json_object_set_new(args->result, kind->stored->shape->key, ggictl_json_cstr(key));

    if (reply->type != REDIS_REPLY_STRING) {
        ggictl_say(args->result, "%s: no %s\n", key, kind->stored->name);
        json_object_set_new(args->result, kind->stored->name, json_null());

    } else if ((root = json_loadb(reply->str, reply->len, 0, NULL)) != NULL) {
        rc = GGICTL_OK;
        json_object_set(args->result, kind->stored->name, root);

        if (args->result == NULL) {
            ggictl_json_write(stdout, root, JSON_INDENT(2));
            putchar('\n');
        }

    } else {
        ggictl_show_raw(args, reply);
    }

    json_decref(root);
    freeReplyObject(reply);

    return rc;
}


/* Prints the line of one document in the list. data is a ggictl_list_t. */
static void
ggictl_list_document(void *data, const char *key, const redisReply *reply)
{
    json_t          *root, *one, *list;
    const char      *title, *text, *const *column;
    ggi_str_t        own = ggictl_str(key);
    ggi_fault_t      fault = ggi_fault_init;
    ggictl_list_t   *lines = data;
    ggi_document_t  *document;

    list = lines->list;
    title = lines->kind->stored->shape->key;
    document = ggi_document_parse(lines->kind->stored->shape, reply->str, reply->len, &own, &fault);

    if (document == NULL) {
        ggictl_say(list, "%s\tfaulty\t%s\n", key, fault.text);
        one = list ? json_pack("{s:o, s:o}", title, ggictl_json_cstr(key), "fault",
                               ggictl_json_cstr(fault.text))
                   : NULL;
        json_array_append_new(list, one);
        return;
    }

    root = json_loadb(reply->str, reply->len, 0, NULL);
    ggictl_say(list, "%s\t%" PRId64, key, document->versie);
    one = list ? json_pack("{s:o, s:I}", title, ggictl_json_cstr(key), "versie",
                           (json_int_t) document->versie)
               : NULL;

    for (column = lines->kind->columns; *column; column++) {
        text = json_string_value(json_object_get(root, *column));
        ggictl_say(list, "\t%s", text ? text : "-");
        json_object_set_new(one, *column, ggictl_json_cstr(text));
    }

    ggictl_say(list, "\n");
    json_array_append_new(list, one);

    free(document);
    json_decref(root);
}


/* Adds the keys of a kind that one server has to keys. Returns 1, or 0 after a message. */
static int
ggictl_documents_scan(ggictl_redis_t *server, const ggictl_kind_t *kind, json_t *keys)
{
    int             ok;
    char            match[GGI_KIND_PREFIX_MAX + 2];
    size_t          i, prefix;
    redisReply     *reply;
    ggictl_scan_t   scan;
    const char     *key, *argv[] = { "SCAN", scan.cursor, "MATCH", match, "COUNT", "1000" };

    prefix = strlen(kind->stored->prefix);
    snprintf(match, sizeof(match), "%s*", kind->stored->prefix);
    ggictl_scan_init(&scan);

    do {
        reply = ggictl_documents_ask(server, 6, argv);
        ok = reply && ggictl_scan_page(&scan, reply, 1);

        for (i = 0; ok && i < reply->element[1]->elements; i++) {
            key = reply->element[1]->element[i]->str;
            ok = strncmp(key, kind->stored->prefix, prefix) == 0
                 || !ggictl_fail("redis: sent a key to a scan that is none of %s", match);

            if (ok) {
                (void) json_object_set_new_nocheck(keys, key + prefix, json_null());
            }
        }

        freeReplyObject(reply);
    } while (ok && ggictl_scan_more(&scan));

    return ok;
}


/* Adds the keys of a kind that all masters have to keys. Returns 1, or 0 after a message. */
static int
ggictl_documents_scan_all(ggictl_redis_t *redis, const ggictl_kind_t *kind, json_t *keys)
{
    size_t           i;
    ggictl_redis_t  *server;

    for (i = 0; (server = ggictl_cluster_master(redis, i)) != NULL; i++) {
        if (!ggictl_documents_scan(server, kind, keys)) {
            return 0;
        }
    }

    return redis->error[0] == '\0' || !ggictl_fail("redis: %s", redis->error);
}


/*
 * Adds all keys of a kind to keys. A key that moves between two masters of a Cluster may be missed
 * by one scan, but not by the next one too. Returns 1, or 0 after a message.
 */
static int
ggictl_documents_keys(ggictl_redis_t *redis, const ggictl_kind_t *kind, json_t *keys)
{
    if (!ggictl_documents_scan_all(redis, kind, keys)) {
        return 0;
    }

    if (redis->cluster == NULL) {
        return 1;
    }

    if (!ggictl_cluster_again(redis)) {
        return !ggictl_fail("redis: %s", redis->error);
    }

    return ggictl_documents_scan_all(redis, kind, keys);
}


int
ggictl_documents_each(ggictl_redis_t *redis, const ggictl_kind_t *kind,
    ggictl_document_pt visit, void *data)
{
    int          ok;
    json_t      *keys, *none;
    redisReply  *reply;
    const char  *key;

    keys = json_object();
    ok = ggictl_documents_keys(redis, kind, keys);

    json_object_foreach(keys, key, none) {
        reply = ok ? ggictl_documents_get(redis, kind, key) : NULL;
        ok = (reply != NULL);

        if (reply && reply->type == REDIS_REPLY_STRING) {       /* nil: withdrawn since the scan */
            visit(data, key, reply);
        }

        freeReplyObject(reply);
    }

    json_decref(keys);

    return ok;
}


int
ggictl_documents_list(ggictl_args_t *args)
{
    int              ok;
    ggictl_list_t    lines = { args->command->kind, NULL };
    ggictl_redis_t   redis;

    if (!ggictl_connect(&redis, args)) {
        return GGICTL_ERROR;
    }

    lines.list = args->result ? json_array() : NULL;
    json_object_set_new(args->result, lines.kind->documents->plural, lines.list);
    ok = ggictl_documents_each(&redis, lines.kind, ggictl_list_document, &lines);
    ggictl_redis_close(&redis);

    return ok ? GGICTL_OK : GGICTL_ERROR;
}


/* Adds a document to the object data, under its key, or null when it is no JSON. */
static void
ggictl_export_add(void *data, const char *key, const redisReply *reply)
{
    json_t  *root;

    root = json_loadb(reply->str, reply->len, 0, NULL);
    json_object_set_new(data, key, root ? root : json_null());
}


static int
ggictl_export_compare(const void *one, const void *two)
{
    return strcmp(*(const char *const *) one, *(const char *const *) two);
}


/* Adds the documents of an object to a list, in the order of their keys. Returns the status. */
static int
ggictl_export_sort(json_t *all, json_t *list)
{
    int           rc;
    size_t        i, n;
    void         *iter;
    json_t       *one;
    const char  **keys;

    n = 0;
    rc = GGICTL_OK;
    keys = calloc(json_object_size(all) + 1, sizeof(char *));

    if (keys == NULL) {
        return ggictl_fail("no memory");
    }

    for (iter = json_object_iter(all); iter; iter = json_object_iter_next(all, iter)) {
        keys[n++] = json_object_iter_key(iter);
    }

    qsort(keys, n, sizeof(char *), ggictl_export_compare);

    for (i = 0; i < n; i++) {
        one = json_object_get(all, keys[i]);

        if (json_is_null(one)) {
            (void) ggictl_fail("%s: left out, since it is no JSON", keys[i]);
            rc = GGICTL_NO;

        } else {
            json_array_append(list, one);
        }
    }

    free(keys);

    return rc;
}


int
ggictl_documents_export(ggictl_args_t *args)
{
    int              rc;
    json_t          *all, *list;
    ggictl_redis_t   redis;

    if (!ggictl_connect(&redis, args)) {
        return GGICTL_ERROR;
    }

    rc = GGICTL_ERROR;
    all = json_object();
    list = json_array();

    if (ggictl_documents_each(&redis, args->command->kind, ggictl_export_add, all)) {
        rc = ggictl_export_sort(all, list);
    }

    ggictl_redis_close(&redis);

    if (rc != GGICTL_ERROR && args->result == NULL) {
        ggictl_json_write(stdout, list, JSON_INDENT(2));
        putchar('\n');
    }

    json_object_set(args->result, args->command->kind->documents->plural, list);
    json_decref(list);
    json_decref(all);

    return rc;
}
