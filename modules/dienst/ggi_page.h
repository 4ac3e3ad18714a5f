/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The parts of a page with tables, in English or Dutch. Where a function takes a text twice,
 * the first is English and the second Dutch; both are literals. Free of nginx.
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


/* Returns the one of both texts that is in the language of the page. */
const char *ggi_page_of(const ggi_page_t *page, const char *en, const char *nl);

/* Writes the one of both texts that is in the language of the page. */
void ggi_page_put(const ggi_page_t *page, const char *en, const char *nl);

/* Begins a table with its heading. The cells of its head follow, then ggi_page_rows(). */
void ggi_page_table(const ggi_page_t *page, const char *en, const char *nl);

/* Writes a cell of the head of a table; number is 1 above a column of numbers. */
void ggi_page_head(const ggi_page_t *page, const char *en, const char *nl, int number);

/* Ends the head of a table, and begins its rows. */
void ggi_page_rows(const ggi_page_t *page);

/* Ends a table. */
void ggi_page_table_end(const ggi_page_t *page);

/* Begins a row with the cell that says what it is of: any bytes, which are escaped. */
void ggi_page_row(const ggi_page_t *page, ggi_str_t of);

/* Ends a row. */
void ggi_page_row_end(const ggi_page_t *page);

/* Writes a cell with a literal. */
void ggi_page_cell(const ggi_page_t *page, const char *text);

/* Writes a cell with a number. */
void ggi_page_number(const ggi_page_t *page, uint64_t number);

/* Writes a time, in seconds since the epoch, as RFC 3339 has it in UTC; without a cell. */
void ggi_page_time(const ggi_page_t *page, uint64_t seconds);


#endif
