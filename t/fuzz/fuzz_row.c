/* SPDX-License-Identifier: EUPL-1.2 */

/* Lines of an audit log as rows of a database, and what they name as a filter. */

#include "fuzz.h"

#include "ggi_json.h"
#include "ggi_row.h"
#include "ggi_where.h"


/* What a database takes as a text: no NUL, and nothing but UTF-8. */
static void
check_text(ggi_str_t field, int limit)
{
    size_t           i, n;
    ggi_seal_text_t  text = { .data = NULL };

    ggi_row_text(&text, field, limit);
    fuzz_check(!limit || text.len <= GGI_ROW_TEXT_MAX);

    for (i = 0; i < text.len; i += n) {
        n = ggi_utf8_char((const unsigned char *) text.data + i, text.len - i);
        fuzz_check(n && text.data[i]);
    }

    free(text.data);
}


/* A filter of what the record has is one of parameters, whatever that is. */
static void
check_where(const ggi_row_t *row)
{
    size_t        i;
    ggi_where_t   where, none;
    ggi_filter_t  filter;

    ggi_filter_init(&filter);
    filter.from = row->logged.time;
    fuzz_check(ggi_where_calls(&none, &filter));

    for (i = 0; ggi_row_columns[i].name; i++) {
        check_text(row->logged.field[ggi_row_columns[i].field], ggi_row_columns[i].index);
        fuzz_check(ggi_filter_add(&filter, ggi_row_columns[i].field,
                                  row->logged.field[ggi_row_columns[i].field]));
    }

    filter.path = row->logged.field[GGI_LOGGED_PATH];
    fuzz_check(ggi_where_calls(&where, &filter));
    fuzz_check(where.n == none.n + (int) i + (filter.path.len != 0));
    fuzz_check(strlen(where.sql.data) + 1 == where.sql.len);
    fuzz_check(where.sql.len < none.sql.len + 40 * i + 40);
    ggi_where_free(&where);
    ggi_where_free(&none);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ggi_row_t              row;
    ggi_str_t              line;
    ggi_seal_text_t        copy = { .data = NULL };

    static const unsigned char  file[GGI_SEAL_HASH];

    fuzz_begin(data, size);
    ggi_row_copy_begin(&copy);

    while (fuzz.left && fuzz.n < FUZZ_COPIES) {
        line = fuzz_whole_line();
        ggi_row_read(&row, line.data, line.len);
        ggi_row_copy(&copy, &row, file);

        if (row.record) {
            fuzz_check(row.place.number > 0 && strlen(row.place.id) == GGI_UUID_LEN);
            check_where(&row);
        }
    }

    ggi_row_copy_end(&copy);
    fuzz_check(!copy.failed);
    free(copy.data);

    return fuzz_end();
}
