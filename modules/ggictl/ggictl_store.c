/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* asprintf() */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "ggictl_dataset.h"
#include "ggictl_marker_record.h"
#include "ggictl_out.h"
#include "ggictl_store.h"

#define GGICTL_STORE_TARGET  1200       /* bytes of the URL of Redis */
#define GGICTL_STORE_KEPT    "1000000"  /* entries of the stream of changes, at least */
#define GGICTL_STORE_FIRST   3          /* words before the keys: EVAL, the script, their number */
#define GGICTL_STORE_KEYS    2          /* besides those of documents */
#define GGICTL_STORE_LAST    4          /* arguments about the change */


/*
 * What stands before each script. The last two keys are the marker of the data set and the
 * stream of changes, and the last four arguments an id, a time, who changes something, and whether
 * there has to be a data set, "1", or none, "0", or "-".
 * documents() gives the other keys. In a Cluster, where a script has the keys of one slot alone,
 * the marker is that of the slot, and the stream that of one document. A script that is going to
 * change something asks by fit() whether that can be noted; calls advance() once; and record()
 * with the name of the change, the key, and the text before and after, or nil.
 */
static const char  ggictl_store_prelude[] =
    "local marker, stream = KEYS[#KEYS - 1], KEYS[#KEYS] "
    "local id, at, by = ARGV[#ARGV - 3], ARGV[#ARGV - 2], ARGV[#ARGV - 1] "
    "local number "
    "local function documents() "
    "  local keys = {} "
    "  for i = 1, #KEYS - 2 do keys[i] = KEYS[i] end "
    "  return keys "
    "end "
    "local function unmarked() return not redis.call('HGET', marker, 'id') end "
    "local function fit() "
    "  for kind, key in pairs({ hash = marker, stream = stream }) do "
    "    local there = redis.call('TYPE', key).ok "
    "    if there ~= kind and there ~= 'none' then return key .. ' is a ' .. there end "
    "  end "
    "  if ARGV[#ARGV] ~= '-' and unmarked() ~= (ARGV[#ARGV] == '0') then return -1 end "
    "end "
    "local function advance() "
    "  redis.call('HSETNX', marker, 'id', id) "
    "  number = redis.call('HINCRBY', marker, 'number', 1) "
    "  redis.call('HSET', marker, 'at', at, 'by', by) "
    "end "
    "local function versie(text) "
    "  local ok, document = pcall(cjson.decode, text or '') "
    "  local n = ok and type(document) == 'table' and document.versie "
    "  return type(n) == 'number' and string.format('%d', n) or '' "
    "end "
    "local function record(change, key, before, after) "
    "  redis.call('XADD', stream, 'MAXLEN', '~', '" GGICTL_STORE_KEPT "', '*', 'change', change, "
    "             'key', key, 'from', versie(before), 'to', versie(after), 'at', at, 'by', by, "
    "             'number', number) "
    "end ";

/*
 * What is in Redis under each key; false where it is no string. Behind them, when there is no data
 * set, the number that a malformed marker has, or "".
 */
static const char  ggictl_store_read[] =
    "local there = {} "
    "for i, key in ipairs(documents()) do "
    "  there[i] = redis.call('TYPE', key).ok == 'string' and redis.call('GET', key) or false "
    "end "
    "local kind = redis.call('TYPE', marker).ok "
    "if kind == 'none' or kind == 'hash' and unmarked() then "
    "  there[#KEYS - 1] = redis.call('HGET', marker, 'number') or '' "
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
    stored->source = store->source;

    if (asprintf(&stored->key, "%s%s", prefix, name) == -1) {
        stored->key = NULL;
    }

    stored->name = stored->key ? stored->key + strlen(prefix) : NULL;
    store->n++;

    return stored->key != NULL;
}


int
ggictl_store_add_shown(ggictl_store_t *store, const char *name, const char *digest)
{
    if (!ggictl_store_add(store, name, NULL, NULL)) {
        return 0;
    }

    snprintf(store->list[store->n - 1].shown, GGICTL_STORE_EXPECTED, "%s", digest);

    return 1;
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

    for (i = 0; i < store->files_n; i++) {
        free(store->files[i].name);
    }

    free(store->files);
    free(store->located);
    free(store->list);
    store->located = NULL;
    store->located_n = 0;
    store->files = NULL;
    store->files_n = 0;
    store->list = NULL;
    store->n = 0;
}


/*
 * Writes the words of a command to argv, which has room for all of them. more, and marker and
 * stream, the keys of the marker and of the stream of changes, have to live as long as argv.
 */
static void
ggictl_store_words(const ggictl_store_t *store, const char *marker, const char *stream,
    const char **argv, const char **more, size_t n)
{
    size_t  i;

    for (i = 0; i < store->n; i++) {
        *argv++ = store->list[i].key;
    }

    *argv++ = marker;
    *argv++ = stream;

    for (i = 0; i < n; i++) {
        *argv++ = more[i];
    }

    *argv++ = store->change.id;
    *argv++ = store->change.at;
    *argv++ = store->change.by;
    *argv = (store->marked == GGICTL_STORE_MARKED) ? "1"
            : (store->marked == GGICTL_STORE_UNMARKED) ? "0" : "-";
}


redisReply *
ggictl_store_ask(ggictl_store_t *store, const char *script, const char **more, size_t n)
{
    char          count[32], stream[GGICTL_DATASET_STREAM_LEN], *whole;
    char          marker[GGI_DATASET_SLOT_KEY];
    const char   *key = store->n ? store->list[0].key : "";
    size_t        argc;
    redisReply   *reply;
    const char  **argv;

    argc = GGICTL_STORE_FIRST + store->n + GGICTL_STORE_KEYS + n + GGICTL_STORE_LAST;
    argv = calloc(argc, sizeof(char *));
    whole = NULL;

    if (argv == NULL || (!store->marks && !ggictl_dataset_change(&store->change))
        || asprintf(&whole, "%s%s", ggictl_store_prelude, script) == -1)
    {
        snprintf(store->redis->error, sizeof(store->redis->error), "no memory");
        free(argv);
        return NULL;
    }

    snprintf(count, sizeof(count), "%zu", store->n + GGICTL_STORE_KEYS);
    argv[0] = "EVAL";
    argv[1] = whole;
    argv[2] = count;
    ggictl_dataset_stream(store->redis, key, stream);
    ggictl_dataset_marker(store->redis, key, marker);
    ggictl_store_words(store, marker, stream, argv + GGICTL_STORE_FIRST, more, n);

    reply = ggictl_redis_ask(store->redis, (int) argc, argv);
    free(argv);
    free(whole);

    return reply;
}


/*
 * Asks Redis for what is there. Returns an array of n, and one more when there is no data set, or
 * NULL with redis->error.
 */
static redisReply *
ggictl_store_there(ggictl_store_t *store)
{
    redisReply  *reply;

    reply = ggictl_store_ask(store, ggictl_store_read, NULL, 0);

    if (reply && (reply->type != REDIS_REPLY_ARRAY || reply->elements < store->n)) {
        snprintf(store->redis->error, sizeof(store->redis->error), "sent an unexpected reply");
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


int
ggictl_store_digest(char digest[GGICTL_STORE_EXPECTED], const redisReply *there)
{
    unsigned       len;
    unsigned char  hash[EVP_MAX_MD_SIZE];

    memset(digest, 0, GGICTL_STORE_EXPECTED);

    if (there->type != REDIS_REPLY_STRING) {
        return 1;
    }

    if (!EVP_Digest(there->str, there->len, hash, &len, EVP_sha1(), NULL)) {
        (void) ggictl_fail("OpenSSL has no SHA-1: nothing is changed");
        return 0;
    }

    ggi_hex_write(digest, hash, len);

    return 1;
}


void
ggictl_store_expect_shown(ggictl_stored_t *stored)
{
    snprintf(stored->expected, GGICTL_STORE_EXPECTED, "%s", stored->shown[0] ? stored->shown : "-");
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

    if (stored->shown[0]) {
        ggictl_store_expect_shown(stored);

    } else if (!ggictl_store_digest(stored->expected, there)) {
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
    change.source = ggictl_str(stored->source);
    change.forced = store->args->option[GGICTL_FORCE] != NULL;
    change.before.version = ggictl_store_version(version, old);
    change.after.version = ggictl_str(stored->versie);
    stored->intended = 1;

    return ggictl_changes_intend(store->args->changes, &change, &stored->change);
}


/*
 * Records that the first change of a Redis without a data set is going to make one, as a load does
 * that changes nothing else. Returns 1, or 0 after a message.
 */
static int
ggictl_store_record_marker(ggictl_store_t *store, const redisReply *there)
{
    store->marked = (there->elements > store->n) ? GGICTL_STORE_UNMARKED : GGICTL_STORE_MARKED;

    if (store->marked == GGICTL_STORE_MARKED || store->n == 0
        || (store->list[0].text == NULL && there->element[0]->type != REDIS_REPLY_STRING))
    {
        return 1;
    }

    store->marks = 1;

    return ggictl_marker_made(store->args, store->redis, &store->change, store->change.id,
                              strtoull(ggictl_dataset_field(there, store->n).data, NULL, 10) + 1,
                              &store->marker);
}


int
ggictl_store_intend(ggictl_store_t *store)
{
    int          on;
    size_t       i;
    redisReply  *there;

    store->marks = 0;
    store->marked = GGICTL_STORE_ANY;
    on = ggictl_changes_on(store->args->changes);

    for (i = 0; i < store->n && on == 0; i++) {
        ggictl_store_expect_shown(&store->list[i]);
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

    on = i == store->n && ggictl_store_record_marker(store, there);
    freeReplyObject(there);

    return on && ggictl_changes_commit(store->args->changes);
}


/*
 * Returns what came of a change that Redis has answered with an error, by what is there now:
 * a script that fails halfway has done what comes before that.
 */
static ggictl_change_e
ggictl_store_look(const ggictl_stored_t *stored, const redisReply *there)
{
    char       digest[GGICTL_STORE_EXPECTED];
    ggi_str_t  now;

    if (there == NULL || !ggictl_store_digest(digest, there)) {
        return GGICTL_CHANGE_UNKNOWN;
    }

    if (strcmp(digest, stored->expected) == 0) {
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

    if (store->marks) {
        ggictl_changes_outcome(store->args->changes, &store->marker, GGICTL_CHANGE_UNKNOWN, why);
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

    if (store->marks) {
        ggictl_changes_outcome(store->args->changes, &store->marker,
                               result == GGICTL_CHANGE_REFUSED ? result : GGICTL_CHANGE_DONE, why);
    }

    return again;
}
