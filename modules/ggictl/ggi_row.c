/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_json.h"
#include "ggi_row.h"

#define GGI_ROW_DAY    86400000         /* ms */
#define GGI_ROW_2000   10957            /* days from the epoch to 2000-01-01 */
#define GGI_ROW_FIRST  18262            /* 2020-01-01 */
#define GGI_ROW_LAST   47481            /* 2099-12-31 */
#define GGI_ROW_FIXED  7                /* columns besides those of texts */


const ggi_row_column_t  ggi_row_columns[] = {
    { "node", GGI_LOGGED_NODE, 0 },
    { "event", GGI_LOGGED_EVENT, 0 },
    { "oin", GGI_LOGGED_OIN, 1 },
    { "namens", GGI_LOGGED_NAMENS, 1 },
    { "dienst", GGI_LOGGED_DIENST, 0 },
    { "method", GGI_LOGGED_METHOD, 0 },
    { "path", GGI_LOGGED_PATH, 0 },
    { "doelbinding", GGI_LOGGED_DOELBINDING, 0 },
    { "decision", GGI_LOGGED_DECISION, 0 },
    { "reason", GGI_LOGGED_REASON, 0 },
    { "transaction", GGI_LOGGED_TRANSACTION, 1 },
    { "trace", GGI_LOGGED_TRACE, 1 },
    { "subject", GGI_LOGGED_SUBJECT, 1 },
    { "gebruiker", GGI_LOGGED_USER, 1 },
    { NULL, GGI_LOGGED_FIELDS, 0 }
};

/* Signature, flags and length of the extension (PostgreSQL, "COPY", binary format). */
static const char  ggi_row_head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";


void
ggi_row_read(ggi_row_t *row, const char *line, size_t len)
{
    char  uuid[GGI_UUID_LEN];

    memset(row, 0, sizeof(ggi_row_t));
    row->line = line;
    row->len = len;

    /* a line whose place is good may still be cut off behind it */

    row->record = len <= GGI_VERIFY_LINE_MAX && line[len - 1] == '\n'
                  && ggi_logged_read(&row->logged, line, len)
                  && (ggi_verify_line_glance(line, len, &row->place)
                      || ggi_verify_line_read(line, len, &row->place) == GGI_VERIFY_RECORD)
                  && ggi_uuid_read(uuid, row->place.id, GGI_UUID_LEN);

    if (row->record) {
        memcpy(row->place.id, uuid, GGI_UUID_LEN);
    }
}


void
ggi_row_text(ggi_seal_text_t *text, ggi_str_t field, int limit)
{
    size_t      i, n, begin;
    const char  *part;

    begin = text->len;

    for (i = 0; i < field.len; i += n ? n : 1) {
        part = field.data + i;
        n = *part ? ggi_utf8_char((const unsigned char *) part, field.len - i) : 0;

        if (limit && text->len - begin + (n ? n : 3) > GGI_ROW_TEXT_MAX) {
            return;
        }

        ggi_seal_text_add(text, n ? part : "\xef\xbf\xbd", n ? n : 3);
    }
}


int
ggi_row_day(uint64_t ms)
{
    uint64_t  day;

    day = ms / GGI_ROW_DAY;

    return (day < GGI_ROW_FIRST || day > GGI_ROW_LAST) ? -GGI_ROW_2000
                                                       : (int) day - GGI_ROW_2000;
}


/* Adds a number of so many bytes, the most significant one first. */
static void
ggi_row_number(ggi_seal_text_t *copy, int64_t number, size_t bytes)
{
    char    data[8];
    size_t  i;

    for (i = 0; i < bytes; i++) {
        data[i] = (char) ((uint64_t) number >> 8 * (bytes - 1 - i));
    }

    ggi_seal_text_add(copy, data, bytes);
}


/* Adds a field that is a number of so many bytes. */
static void
ggi_row_field(ggi_seal_text_t *copy, int64_t number, size_t bytes)
{
    ggi_row_number(copy, (int64_t) bytes, 4);
    ggi_row_number(copy, number, bytes);
}


static void
ggi_row_null(ggi_seal_text_t *copy)
{
    ggi_row_number(copy, -1, 4);
}


static void
ggi_row_bytes(ggi_seal_text_t *copy, const void *data, size_t len)
{
    ggi_row_number(copy, (int64_t) len, 4);
    ggi_seal_text_add(copy, data, len);
}


/* Adds the text of a column, whose length is known when it is there. */
static void
ggi_row_column(ggi_seal_text_t *copy, const ggi_row_column_t *column, const ggi_row_t *row)
{
    size_t     len, begin;
    ggi_str_t  field;

    field = row->logged.field[column->field];

    if (field.len == 0 || !row->record) {
        ggi_row_null(copy);
        return;
    }

    begin = copy->len;
    ggi_row_number(copy, 0, 4);
    ggi_row_text(copy, field, column->index);

    if (!copy->failed) {
        len = copy->len;
        copy->len = begin;
        ggi_row_number(copy, (int64_t) (len - begin - 4), 4);
        copy->len = len;
    }
}


/* Adds day, chain, number, kind and time. */
static void
ggi_row_place(ggi_seal_text_t *copy, const ggi_row_t *row)
{
    size_t         i, n;
    uint64_t       ms;
    unsigned char  id[16];

    if (!row->record) {
        for (i = 0; i < 5; i++) {
            ggi_row_null(copy);
        }

        return;
    }

    for (i = 0, n = 0; n < sizeof(id); i += 2) {
        i += (row->place.id[i] == '-');
        (void) ggi_hex_read(&id[n++], row->place.id + i, 1);
    }

    ms = row->logged.time;
    ggi_row_field(copy, ggi_row_day(ms), 4);
    ggi_row_bytes(copy, id, sizeof(id));
    ggi_row_field(copy, row->place.number, 8);
    ggi_row_field(copy, row->logged.kind, 2);

    if (ggi_row_day(ms) == -GGI_ROW_2000) {
        ggi_row_null(copy);

    } else {
        ggi_row_field(copy, ((int64_t) ms - (int64_t) GGI_ROW_2000 * GGI_ROW_DAY) * 1000, 8);
    }
}


void
ggi_row_copy_begin(ggi_seal_text_t *copy)
{
    ggi_seal_text_add(copy, ggi_row_head, sizeof(ggi_row_head));
}


void
ggi_row_copy_end(ggi_seal_text_t *copy)
{
    ggi_row_number(copy, -1, 2);
}


void
ggi_row_copy(ggi_seal_text_t *copy, const ggi_row_t *row, const unsigned char file[GGI_SEAL_HASH])
{
    size_t  i, n;

    for (n = 0; ggi_row_columns[n].name; n++) { /* void */ }

    ggi_row_number(copy, (int64_t) n + GGI_ROW_FIXED + 1, 2);
    ggi_row_place(copy, row);

    for (i = 0; i < n; i++) {
        ggi_row_column(copy, &ggi_row_columns[i], row);
    }

    ggi_row_bytes(copy, row->line, row->len);
    ggi_row_bytes(copy, file, GGI_SEAL_HASH);
    ggi_row_field(copy, (int64_t) row->begin, 8);
}
