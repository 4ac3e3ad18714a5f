/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The parts of a page with tables, in English or Dutch. All of them write to the buffer of the
 * page, and fail by setting its overflow. Free of nginx.
 */

#ifndef GGI_PAGE_H
#define GGI_PAGE_H

#include "ggi_json.h"
#include "ggi_status.h"


typedef struct {
    ggi_json_t          *out;           /* its overflow is set when something does not fit */
    const ggi_status_t  *status;
    ggi_lang_e           lang;
} ggi_page_t;


typedef struct {
    const char  *title[GGI_LANGS];      /* literals, in the order of ggi_lang_e */
    int          number;                /* 1: the cells below it are numbers */
} ggi_page_column_t;


enum { GGI_PAGE_COLUMNS = 12 };


typedef struct {
    const char         *title[GGI_LANGS];       /* literals, in the order of ggi_lang_e */
    ggi_page_column_t   columns[GGI_PAGE_COLUMNS + 1];  /* the first without a title ends them */
    void              (*rows)(const ggi_page_t *page);  /* writes the rows */
} ggi_page_table_t;


/* Returns the text, en or nl, that is in the language of the page. Both are literals. */
const char *ggi_page_of(const ggi_page_t *page, const char *en, const char *nl);

/* Writes the text, en or nl, that is in the language of the page. Both are literals of HTML. */
void ggi_page_put(const ggi_page_t *page, const char *en, const char *nl);

/*
 * Writes a heading and a table behind it, with the titles of table->columns in the language of
 * the page, and the rows that table->rows() writes.
 */
void ggi_page_table(const ggi_page_t *page, const ggi_page_table_t *table);

/*
 * Begins a row, and writes its first cell, which says what the row is of. That text may have
 * any bytes, which are escaped. Other cells may follow, and then ggi_page_row_end().
 */
void ggi_page_row(const ggi_page_t *page, ggi_str_t of);

/* Ends the row that ggi_page_row() began. */
void ggi_page_row_end(const ggi_page_t *page);

/* Begins a cell with these classes of CSS, a literal such as "n warn". The caller ends it. */
void ggi_page_cell_begin(const ggi_page_t *page, const char *classes);

/* Writes a cell without a class. text is a literal of HTML, which is not escaped. */
void ggi_page_cell(const ggi_page_t *page, const char *text);

/* Writes a cell with a number, in decimal. */
void ggi_page_number(const ggi_page_t *page, uint64_t number);

/*
 * Writes a time, in seconds since the epoch, as RFC 3339 has it in UTC. The caller writes the
 * cell or the paragraph that it stands in.
 */
void ggi_page_time(const ggi_page_t *page, uint64_t seconds);


#endif
