/* SPDX-License-Identifier: EUPL-1.2 */

/* A line of an audit log: the place in its chain that it names. */

#ifndef GGI_VERIFY_LINE_H
#define GGI_VERIFY_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_chain.h"

#define GGI_VERIFY_LINE_MAX  (1024 * 1024)      /* bytes; a record of the gate is shorter */
#define GGI_VERIFY_HASH      (GGI_CHAIN_HASH_LEN / 2)   /* bytes of a SHA-256 */


/* The place in its chain that a record names. */
typedef struct {
    char           id[GGI_UUID_LEN + 1];        /* of the chain */
    int64_t        number;
    unsigned char  previous[GGI_VERIFY_HASH];   /* hash of the line before it */
} ggi_verify_place_t;


/* What the lines of a chain begin with, up to its id. */
typedef struct {
    char    text[GGI_CHAIN_OPENING_MAX];
    size_t  len;                        /* 0: not known yet */
} ggi_verify_opening_t;


/* What a line is. */
typedef enum {
    GGI_VERIFY_RECORD,                  /* a record of a chain */
    GGI_VERIFY_TORN,                    /* no JSON, and so perhaps cut off */
    GGI_VERIFY_STRANGE                  /* anything else */
} ggi_verify_line_e;


/*
 * Reads the place in the chain from a line, of len bytes with its newline, that begins
 * with an opening as the gate writes it. What follows the place is not looked at.
 * Returns 1, or 0 when the line does not begin so or the opening is not known.
 */
int ggi_verify_line_glance(const ggi_verify_opening_t *opening, const char *line,
    size_t len, ggi_verify_place_t *place);

/*
 * Reads a line whole, of len bytes, at least one, with its newline, and says what it
 * is. Of a record the place is set; and the opening, if it is not NULL, to what the
 * further lines of its chain probably begin with.
 */
ggi_verify_line_e ggi_verify_line_read(const char *line, size_t len,
    ggi_verify_place_t *place, ggi_verify_opening_t *opening);


#endif
