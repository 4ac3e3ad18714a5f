/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A reader of JSON of its own, since the body of every call goes through it: it takes no
 * memory, and looks at each byte once.
 */

#include "ggi_fields_json.h"

#include "ggi_fields_name.h"
#include "ggi_json.h"

#define GGI_SCAN_DEPTH  32              /* objects and arrays in each other */


/* What is left of a body. */
typedef struct {
    const char    *p;
    const char    *end;
    ggi_fields_t  *fields;
    ggi_str_t      name;                /* of the member that has the fields */
    int            seen;                /* 1: the member with the fields was there */
} ggi_scan_t;


static int ggi_scan_value(ggi_scan_t *scan, unsigned depth);


static void
ggi_scan_blanks(ggi_scan_t *scan)
{
    scan->p = ggi_json_blanks(scan->p, scan->end);
}


/* Skips a character that stands right here. Returns 1, or 0 when another one is there. */
static int
ggi_scan_is(ggi_scan_t *scan, char ch)
{
    if (scan->p == scan->end || *scan->p != ch) {
        return 0;
    }

    scan->p++;

    return 1;
}


/* Skips blanks, and a character behind them. Returns 1, or 0 when another one is there. */
static int
ggi_scan_take(ggi_scan_t *scan, char ch)
{
    ggi_scan_blanks(scan);

    return ggi_scan_is(scan, ch);
}


/* Returns the length of an escape of a string, or 0 when it is none. */
static size_t
ggi_scan_escape(const ggi_scan_t *scan)
{
    size_t       i;
    const char  *p;

    p = scan->p;

    if (scan->end - p < 2) {
        return 0;
    }

    if (p[1] != 'u') {
        return (p[1] && strchr("\"\\/bfnrt", p[1])) ? 2 : 0;
    }

    for (i = 2; i < 6; i++) {
        if (p + i >= scan->end || ggi_hex_value(p[i]) < 0) {
            return 0;
        }
    }

    return 6;
}


/*
 * Reads a string, whose first quote was taken. Sets text to what is between the quotes,
 * and *plain to whether that is all ASCII without escapes. Returns 1, or 0 when it is
 * none.
 */
static int
ggi_scan_string(ggi_scan_t *scan, ggi_str_t *text, int *plain)
{
    size_t  n;

    text->data = scan->p;
    *plain = 1;

    for ( ;; ) {
        scan->p += ggi_json_plain_run(scan->p, (size_t) (scan->end - scan->p));

        if (scan->p == scan->end) {
            return 0;
        }

        if (*scan->p == '"') {
            text->len = (size_t) (scan->p++ - text->data);
            return 1;
        }

        if (*scan->p == '\\') {
            n = ggi_scan_escape(scan);

        } else if ((unsigned char) *scan->p < 0x20) {
            return 0;

        } else {
            n = ggi_utf8_char((const unsigned char *) scan->p,
                              (size_t) (scan->end - scan->p));
        }

        if (n == 0) {
            return 0;
        }

        *plain = 0;
        scan->p += n;
    }
}


/* Skips digits. Returns how many. */
static size_t
ggi_scan_digits(ggi_scan_t *scan)
{
    const char  *from;

    for (from = scan->p; scan->p < scan->end && ggi_is_digit(*scan->p); scan->p++) {
        /* void */
    }

    return (size_t) (scan->p - from);
}


static int
ggi_scan_number(ggi_scan_t *scan)
{
    (void) ggi_scan_is(scan, '-');

    if (!ggi_scan_is(scan, '0') && ggi_scan_digits(scan) == 0) {
        return 0;
    }

    if (ggi_scan_is(scan, '.') && ggi_scan_digits(scan) == 0) {
        return 0;
    }

    if (ggi_scan_is(scan, 'e') || ggi_scan_is(scan, 'E')) {
        (void) (ggi_scan_is(scan, '+') || ggi_scan_is(scan, '-'));
        return ggi_scan_digits(scan) != 0;
    }

    return 1;
}


static int
ggi_scan_literal(ggi_scan_t *scan, const char *literal)
{
    int        taken;
    ggi_str_t  rest;

    rest.data = scan->p;
    rest.len = (size_t) (scan->end - scan->p);
    taken = ggi_str_skip(&rest, literal);
    scan->p = rest.data;

    return taken;
}


/* Reads the array with the fields. Returns 1, or 0 when it is malformed. */
static int
ggi_scan_fields(ggi_scan_t *scan)
{
    int        plain;
    ggi_str_t  field;

    if (!ggi_scan_take(scan, '[')) {
        return 0;
    }

    if (ggi_scan_take(scan, ']')) {
        return 1;
    }

    do {
        if (!ggi_scan_take(scan, '"') || !ggi_scan_string(scan, &field, &plain) || !plain
            || !ggi_fields_add(scan->fields, field))
        {
            return 0;
        }
    } while (ggi_scan_take(scan, ','));

    return ggi_scan_take(scan, ']');
}


/*
 * Reads the value of a member of the body's own object. Returns 1, or 0 when it is
 * malformed, or some reader could take it for the member with the fields.
 */
static int
ggi_scan_own_member(ggi_scan_t *scan, ggi_str_t key, int plain)
{
    if (!plain) {
        return 0;
    }

    if (!ggi_fields_name_alike(key, scan->name)) {
        return ggi_scan_value(scan, 1);
    }

    if (scan->seen || !ggi_str_eq(key, scan->name)) {
        return 0;
    }

    scan->seen = 1;

    return ggi_scan_fields(scan);
}


/* Reads an object at a depth, whose "{" was taken; 0: that of the body. Returns 1, or 0. */
static int
ggi_scan_object(ggi_scan_t *scan, unsigned depth)
{
    int        plain;
    ggi_str_t  key;

    if (ggi_scan_take(scan, '}')) {
        return 1;
    }

    do {
        if (!ggi_scan_take(scan, '"') || !ggi_scan_string(scan, &key, &plain)
            || !ggi_scan_take(scan, ':')
            || !(depth ? ggi_scan_value(scan, depth + 1)
                       : ggi_scan_own_member(scan, key, plain)))
        {
            return 0;
        }
    } while (ggi_scan_take(scan, ','));

    return ggi_scan_take(scan, '}');
}


/* Skips an array at a depth, whose "[" was taken. Returns 1, or 0 when it is none. */
static int
ggi_scan_array(ggi_scan_t *scan, unsigned depth)
{
    if (ggi_scan_take(scan, ']')) {
        return 1;
    }

    do {
        if (!ggi_scan_value(scan, depth + 1)) {
            return 0;
        }
    } while (ggi_scan_take(scan, ','));

    return ggi_scan_take(scan, ']');
}


/* Skips a value at a depth. Returns 1, or 0 when it is none or lies too deep. */
static int
ggi_scan_value(ggi_scan_t *scan, unsigned depth)
{
    int        plain;
    ggi_str_t  text;

    if (depth >= GGI_SCAN_DEPTH) {
        return 0;
    }

    if (ggi_scan_take(scan, '"')) {
        return ggi_scan_string(scan, &text, &plain);
    }

    if (ggi_scan_is(scan, '{')) {
        return ggi_scan_object(scan, depth);
    }

    if (ggi_scan_is(scan, '[')) {
        return ggi_scan_array(scan, depth);
    }

    return ggi_scan_literal(scan, "true") || ggi_scan_literal(scan, "false")
           || ggi_scan_literal(scan, "null") || ggi_scan_number(scan);
}


ggi_reason_e
ggi_fields_read_json(ggi_fields_t *fields, ggi_str_t name, ggi_str_t body)
{
    ggi_scan_t  scan = { .fields = fields, .name = name };

    if (body.len == 0) {
        return GGI_REASON_FIELD_MISSING;
    }

    scan.p = body.data;
    scan.end = body.data + body.len;

    if (!ggi_scan_take(&scan, '{') || !ggi_scan_object(&scan, 0)) {
        return GGI_REASON_FIELDS_MALFORMED;
    }

    ggi_scan_blanks(&scan);

    if (scan.p != scan.end) {
        return GGI_REASON_FIELDS_MALFORMED;
    }

    return fields->n ? GGI_REASON_NONE : GGI_REASON_FIELD_MISSING;
}


/*
 * Returns 1 when a text is a subtype of JSON: "json", or letters, digits and few other
 * characters that end in "+json". One that begins as that of a form does is none: PHP ends a
 * media type at a blank, and other servers look at its beginning alone.
 */
static int
ggi_type_subtype_good(ggi_str_t subtype)
{
    size_t     i;
    ggi_str_t  rest = subtype, end;

    for (i = 0; i < subtype.len; i++) {
        if (!ggi_veld_char(subtype.data[i]) && !memchr("+.-", subtype.data[i], 3)) {
            return 0;
        }
    }

    if (ggi_str_skip_same(&rest, "json")) {
        return rest.len == 0;
    }

    if (ggi_str_skip_same(&rest, "x-www-form-urlencoded") || subtype.len < sizeof("+json")) {
        return 0;
    }

    end.len = sizeof("+json") - 1;
    end.data = subtype.data + subtype.len - end.len;

    return ggi_str_skip_same(&end, "+json");
}


/*
 * Returns 1 when a parameter of a media type leaves the text in UTF-8, 0 when it may not, or
 * when a reader could find another media type in it.
 */
static int
ggi_type_parameter_good(ggi_str_t parameter)
{
    if (!ggi_str_skip_same(&parameter, "charset")) {
        return parameter.len == 0
               || (memchr(parameter.data, '"', parameter.len) == NULL
                   && memchr(parameter.data, ',', parameter.len) == NULL);
    }

    return (ggi_str_skip_same(&parameter, "=utf-8")
            || ggi_str_skip_same(&parameter, "=\"utf-8\""))
           && parameter.len == 0;
}


int
ggi_fields_type_is_json(ggi_str_t type)
{
    ggi_str_t  media;

    media = ggi_str_trim(ggi_str_cut(&type, ';'));

    if (!ggi_str_skip_same(&media, "application/") || !ggi_type_subtype_good(media)) {
        return 0;
    }

    while (type.len) {
        if (!ggi_type_parameter_good(ggi_str_trim(ggi_str_cut(&type, ';')))) {
            return 0;
        }
    }

    return 1;
}
