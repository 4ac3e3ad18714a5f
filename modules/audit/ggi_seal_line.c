/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "ggi_seal_line.h"

#define GGI_SEAL_DIGITS     18          /* of a number that surely fits in 63 bits */
#define GGI_SEAL_PRINT_MAX  1024


/*
 * The words of each kind of line and their fields, in their order: h is the hash, d the
 * digest, f from, t to, i the id of a chain, r a reason and b base64.
 */
static const struct {
    const char  *word;
    const char  *fields;
} ggi_seal_kinds[GGI_SEAL_KINDS] = {
    [GGI_SEAL_FILE] = { "file", "hftd" },
    [GGI_SEAL_CHAIN] = { "chain", "itd" },
    [GGI_SEAL_EXPIRED] = { "expired", "hftr" },
    [GGI_SEAL_TOMBSTONES] = { "tombstones", "htdr" },
    [GGI_SEAL_STAMP] = { "stamp", "tb" },
    [GGI_SEAL_CLOSED] = { "closed", "" }
};


void
ggi_seal_text_reserve(ggi_seal_text_t *text, size_t len)
{
    char    *grown;
    size_t   size;

    if (len <= text->size - text->len) {
        return;
    }

    size = 2 * text->size + len;
    grown = realloc(text->data, size);

    if (grown == NULL) {
        text->failed = 1;
        return;
    }

    text->data = grown;
    text->size = size;
}


void
ggi_seal_text_add(ggi_seal_text_t *text, const char *data, size_t len)
{
    ggi_seal_text_reserve(text, len);

    if (len && !text->failed) {
        memcpy(text->data + text->len, data, len);
        text->len += len;
    }
}


void
ggi_seal_text_print(ggi_seal_text_t *text, const char *format, ...)
{
    int      n;
    char     part[GGI_SEAL_PRINT_MAX + 1];
    va_list  args;

    va_start(args, format);
    n = vsnprintf(part, sizeof(part), format, args);
    va_end(args);

    if (n < 0 || n > GGI_SEAL_PRINT_MAX) {
        text->failed = 1;
        return;
    }

    ggi_seal_text_add(text, part, (size_t) n);
    OPENSSL_cleanse(part, (size_t) n);
}


static void
ggi_seal_text_hex(ggi_seal_text_t *text, const unsigned char hash[GGI_SEAL_HASH])
{
    char  hex[GGI_SEAL_HEX];

    ggi_hex_write(hex, hash, GGI_SEAL_HASH);
    ggi_seal_text_add(text, hex, sizeof(hex));
}


void
ggi_seal_line_write(ggi_seal_text_t *text, const ggi_seal_line_t *line)
{
    const char  *field;

    ggi_seal_text_print(text, "%s", ggi_seal_kinds[line->kind].word);

    for (field = ggi_seal_kinds[line->kind].fields; *field; field++) {
        ggi_seal_text_add(text, " ", 1);

        switch (*field) {

        case 'h':
            ggi_seal_text_hex(text, line->hash);
            break;

        case 'd':
            ggi_seal_text_hex(text, line->digest);
            break;

        case 'f':
            ggi_seal_text_print(text, "%" PRId64, line->from);
            break;

        case 't':
            ggi_seal_text_print(text, "%" PRId64, line->to);
            break;

        case 'i':
            ggi_seal_text_add(text, line->id, GGI_UUID_LEN);
            break;

        default:
            ggi_seal_text_add(text, line->text.data, line->text.len);
        }
    }

    ggi_seal_text_add(text, "\n", 1);
}


int
ggi_seal_split(ggi_str_t *rest, ggi_str_t *line)
{
    const char  *end;

    end = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;

    if (end == NULL) {
        return 0;
    }

    line->data = rest->data;
    line->len = (size_t) (end - rest->data);
    rest->data = end + 1;
    rest->len -= line->len + 1;

    return 1;
}


int
ggi_seal_number(ggi_str_t *rest, int64_t *number)
{
    size_t  n;

    *number = 0;

    for (n = 0; n < rest->len && n < GGI_SEAL_DIGITS && ggi_is_digit(rest->data[n]); n++) {
        *number = *number * 10 + (rest->data[n] - '0');
    }

    if (n == 0 || (n > 1 && rest->data[0] == '0')
        || (n < rest->len && ggi_is_digit(rest->data[n])))
    {
        return 0;
    }

    rest->data += n;
    rest->len -= n;

    return 1;
}


/* Reads a hash in hexadecimal digits, and moves *rest behind it. Returns 1, or 0. */
static int
ggi_seal_hex(ggi_str_t *rest, unsigned char hash[GGI_SEAL_HASH])
{
    if (rest->len < GGI_SEAL_HEX || !ggi_hex_read(hash, rest->data, GGI_SEAL_HASH)) {
        return 0;
    }

    rest->data += GGI_SEAL_HEX;
    rest->len -= GGI_SEAL_HEX;

    return 1;
}


/*
 * Takes all that is left as a text of at most max printable ASCII characters, blanks too
 * where blank is 1. Returns 1, or 0 when it is something else.
 */
static int
ggi_seal_rest(ggi_str_t *rest, ggi_str_t *text, size_t max, int blank)
{
    size_t  i;

    for (i = 0; i < rest->len; i++) {
        if (rest->data[i] < (blank ? ' ' : '!') || rest->data[i] > '~') {
            return 0;
        }
    }

    *text = *rest;
    rest->data += rest->len;
    rest->len = 0;

    return text->len > 0 && text->len <= max;
}


/* Reads the id of a chain in lower case, and moves *rest behind it. Returns 1, or 0. */
static int
ggi_seal_id(ggi_str_t *rest, char id[GGI_UUID_LEN + 1])
{
    if (rest->len < GGI_UUID_LEN || !ggi_uuid_read(id, rest->data, GGI_UUID_LEN)
        || memcmp(id, rest->data, GGI_UUID_LEN) != 0)
    {
        return 0;
    }

    id[GGI_UUID_LEN] = '\0';
    rest->data += GGI_UUID_LEN;
    rest->len -= GGI_UUID_LEN;

    return 1;
}


/* Reads a field of a line, and moves *rest behind it. Returns 1, or 0 when it is none. */
static int
ggi_seal_field(ggi_seal_line_t *line, ggi_str_t *rest, char field)
{
    switch (field) {

    case 'h':
        return ggi_seal_hex(rest, line->hash);

    case 'd':
        return ggi_seal_hex(rest, line->digest);

    case 'f':
        return ggi_seal_number(rest, &line->from);

    case 't':
        return ggi_seal_number(rest, &line->to);

    case 'i':
        return ggi_seal_id(rest, line->id);

    case 'r':
        return ggi_seal_rest(rest, &line->text, GGI_SEAL_REASON_MAX, 1);

    default:
        return ggi_seal_rest(rest, &line->text, GGI_SEAL_STAMP_MAX, 0);
    }
}


int
ggi_seal_line_read(ggi_seal_line_t *line, ggi_str_t str)
{
    size_t       len;
    const char  *field;

    memset(line, 0, sizeof(ggi_seal_line_t));

    for (line->kind = 0; line->kind < GGI_SEAL_KINDS; line->kind++) {
        len = strlen(ggi_seal_kinds[line->kind].word);

        if (str.len >= len && memcmp(str.data, ggi_seal_kinds[line->kind].word, len) == 0) {
            str.data += len;
            str.len -= len;
            break;
        }
    }

    if (line->kind == GGI_SEAL_KINDS) {
        return 0;
    }

    for (field = ggi_seal_kinds[line->kind].fields; *field; field++) {
        if (!ggi_str_skip(&str, " ") || !ggi_seal_field(line, &str, *field)) {
            return 0;
        }
    }

    return str.len == 0 && line->from <= line->to;
}
