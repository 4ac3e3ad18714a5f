/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_fields_query.h"

#include "ggi_fields_name.h"
#include "ggi_velden.h"


/* What is left of a query, and the argument at hand. */
typedef struct {
    ggi_str_t  rest;
    ggi_str_t  name;
    ggi_str_t  value;                   /* data NULL: there is no "=" */
    int        doubtful;                /* a ";" stands before or behind it */
    int        semicolon;               /* one stands before the rest */
} ggi_query_t;


/* Takes the next argument of a query. Returns 1, or 0 at its end. */
static int
ggi_query_next(ggi_query_t *query)
{
    size_t       i;
    const char  *equals;

    if (query->rest.data == NULL) {
        return 0;
    }

    for (i = 0; i < query->rest.len; i++) {
        if (query->rest.data[i] == '&' || query->rest.data[i] == ';') {
            break;
        }
    }

    query->name.data = query->rest.data;
    query->name.len = i;
    query->doubtful = query->semicolon;

    if (i < query->rest.len) {
        query->semicolon = (query->rest.data[i] == ';');
        query->doubtful |= query->semicolon;
        query->rest.data += i + 1;
        query->rest.len -= i + 1;

    } else {
        query->rest.data = NULL;
    }

    equals = i ? memchr(query->name.data, '=', i) : NULL;
    query->value.data = NULL;
    query->value.len = 0;

    if (equals) {
        query->name.len = (size_t) (equals - query->name.data);
        query->value.data = equals + 1;
        query->value.len = i - query->name.len - 1;
    }

    return 1;
}


/* Takes a character of an encoded text, which is not empty. Returns it, or -1 when it is none. */
static int
ggi_query_char(ggi_str_t *text)
{
    int  high, low;

    if (*text->data != '%') {
        text->len--;
        return (unsigned char) *text->data++;
    }

    high = (text->len > 2) ? ggi_hex_value(text->data[1]) : -1;
    low = (text->len > 2) ? ggi_hex_value(text->data[2]) : -1;

    if (high < 0 || low < 0) {
        return -1;
    }

    text->data += 3;
    text->len -= 3;

    return 16 * high + low;
}


/*
 * Returns 1 when some reader could take the encoded name of an argument for a name: it is
 * that name when decoded, whatever the capitals, but for what stands before or behind it
 * and cannot be part of a name. Returns 1 too when it cannot be decoded, or has to be
 * decoded twice.
 */
static int
ggi_query_resembles(ggi_str_t encoded, ggi_str_t name)
{
    int     ch, same;
    size_t  n;

    n = 0;
    same = 1;

    while (encoded.len) {
        ch = ggi_query_char(&encoded);

        if (ch < 0 || ch == '%') {
            return 1;
        }

        if (n == 0 && !ggi_veld_char((char) ch)) {
            continue;
        }

        if (n < name.len) {
            same &= (ggi_fields_lower((char) ch) == ggi_fields_lower(name.data[n]));

        } else if (n == name.len) {
            same &= !ggi_veld_char((char) ch) && ch != '.' && ch != '-';
        }

        n++;
    }

    return same && n >= name.len;
}


/* Reads the fields in the value of an argument. Moves *room behind what it decodes. */
static ggi_reason_e
ggi_query_read_value(ggi_fields_t *fields, ggi_str_t value, char **room)
{
    int        ch;
    ggi_str_t  field;

    if (value.len == 0) {
        return GGI_REASON_FIELD_MISSING;
    }

    do {
        ch = ',';
        field.data = *room;

        while (value.len && (ch = ggi_query_char(&value)) >= 0 && ch != ',') {
            *(*room)++ = (char) ch;
        }

        field.len = (size_t) (*room - field.data);

        if (ch < 0 || !ggi_fields_add(fields, field)) {
            return GGI_REASON_FIELDS_MALFORMED;
        }
    } while (ch == ',' && value.len);

    return (ch == ',') ? GGI_REASON_FIELDS_MALFORMED : GGI_REASON_NONE;
}


ggi_reason_e
ggi_fields_read_query(ggi_fields_t *fields, ggi_str_t name, ggi_str_t args, char *room)
{
    ggi_query_t   query = { .rest = args };
    ggi_reason_e  reason, first;

    first = GGI_REASON_NONE;

    while (ggi_query_next(&query)) {

        if (ggi_str_eq(query.name, name) && !query.doubtful) {
            reason = ggi_query_read_value(fields, query.value, &room);

        } else {
            reason = ggi_query_resembles(query.name, name) ? GGI_REASON_FIELDS_MALFORMED
                                                           : GGI_REASON_NONE;
        }

        if (reason == GGI_REASON_FIELDS_MALFORMED) {
            return reason;
        }

        first = first ? first : reason;
    }

    return (first || fields->n) ? first : GGI_REASON_FIELD_MISSING;
}
