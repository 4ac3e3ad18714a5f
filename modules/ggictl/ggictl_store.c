/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* asprintf() */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "ggictl_out.h"
#include "ggictl_store.h"

#define GGICTL_STORE_TARGET  1200       /* bytes of the URL of Redis */


/* What is in Redis under each key; false where it is no string. */
static const char  ggictl_store_read[] =
    "local there = {} "
    "for i, key in ipairs(KEYS) do "
    "  there[i] = redis.call('TYPE', key).ok == 'string' and redis.call('GET', key) or false "
    "end "
    "return there";


int
ggictl_store_add(ggictl_store_t *store, const char *name, char *versie, char *text)
{
    const char       *prefix = store->args->command->kind->stored->prefix;
    ggictl_stored_t  *list, *stored;

    list = realloc(store->list, (store->n + 1) * sizeof(ggictl_stored_t));

    if (list == NULL) {
        free(versie);
        free(text);
        return 0;
    }

    store->list = list;
    stored = &list[store->n];
    memset(stored, 0, sizeof(ggictl_stored_t));
    stored->versie = versie;
    stored->text = text;

    if (asprintf(&stored->key, "%s%s", prefix, name) == -1) {
        stored->key = NULL;
    }

    stored->name = stored->key ? stored->key + strlen(prefix) : NULL;
    store->n++;

    return stored->key != NULL;
}


void
ggictl_store_free(ggictl_store_t *store)
{
    size_t  i;

    for (i = 0; i < store->n; i++) {
        free(store->list[i].key);
        free(store->list[i].versie);
        free(store->list[i].text);
    }

    free(store->list);
    store->list = NULL;
    store->n = 0;
}


redisReply *
ggictl_store_ask(const ggictl_store_t *store, const char *script, const char **more, size_t n)
{
    char          count[32];
    size_t        i;
    redisReply   *reply;
    const char  **argv;

    argv = calloc(3 + store->n + n, sizeof(char *));

    if (argv == NULL) {
        snprintf(store->redis->error, sizeof(store->redis->error), "no memory");
        return NULL;
    }

    snprintf(count, sizeof(count), "%zu", store->n);
    argv[0] = "EVAL";
    argv[1] = script;
    argv[2] = count;

    for (i = 0; i < store->n; i++) {
        argv[3 + i] = store->list[i].key;
    }

    for (i = 0; i < n; i++) {
        argv[3 + store->n + i] = more[i];
    }

    reply = ggictl_redis_ask(store->redis, (int) (3 + store->n + n), argv);
    free(argv);

    return reply;
}


/* Asks Redis for what is there. Returns an array of n, or NULL with redis->error. */
static redisReply *
ggictl_store_there(const ggictl_store_t *store)
{
    redisReply  *reply;

    reply = ggictl_store_ask(store, ggictl_store_read, NULL, 0);

    if (reply && (reply->type != REDIS_REPLY_ARRAY || reply->elements != store->n)) {
        freeReplyObject(reply);
        reply = NULL;
    }

    return reply;
}


/* Writes the versie of a text to version, if it is JSON that has one. Returns it. */
static ggi_str_t
ggictl_store_version(char version[32], ggi_str_t text)
{
    json_t  *root, *versie;

    version[0] = '\0';
    root = text.len ? json_loadb(text.data, text.len, 0, NULL) : NULL;
    versie = json_object_get(root, "versie");

    if (json_is_integer(versie)) {
        snprintf(version, 32, "%" JSON_INTEGER_FORMAT, json_integer_value(versie));
    }

    json_decref(root);

    return ggictl_str(version);
}


/* Sets what a script compares with what is there. Returns 1, or 0 after a message. */
static int
ggictl_store_expect(ggictl_stored_t *stored, const redisReply *there)
{
    unsigned       len;
    unsigned char  hash[EVP_MAX_MD_SIZE];

    memset(stored->expected, 0, sizeof(stored->expected));

    if (there->type != REDIS_REPLY_STRING) {
        return 1;
    }

    if (!EVP_Digest(there->str, there->len, hash, &len, EVP_sha1(), NULL)) {
        (void) ggictl_fail("OpenSSL has no SHA-1: nothing is changed");
        return 0;
    }

    ggi_hex_write(stored->expected, hash, len);

    return 1;
}


/*
 * Records that a document is going to be changed, unless it is there as it is to be. Returns 1,
 * or 0 after a message.
 */
static int
ggictl_store_record(const ggictl_store_t *store, ggictl_stored_t *stored,
    const redisReply *there)
{
    char                  target[GGICTL_STORE_TARGET], version[32];
    char                  before[GGI_CHAIN_HASH_LEN], after[GGI_CHAIN_HASH_LEN];
    ggi_str_t             old;
    ggi_change_t          change;
    const ggictl_kind_t  *kind = store->args->command->kind;

    old.data = there->str;
    old.len = (there->type == REDIS_REPLY_STRING) ? there->len : 0;
    memset(&change, 0, sizeof(change));
    change.document = ggictl_str(stored->text);
    stored->intended = 0;

    if (!ggictl_store_expect(stored, there)) {
        return 0;
    }

    if (stored->text && there->type == REDIS_REPLY_STRING && ggi_str_eq(old, change.document)) {
        return 1;
    }

    if ((there->type == REDIS_REPLY_STRING
         && !ggictl_changes_digest(before, old, &change.before.sha256))
        || (stored->text && !ggictl_changes_digest(after, change.document, &change.after.sha256)))
    {
        return 0;
    }

    change.kind = ggictl_str(kind->recorded);
    change.target = ggictl_str(ggictl_redis_target(store->redis, target, sizeof(target)));
    *(kind->by_oin ? &change.oin : &change.item) = ggictl_str(stored->name);
    change.source = ggictl_str(store->source);
    change.forced = store->args->option[GGICTL_FORCE] != NULL;
    change.before.version = ggictl_store_version(version, old);
    change.after.version = ggictl_str(stored->versie);
    stored->intended = 1;

    return ggictl_changes_intend(store->args->changes, &change, &stored->change);
}


int
ggictl_store_intend(ggictl_store_t *store)
{
    int          on;
    size_t       i;
    redisReply  *there;

    on = ggictl_changes_on(store->args->changes);

    for (i = 0; i < store->n && on == 0; i++) {
        strcpy(store->list[i].expected, "-");
    }

    if (on != 1) {
        return on == 0;
    }

    there = ggictl_store_there(store);

    if (there == NULL) {
        (void) ggictl_fail("redis: %s", store->redis->error);
        return 0;
    }

    for (i = 0; i < store->n; i++) {
        if (!ggictl_store_record(store, &store->list[i], there->element[i])) {
            break;
        }
    }

    freeReplyObject(there);

    return i == store->n && ggictl_changes_commit(store->args->changes);
}


/*
 * Returns what came of a change that Redis has answered with an error, by what is there now:
 * a script that fails halfway has done what comes before that.
 */
static ggictl_change_e
ggictl_store_look(const ggictl_stored_t *stored, const redisReply *there)
{
    ggi_str_t        now;
    ggictl_stored_t  other = *stored;

    if (there == NULL || !ggictl_store_expect(&other, there)) {
        return GGICTL_CHANGE_UNKNOWN;
    }

    if (strcmp(other.expected, stored->expected) == 0) {
        return GGICTL_CHANGE_FAILED;
    }

    now.data = there->str;
    now.len = (there->type == REDIS_REPLY_STRING) ? there->len : 0;

    return ggi_str_eq(now, ggictl_str(stored->text)) ? GGICTL_CHANGE_DONE : GGICTL_CHANGE_UNKNOWN;
}


/* Records that Redis has answered with an error, or not at all. */
static void
ggictl_store_failed(ggictl_store_t *store)
{
    char         why[sizeof(store->redis->error)];
    size_t       i;
    redisReply  *there;

    memcpy(why, store->redis->error, sizeof(why));
    there = store->redis->refused ? ggictl_store_there(store) : NULL;

    for (i = 0; i < store->n; i++) {
        if (store->list[i].intended) {
            ggictl_changes_outcome(store->args->changes, &store->list[i].change,
                                   ggictl_store_look(&store->list[i],
                                                     there ? there->element[i] : NULL), why);
        }
    }

    freeReplyObject(there);
}


int
ggictl_store_end(ggictl_store_t *store, const redisReply *reply)
{
    int               again;
    size_t            i;
    const char       *why;
    ggictl_change_e   result;

    if (reply == NULL) {
        ggictl_store_failed(store);
        return 0;
    }

    again = (reply->type == REDIS_REPLY_INTEGER && reply->integer == GGICTL_STORE_AGAIN);
    why = again ? "it was changed meanwhile by somebody else" : reply->str;
    result = (again || reply->type != REDIS_REPLY_INTEGER) ? GGICTL_CHANGE_REFUSED
             : reply->integer ? GGICTL_CHANGE_DONE : GGICTL_CHANGE_UNCHANGED;

    for (i = 0; i < store->n; i++) {
        if (store->list[i].intended) {
            ggictl_changes_outcome(store->args->changes, &store->list[i].change, result, why);
        }
    }

    return again;
}
