/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Documents that are going to be changed in Redis, and the record of that: what is there is
 * read first, and the change is made only while it is still there, so that the record tells
 * what has been replaced.
 */

#ifndef GGICTL_STORE_H
#define GGICTL_STORE_H

#include "ggictl_changes.h"
#include "ggictl_dataset.h"
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
    const char       *source;           /* the file that it stands in; NULL: none */
    int               seen;             /* 1: it was compared with what is in Redis */
    char              shown[GGICTL_STORE_EXPECTED];     /* of what the user saw; "": anything */
    char              expected[GGICTL_STORE_EXPECTED];  /* of what is there; "": nothing is */
    int               intended;         /* 1: its change is recorded */
    ggictl_change_t   change;
} ggictl_stored_t;

/* A file from which documents come. */
typedef struct {
    char             *name;             /* "-" is standard input */
    size_t            n;                /* how many of them */
} ggictl_file_t;

/* Where a document is in the list of a store, by its own key. */
typedef struct {
    const char       *name;
    size_t            at;
} ggictl_located_t;

/* Which Redis a change is made in: any, one that has a data set, or one that has none. */
typedef enum {
    GGICTL_STORE_ANY,
    GGICTL_STORE_MARKED,
    GGICTL_STORE_UNMARKED
} ggictl_store_marked_e;

typedef struct {
    const ggictl_args_t  *args;
    ggictl_redis_t       *redis;
    const char           *source;       /* of the documents that are added; NULL: none */
    ggictl_file_t        *files;
    size_t                files_n;
    ggictl_stored_t      *list;
    size_t                n;
    ggictl_located_t     *located;      /* those that were gathered, sorted by their keys */
    size_t                located_n;
    ggictl_dataset_change_t  change;    /* what Redis notes; set by ggictl_store_ask() */
    ggictl_store_marked_e    marked;
    int                   marks;        /* 1: it is recorded that a data set is made */
    ggictl_change_t       marker;       /* the record of its data set */
} ggictl_store_t;


/*
 * Adds a document to those that are going to be changed: name is its own key, such as an OIN,
 * versie its version and text its JSON; both are NULL for one that is to be removed. They have
 * to come from malloc(), and are the store's from then on, also when this fails. Returns 1, or
 * 0 without memory. The caller frees all by ggictl_store_free().
 */
int ggictl_store_add(ggictl_store_t *store, const char *name, char *versie, char *text);

/*
 * Adds a document that is going to be removed, if Redis still has what the user was shown, of which
 * digest is what ggictl_store_digest() wrote. Returns 1, or 0 without memory, as
 * ggictl_store_add() does.
 */
int ggictl_store_add_shown(ggictl_store_t *store, const char *name, const char *digest);

/*
 * Writes the SHA-1 of a text that Redis has as hexadecimal digits with a NUL, or "" when the reply
 * is no text. Returns 1, or 0 after a message.
 */
int ggictl_store_digest(char digest[GGICTL_STORE_EXPECTED], const redisReply *there);

/*
 * Has a document be changed whatever is there, or only while that is there which the user was
 * shown, if he was.
 */
void ggictl_store_expect_shown(ggictl_stored_t *stored);

/*
 * Has Redis run a script in Lua, with the keys of all documents of the store as its keys, and n
 * words of more as its arguments. Before it stand functions by which it moves the marker of the
 * data set on and records its changes: ggictl_store.c tells how. Returns the reply, which the
 * caller frees with freeReplyObject(); or NULL with the reason in store->redis->error.
 */
redisReply *ggictl_store_ask(ggictl_store_t *store, const char *script,
    const char **more, size_t n);

/*
 * Records what is going to be changed, if there is a log, and sets "expected" of each document:
 * what the user was shown, if he was; otherwise what is there, or "-" without a log. Returns 1, or
 * 0 after a message, and nothing may be changed then.
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
 * Frees all documents of the store, with their keys and texts, and the names of files. args,
 * redis and source stay the caller's.
 */
void ggictl_store_free(ggictl_store_t *store);


#endif
