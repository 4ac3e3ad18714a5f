/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_fields_query.h"

#include "ggi_fields_name.h"
#include "ggi_velden.h"


/* What is left of a query, and the argument at hand. */
typedef struct {
    ggi_str_t  rest;
    ggi_str_t  name;
    ggi_str_t  value;                   /* data NULL: there is no "=" */
    int        doubtful;                /* some readers begin or end it elsewhere */
    int        semicolon;               /* some readers begin the rest elsewhere */
} ggi_query_t;


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
 * Returns the length of a separator that a text, which is not empty, begins with, or 0 when
 * it begins with none. Sets *doubtful to 0 when all readers end an argument there, and to 1
 * when some do: at a ";", and at an encoded one, when they decode a query as a whole first.
 */
static size_t
ggi_query_separator(ggi_str_t text, int *doubtful)
{
    int     ch;
    size_t  len;

    *doubtful = (*text.data != '&');
    len = text.len;
    ch = (*text.data == '%') ? ggi_query_char(&text) : *text.data;

    return (ch != '&' && ch != ';') ? 0 : (len == text.len) ? 1 : len - text.len;
}


/* Sets name and value of the argument at hand to those in a text. */
static void
ggi_query_split(ggi_query_t *query, ggi_str_t argument)
{
    const char  *equals;

    equals = argument.len ? memchr(argument.data, '=', argument.len) : NULL;
    query->name = argument;
    query->value.data = NULL;
    query->value.len = 0;

    if (equals) {
        query->name.len = (size_t) (equals - argument.data);
        query->value.data = equals + 1;
        query->value.len = argument.len - query->name.len - 1;
    }
}


/* Takes the next argument of a query. Returns 1, or 0 at its end. */
static int
ggi_query_next(ggi_query_t *query)
{
    int        doubtful;
    size_t     len;
    ggi_str_t  rest, argument;

    if (query->rest.data == NULL) {
        return 0;
    }

    len = 0;
    rest = query->rest;
    argument = query->rest;
    query->doubtful = query->semicolon;

    while (rest.len && (len = ggi_query_separator(rest, &doubtful)) == 0) {
        rest.data++;
        rest.len--;
    }

    argument.len -= rest.len;
    query->rest.data = NULL;

    if (rest.len) {
        query->semicolon = doubtful;
        query->doubtful |= doubtful;
        query->rest.data = rest.data + len;
        query->rest.len = rest.len - len;
    }

    ggi_query_split(query, argument);

    return 1;
}


/*
 * Returns 1 when some reader could take the encoded name of an argument for a name: it is
 * alike when decoded, cannot be decoded, or has to be decoded twice.
 */
static int
ggi_query_resembles(ggi_str_t encoded, ggi_str_t name)
{
    int          ch;
    ggi_alike_t  alike = { name, GGI_ALIKE_BEFORE };

    while (encoded.len) {
        ch = ggi_query_char(&encoded);

        if (ch < 0 || ch == '%') {
            return 1;
        }

        ggi_alike_next(&alike, (char) ch);
    }

    return ggi_alike_end(&alike);
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


int
ggi_fields_query_has(ggi_str_t args, ggi_str_t name)
{
    ggi_query_t  query = { .rest = args };

    while (ggi_query_next(&query)) {
        if (ggi_query_resembles(query.name, name)) {
            return 1;
        }
    }

    return 0;
}


int
ggi_fields_cookie_has(ggi_str_t cookies, ggi_str_t name)
{
    while (cookies.len) {
        if (ggi_fields_query_has(ggi_str_cut(&cookies, ','), name)) {
            return 1;
        }
    }

    return 0;
}
