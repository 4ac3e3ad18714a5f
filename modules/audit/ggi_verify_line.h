/* SPDX-License-Identifier: EUPL-1.2 */

/* A line of an audit log: the place in its chain that it names. */

#ifndef GGI_VERIFY_LINE_H
#define GGI_VERIFY_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_chain.h"
#include "ggi_end.h"

#define GGI_VERIFY_LINE_MAX  (1024 * 1024)      /* bytes; a record of the gate is shorter */
#define GGI_VERIFY_HASH      (GGI_CHAIN_HASH_LEN / 2)   /* bytes of a SHA-256 */


/* The place in its chain that a record names. */
typedef struct {
    char           id[GGI_UUID_LEN + 1];        /* of the chain */
    int64_t        number;
    unsigned char  previous[GGI_VERIFY_HASH];   /* hash of the line before it */
    int            tells;               /* 1: the record seems to open, move or close its chain */
    int            changes;             /* 1: it intends a change, -1: it has its outcome */
} ggi_verify_place_t;


/* What a record says that opens its chain, or moves it to another place, or closes it. */
typedef struct {
    int            opens;               /* 1: it opens or moves it */
    int            moves;               /* 1: it moves it */
    int64_t        at;                  /* opens: the number of its place; -1: it names none */
    ggi_end_e      how;                 /* opens: how the chain before it ended at its place */
    char           id[GGI_UUID_LEN + 1];        /* of that chain */
    int64_t        number;              /* of its last record; 0: no chain is named */
    unsigned char  hash[GGI_VERIFY_HASH];       /* of its last line */
    int            found;               /* 1: seen in the file; 0: noted beside it */
    char           reason[16];          /* closes: why */
} ggi_verify_said_t;


/* What a line is. */
typedef enum {
    GGI_VERIFY_RECORD,                  /* a record of a chain */
    GGI_VERIFY_TORN,                    /* no JSON, and so perhaps cut off */
    GGI_VERIFY_STRANGE                  /* anything else */
} ggi_verify_line_e;


/*
 * Reads the place in the chain from a line, of len bytes with its newline, that begins as
 * the gate writes it: with a resource of texts, whichever they are, and then the attributes
 * of the chain. What follows the place is not looked at. Returns 1, or 0 when the line does
 * not begin so.
 */
int ggi_verify_line_glance(const char *line, size_t len, ggi_verify_place_t *place);

/*
 * Reads a whole line, of len bytes with its newline, at least one. Returns what the line is,
 * and sets *place when that is GGI_VERIFY_RECORD.
 */
ggi_verify_line_e ggi_verify_line_read(const char *line, size_t len,
    ggi_verify_place_t *place);

/*
 * Reads a line, of len bytes with its newline, as a record that opens, moves or closes its
 * chain. Returns 1; or 0 when it is none of these.
 */
int ggi_verify_line_end(const char *line, size_t len, ggi_verify_said_t *said);


#endif
