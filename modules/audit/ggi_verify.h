/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Verifies an audit log: whether each record is the one that its chain asks for.
 * Meant for somebody who did not write the log, and does not trust its files.
 */

#ifndef GGI_VERIFY_H
#define GGI_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "ggi_chain.h"

#define GGI_VERIFY_LINE_MAX  (1024 * 1024)      /* bytes; a record of the gate is shorter */


/* The first 128 bits of a line's hash: enough to tell whether the line stands in the log twice. */
typedef struct {
    unsigned char  bytes[16];
} ggi_verify_short_t;


/* Records of a chain whose numbers follow each other. */
typedef struct {
    int64_t              first;         /* number */
    int64_t              last;
    char                 previous[GGI_CHAIN_HASH_LEN + 1];  /* hash that the first record names */
    char                 hash[GGI_CHAIN_HASH_LEN + 1];      /* hash of the last record */
    ggi_verify_short_t  *hashes;        /* hash of each record */
    size_t               size;          /* of hashes */
    char                 where[256];    /* the first one is */
} ggi_verify_run_t;


/* What has been seen of a chain. */
typedef struct {
    char               id[GGI_UUID_LEN + 1];
    ggi_verify_run_t  *runs;            /* by number; they do not overlap */
    size_t             n;
    uint64_t           file;            /* in which the last record was seen */
    int64_t            last;            /* its number */
} ggi_verify_chain_t;


/* A verification under way. */
typedef struct {
    json_t              *index;         /* id of a chain: its place in chains */
    ggi_verify_chain_t  *chains;
    size_t               n;
    uint64_t             file;          /* how many were begun */
    uint64_t             lines;
    uint64_t             twice;         /* of them: that were seen before */
    uint64_t             faults;
    int                  partial;       /* chains may begin before what is looked at */
    void               (*fault)(void *data, const char *text);
    void                *data;
} ggi_verify_t;


/*
 * Starts to verify. fault is called for each fault, with data and a text of one line.
 * Returns 1, or 0 without memory. The caller frees by ggi_verify_free().
 */
int ggi_verify_start(ggi_verify_t *verify,
    void (*fault)(void *data, const char *text), void *data);

/* Frees all that was kept of the lines. */
void ggi_verify_free(ggi_verify_t *verify);

/*
 * Notes that the lines that follow are those of another file. Call it before the first
 * line of each file of the log; the files can come in any order.
 */
void ggi_verify_file(ggi_verify_t *verify);

/*
 * Verifies the next line of a file, of len bytes with its newline; where names the
 * line in faults. Within a file the lines of a chain have to come in their order;
 * lines of several chains may be mixed. A line that was seen before, and is equal to
 * it byte for byte, is no fault.
 */
void ggi_verify_line(ggi_verify_t *verify, const char *where, const char *line,
    size_t len);

/* Verifies, after the last line, whether the parts of each chain fit together. */
void ggi_verify_end(ggi_verify_t *verify);

/*
 * Calls chain for each chain, with data, the id of the chain, and the numbers of its
 * first and its last record that were seen.
 */
void ggi_verify_chains(const ggi_verify_t *verify,
    void (*chain)(void *data, const char *id, int64_t first, int64_t last),
    void *data);


#endif
