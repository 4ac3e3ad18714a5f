/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggictl_diff.h"
#include "ggictl_documents.h"
#include "ggictl_gather.h"
#include "ggictl_out.h"

#define GGICTL_DIFF_PATH   512          /* bytes of the path of a member */
#define GGICTL_DIFF_VALUE  160          /* bytes of a value that are shown */


/* A comparison that goes on. */
typedef struct {
    ggictl_store_t  *store;
    unsigned         what;
    ggictl_diff_t   *diff;
    json_t          *list;              /* array of the result; NULL: print text */
    json_t          *absent;            /* object: what is in Redis alone, with its SHA-1 */
    int              failed;            /* 1: a message told why it cannot be compared */
} ggictl_comparison_t;


/* Shows that a member has one value and is going to have another; NULL is none. */
static void
ggictl_diff_member(const ggictl_comparison_t *cmp, json_t *members, const char *path,
    const json_t *before, const json_t *after)
{
    char  *one, *two;

    one = before ? json_dumps(before, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    two = after ? json_dumps(after, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

    ggictl_say(cmp->list, "  %s: %.*s -> %.*s\n", path, GGICTL_DIFF_VALUE, one ? one : "nothing",
               GGICTL_DIFF_VALUE, two ? two : "nothing");

    json_array_append_new(members, json_pack("{s:o, s:O?, s:O?}", "path", ggictl_json_cstr(path),
                                             "from", before, "to", after));
    free(one);
    free(two);
}


/* Shows the members in which two documents, or objects in them, differ. */
static void
ggictl_diff_members(const ggictl_comparison_t *cmp, json_t *members, const char *path,
    json_t *before, json_t *after)
{
    char         deeper[GGICTL_DIFF_PATH];
    json_t      *one, *two;
    const char  *key;

    if (!json_is_object(before) || !json_is_object(after)) {
        if (!json_equal(before, after)) {
            ggictl_diff_member(cmp, members, path, before, after);
        }

        return;
    }

    json_object_foreach(before, key, one) {
        two = json_object_get(after, key);
        snprintf(deeper, sizeof(deeper), "%s.%s", path, key);

        if (two) {
            ggictl_diff_members(cmp, members, deeper, one, two);

        } else {
            ggictl_diff_member(cmp, members, deeper, one, NULL);
        }
    }

    json_object_foreach(after, key, two) {
        if (json_object_get(before, key) == NULL) {
            snprintf(deeper, sizeof(deeper), "%s.%s", path, key);
            ggictl_diff_member(cmp, members, deeper, NULL, two);
        }
    }
}


/* Shows that a document differs. before and after are its JSON, or NULL where it is not. */
static void
ggictl_diff_show(const ggictl_comparison_t *cmp, const char *how, const char *name,
    json_t *before, json_t *after)
{
    json_t      *one, *from, *to, *members;
    const char  *naam;

    from = json_object_get(before, "versie");
    to = json_object_get(after, "versie");
    naam = json_string_value(json_object_get(after ? after : before, "naam"));

    if (cmp->list == NULL) {
        printf("%s\t%s\t", how, name);
        printf(json_is_integer(from) ? "%" JSON_INTEGER_FORMAT "\t" : "-\t",
               json_integer_value(from));
        printf(json_is_integer(to) ? "%" JSON_INTEGER_FORMAT "\t" : "-\t", json_integer_value(to));
        ggictl_say(NULL, "%s\n", naam ? naam : "-");
    }

    members = cmp->list ? json_array() : NULL;

    if (before && after && (cmp->what & GGICTL_DIFF_MEMBERS)) {
        ggictl_diff_members(cmp, members, "$", before, after);
    }

    one = cmp->list ? json_pack("{s:o, s:s, s:O?, s:O?, s:o}",
                                cmp->store->args->command->kind->stored->shape->key,
                                ggictl_json_cstr(name), "change", how, "from", from, "to", to,
                                "members", members)
                    : NULL;
    json_array_append_new(cmp->list, one);
}


/* Compares a document with what is in Redis under its key. */
static void
ggictl_diff_both(ggictl_comparison_t *cmp, ggictl_stored_t *stored, const redisReply *reply)
{
    int      older;
    json_t  *before, *after, *versie;

    stored->seen = 1;

    if (reply->len == strlen(stored->text) && memcmp(reply->str, stored->text, reply->len) == 0) {
        return;
    }

    before = json_loadb(reply->str, reply->len, 0, NULL);
    after = json_loads(stored->text, 0, NULL);
    versie = json_object_get(before, "versie");
    older = json_is_number(versie)
            && json_number_value(versie) >= json_number_value(json_object_get(after, "versie"));

    if (older) {
        cmp->diff->older++;
    } else {
        cmp->diff->changed++;
    }

    if (cmp->what & GGICTL_DIFF_LOADED) {
        ggictl_diff_show(cmp, older ? "older" : "changed", stored->name, before, after);
    }

    json_decref(before);
    json_decref(after);
}


/* Notes and shows a document that is in Redis alone. */
static void
ggictl_diff_absent(ggictl_comparison_t *cmp, const char *key, const redisReply *reply)
{
    char     digest[GGICTL_STORE_EXPECTED];
    json_t  *before;

    if (!ggictl_store_digest(digest, reply)) {
        cmp->failed = 1;
        return;
    }

    json_object_set_new(cmp->absent, key, json_string(digest));
    cmp->diff->absent++;

    before = json_loadb(reply->str, reply->len, 0, NULL);
    ggictl_diff_show(cmp, cmp->what & GGICTL_DIFF_PRUNE ? "withdraw" : "absent", key, before,
                     NULL);
    json_decref(before);
}


/* Compares a document in Redis, which SCAN may give twice. data is a ggictl_comparison_t. */
static void
ggictl_diff_visit(void *data, const char *key, const redisReply *reply)
{
    ggictl_stored_t      *stored;
    ggictl_comparison_t  *cmp = data;

    stored = ggictl_gather_find(cmp->store, key);

    if (stored && !stored->seen) {
        ggictl_diff_both(cmp, stored, reply);
    }

    if (stored == NULL && (cmp->what & GGICTL_DIFF_ABSENT)
        && json_object_get(cmp->absent, key) == NULL)
    {
        ggictl_diff_absent(cmp, key, reply);
    }
}


/* Shows the documents of the store that Redis does not have. */
static void
ggictl_diff_new(ggictl_comparison_t *cmp)
{
    size_t            i;
    json_t           *after;
    ggictl_stored_t  *stored;

    for (i = 0; i < cmp->store->n; i++) {
        stored = &cmp->store->list[i];

        if (stored->seen) {
            continue;
        }

        cmp->diff->added++;

        if (cmp->what & GGICTL_DIFF_LOADED) {
            after = json_loads(stored->text, 0, NULL);
            ggictl_diff_show(cmp, "new", stored->name, NULL, after);
            json_decref(after);
        }
    }
}


/*
 * Adds what is in Redis alone to the store, if it is to be withdrawn, with what was there when it
 * was shown. Returns 1, or 0 after a message.
 */
static int
ggictl_diff_prune(ggictl_comparison_t *cmp)
{
    int          good;
    json_t      *one;
    const char  *key;

    good = (json_object_size(cmp->absent) == cmp->diff->absent);
    cmp->store->source = NULL;

    json_object_foreach(cmp->absent, key, one) {
        good = good && (!(cmp->what & GGICTL_DIFF_PRUNE)
                        || ggictl_store_add_shown(cmp->store, key, json_string_value(one)));
    }

    if (!good) {
        (void) ggictl_fail("no memory");
    }

    return good;
}


int
ggictl_diff(ggictl_store_t *store, unsigned what, ggictl_diff_t *diff)
{
    int                   good;
    ggictl_comparison_t   cmp = {
        .store = store, .what = what, .diff = diff, .absent = json_object()
    };

    memset(diff, 0, sizeof(ggictl_diff_t));

    if (store->args->result) {
        cmp.list = json_array();
        json_object_set_new(store->args->result, "differences", cmp.list);
    }

    good = ggictl_documents_each(store->redis, store->args->command->kind, ggictl_diff_visit,
                                 &cmp);

    good = good && !cmp.failed;

    if (good) {
        ggictl_diff_new(&cmp);
        good = ggictl_diff_prune(&cmp);
    }

    json_decref(cmp.absent);

    return good;
}


/* Compares the documents that were gathered with those in Redis. Returns the exit status. */
static int
ggictl_diff_gathered(ggictl_store_t *store)
{
    ggictl_diff_t  diff;

    if (!ggictl_diff(store, GGICTL_DIFF_LOADED | GGICTL_DIFF_MEMBERS | GGICTL_DIFF_ABSENT, &diff))
    {
        return GGICTL_ERROR;
    }

    return (diff.added + diff.changed + diff.older + diff.absent) ? GGICTL_NO : GGICTL_OK;
}


int
ggictl_documents_diff(ggictl_args_t *args)
{
    return ggictl_gather_and(args, ggictl_diff_gathered);
}
