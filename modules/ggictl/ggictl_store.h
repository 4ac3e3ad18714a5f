/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Documents that are going to be changed in Redis, and the record of that: what is there is
 * read first, and the change is made only while it is still there, so that the record tells
 * what has been replaced.
 */

#ifndef GGICTL_STORE_H
#define GGICTL_STORE_H

#include "ggictl_changes.h"
#include "ggictl_kind.h"
#include "ggictl_redis.h"

#define GGICTL_STORE_AGAIN     (-1)     /* a script answers so when something else is there */
#define GGICTL_STORE_EXPECTED  41       /* bytes of a SHA-1 in hexadecimal digits, and a NUL */


/* A document. */
typedef struct {
    char             *key;              /* in Redis */
    const char       *name;             /* its own key, which stands behind the prefix */
    char             *versie;           /* NULL: it is going to be removed */
    char             *text;
    char              expected[GGICTL_STORE_EXPECTED];  /* of what is there; "": nothing is */
    int               intended;         /* 1: its change is recorded */
    ggictl_change_t   change;
} ggictl_stored_t;

typedef struct {
    const ggictl_args_t  *args;
    ggictl_redis_t       *redis;
    const char           *source;       /* where the documents come from; NULL: nowhere */
    ggictl_stored_t      *list;
    size_t                n;
} ggictl_store_t;


/*
 * Adds a document to those that are going to be changed: name is its own key, such as an OIN,
 * versie its version and text its JSON; both are NULL for one that is to be removed. They have
 * to come from malloc(), and are the store's from then on, also when this fails. Returns 1, or
 * 0 without memory. The caller frees all by ggictl_store_free().
 */
int ggictl_store_add(ggictl_store_t *store, const char *name, char *versie, char *text);

/*
 * Has Redis run a script in Lua, with the keys of all documents of the store as its keys, and n
 * words of more as its arguments. Returns the reply, which the caller frees with
 * freeReplyObject(); or NULL with the reason in store->redis->error.
 */
redisReply *ggictl_store_ask(const ggictl_store_t *store, const char *script,
    const char **more, size_t n);

/*
 * Records what is going to be changed, if there is a log, and sets "expected" of each document,
 * which is "-" without a log. Returns 1, or 0 after a message, and nothing may be changed then.
 */
int ggictl_store_intend(ggictl_store_t *store);

/*
 * Records what Redis has answered: a number, which is GGICTL_STORE_AGAIN when something else
 * was there than was expected, 0 when nothing was changed, and otherwise how many documents;
 * or the text of a refusal; or NULL with redis->error. Returns 1 when the change is to be
 * tried again, 0 otherwise.
 */
int ggictl_store_end(ggictl_store_t *store, const redisReply *reply);

/*
 * Frees all documents of the store, with their keys and texts. args, redis and source stay the
 * caller's.
 */
void ggictl_store_free(ggictl_store_t *store);


#endif
