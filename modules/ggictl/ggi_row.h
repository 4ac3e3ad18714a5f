/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A line of an audit log as a row of the table "ggi_audit" of a database. The line itself is
 * a column of bytes, so that a chain can be verified from the table; the other columns are
 * what is looked for, and are read from the line.
 */

#ifndef GGI_ROW_H
#define GGI_ROW_H

#include "ggi_logged.h"
#include "ggi_seal_line.h"
#include "ggi_verify_line.h"

#define GGI_ROW_TEXT_MAX  500           /* bytes of a text that has an index */

/* In SQL: the SHA-256 of a line, or of the record that it is the tombstone of. */
#define GGI_ROW_HASH(line)                                                     \
    "CASE WHEN substring(" line " FROM 1 FOR 14) = '{\"tombstone\":\"'"          \
    " THEN encode(substring(" line " FROM 15 FOR 64), 'escape')"               \
    " ELSE encode(sha256(" line "), 'hex') END"


/* A column with the text of a field. */
typedef struct {
    const char          *name;
    ggi_logged_field_e   field;
    int                  index;         /* 1: it has an index, and so a limit */
} ggi_row_column_t;

typedef struct {
    const char          *line;          /* with its newline, if it has one */
    size_t               len;
    uint64_t             begin;         /* offset of the line in its file, unpacked */
    uint64_t             end;           /* offset of what is behind it */
    int                  record;        /* 1: a whole record of a chain; 0: place is not set */
    ggi_verify_place_t   place;
    ggi_logged_t         logged;
} ggi_row_t;


/* The columns of texts, in their order, of which the last one has no name. */
extern const ggi_row_column_t  ggi_row_columns[];

/*
 * Reads a line of an audit log, of len bytes, at least one, into row. Sets row->record to 1
 * when it is a whole record of a chain, and to 0 when it is anything else, which has no place.
 * The fields of row point into line, which has to live as long as row.
 */
void ggi_row_read(ggi_row_t *row, const char *line, size_t len);

/*
 * Adds a text as a database takes it: U+FFFD stands for each byte that is NUL or not part of
 * valid UTF-8. With a limit it has at most GGI_ROW_TEXT_MAX bytes.
 */
void ggi_row_text(ggi_seal_text_t *text, ggi_str_t field, int limit);

/*
 * Returns the day of a time in ms since the epoch, in days since 2000-01-01. All times
 * outside of the years 2020 to 2099, which no gate wrote, are of 1970-01-01.
 */
int ggi_row_day(uint64_t ms);

/* Adds what a COPY in PostgreSQL's binary format begins and ends with. */
void ggi_row_copy_begin(ggi_seal_text_t *copy);
void ggi_row_copy_end(ggi_seal_text_t *copy);

/*
 * Adds a row to a COPY: day, chain, number, kind, time, the texts of ggi_row_columns, line,
 * the hash of the first line of its file, and the offset in that. What a line that is no
 * record does not have is NULL, and so is a text that is empty.
 */
void ggi_row_copy(ggi_seal_text_t *copy, const ggi_row_t *row,
    const unsigned char file[GGI_SEAL_HASH]);


#endif
