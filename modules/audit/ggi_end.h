/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Where a chain of records ends, as far as somebody knows who was not there: found in
 * the file that the chain was written to, or noted beside it by the worker that wrote it.
 */

#ifndef GGI_END_H
#define GGI_END_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_chain.h"
#include "ggi_str.h"
#include "ggi_uuid.h"


/* How a chain ended. The words for it are those of ggi_end_word(). */
typedef enum {
    GGI_END_NONE,                       /* there was no chain */
    GGI_END_UNKNOWN,                    /* nobody knows how it ended, or that there was one */
    GGI_END_OPEN,                       /* its last record is none that closes it */
    GGI_END_CLOSED,                     /* its last record closes it */
    GGI_END_UNWRITTEN,                  /* the record that closes it could not be written */
    GGI_END_N
} ggi_end_e;


/* The end of a chain. */
typedef struct {
    ggi_end_e  how;
    uint64_t   number;                  /* of its last record; 0: no chain is known */
    char       id[GGI_UUID_LEN];
    char       hash[GGI_CHAIN_HASH_LEN];        /* of its last line */
} ggi_end_t;


/* What a file ends with. */
typedef struct {
    ggi_end_t  end;                     /* of the chain whose record is the last */
    int        names;                   /* 1: the chain that was asked for is named before that */
} ggi_tail_t;


/* Returns the word for how a chain ended, a constant, as records have it. */
const char *ggi_end_word(ggi_end_e how);

/*
 * Returns the value whose word, as ggi_end_word() gives it, stands at word in len bytes; or
 * GGI_END_N when it is the word of none.
 */
ggi_end_e ggi_end_read_word(const char *word, size_t len);

/*
 * Reads the place in its chain from the line of a record as the gate writes it, with its
 * newline: sets id, number and previous, which is the hash of the line before it.
 * Returns 1; or 0, and place means nothing then, when the line is no whole record.
 */
int ggi_end_read_line(ggi_str_t line, ggi_end_t *place);

/*
 * Finds the last whole record in a text that begins at the start of a line. Returns 1 and sets
 * end to the place of that record in its chain, with the hash of its line. Returns 0 when there
 * is none, or OpenSSL cannot hash it.
 */
int ggi_end_find(ggi_str_t text, ggi_end_t *end);

/*
 * Reads which record an open file ends with. end.how is GGI_END_NONE when the file is
 * empty, and GGI_END_UNKNOWN when it ends with no record, or cannot be read. id, of
 * GGI_UUID_LEN bytes, is that of a chain that tail->names is about; NULL: none.
 */
void ggi_end_read_file(int fd, const char *id, ggi_tail_t *tail);

/*
 * Chooses how the last chain of a place ended, by two sources: tail is what the file ends with,
 * and noted is what was noted beside the log, where GGI_END_UNKNOWN stands for a note that
 * cannot be read. The one that is later counts. Returns 1 and sets before to the end that the
 * file shows; or returns 0 and sets before to the one that was noted, with GGI_END_UNKNOWN
 * unless the note says that the chain was closed or why it was not.
 */
int ggi_end_choose(const ggi_tail_t *tail, const ggi_end_t *noted,
    ggi_end_t *before);


#endif
