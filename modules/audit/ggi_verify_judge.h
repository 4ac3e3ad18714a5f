/* SPDX-License-Identifier: EUPL-1.2 */

/* Judges the records of an audit log by those that were seen before, and reports faults. */

#ifndef GGI_VERIFY_JUDGE_H
#define GGI_VERIFY_JUDGE_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>
#include <openssl/evp.h>

#include "ggi_verify_chain.h"


/* A line that begins as a record does, and that the next line may show to be whole. */
typedef struct {
    int                   held;         /* 1: there is one */
    ggi_verify_record_t   record;
    char                 *line;
    size_t                len;
    size_t                size;         /* of the memory at line */
} ggi_verify_held_t;

/* A record that was seen before, which nothing that was kept can be compared with yet. */
typedef struct {
    int                  pending;       /* 1: there is one */
    ggi_verify_record_t  record;
} ggi_verify_again_t;

/* A record that a chain goes on at another place. */
typedef struct {
    size_t             chain;           /* place of the chain */
    ggi_verify_at_t    at;
    ggi_verify_said_t  said;
} ggi_verify_move_t;

/* A verification under way. */
typedef struct {
    json_t                *index;       /* id of a chain: its place in chains */
    ggi_verify_chain_t    *chains;
    size_t                 n;
    size_t                 size;        /* chains for which there is room */
    ggi_verify_move_t     *moves;
    size_t                 moved;       /* number of moves */
    size_t                 chain;       /* place of the one that was asked for last */
    char                 **names;       /* of the files */
    size_t                 files;
    ggi_verify_at_t        at;          /* the present line */
    unsigned char          hash[GGI_VERIFY_HASH];       /* of that */
    EVP_MD_CTX            *ctx;
    ggi_verify_held_t      held;
    ggi_verify_again_t     again;
    uint64_t               lines;
    uint64_t               twice;       /* of them: that were seen before */
    uint64_t               tombstones;  /* of them: that stand for a record */
    uint64_t               faults;
    int                    partial;     /* chains may begin before what is looked at */
    void                 (*fault)(void *data, const char *text);
    void                  *data;
} ggi_verify_t;


/*
 * Reports a fault of the line at a place, in a text formatted as by printf(), by the
 * function that was given to ggi_verify_start().
 */
void ggi_verify_fault(ggi_verify_t *verify, ggi_verify_at_t at,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * Reports, as a fault, that the line at a place cannot be verified because there is no memory
 * or because OpenSSL cannot hash it.
 */
void ggi_verify_no_memory(ggi_verify_t *verify, ggi_verify_at_t at);

/*
 * Returns what has been seen of the chain with an id, a text with a NUL; or NULL when no record
 * of it was seen. It belongs to verify, and is valid until ggi_verify_find_chain() adds a
 * chain.
 */
ggi_verify_chain_t *ggi_verify_seen_chain(const ggi_verify_t *verify,
    const char *id);

/*
 * Returns what has been seen of the chain with an id, a text with a NUL; when nothing was, the
 * chain is added. It belongs to verify, and is valid until the next call of this function.
 * Returns NULL without memory.
 */
ggi_verify_chain_t *ggi_verify_find_chain(ggi_verify_t *verify, const char *id);

/*
 * Adds a record to what is known of its chain, whatever was wrong with those before it, so
 * that the next one is compared with this one.
 */
void ggi_verify_record(ggi_verify_t *verify, const ggi_verify_record_t *record);

/*
 * Reports, as a fault, the record that was seen a second time and could not be compared with
 * the first one of its number, if there is such a record. Call it where no later line can show
 * any more that both are the same.
 */
void ggi_verify_give_up(ggi_verify_t *verify);

/*
 * Compares, after the last line of all files, the runs of each chain with one another, and
 * reports where records are missing between two of them or the hashes do not fit.
 */
void ggi_verify_join(ggi_verify_t *verify);


#endif
