/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "ggi_seal_note.h"
#include "ggi_time.h"

#define GGI_SEAL_SIGNED  (GGI_SEAL_KEY_ID + GGI_SEAL_SIGNATURE)
#define GGI_SEAL_DASH    "\xe2\x80\x94 "        /* what a signature line begins with */


void
ggi_seal_time_write(char text[GGI_SEAL_TIME + 1], int64_t time)
{
    time_t     t;
    struct tm  tm;

    t = (time_t) time;
    memset(text, 0, GGI_SEAL_TIME + 1);

    if (gmtime_r(&t, &tm) == NULL
        || strftime(text, GGI_SEAL_TIME + 1, "%Y-%m-%dT%H:%M:%SZ", &tm) != GGI_SEAL_TIME)
    {
        memcpy(text, "0000-00-00T00:00:00Z", GGI_SEAL_TIME);
    }
}


void
ggi_seal_note_begin(ggi_seal_text_t *text, ggi_str_t name, int64_t number,
    int64_t time, const unsigned char previous[GGI_SEAL_HASH])
{
    char  written[GGI_SEAL_TIME + 1], hex[GGI_SEAL_HEX];

    ggi_seal_time_write(written, time);
    ggi_hex_write(hex, previous, GGI_SEAL_HASH);
    ggi_seal_text_print(text, "ggi-audit-seal/1 %.*s\nseal %" PRId64 "\ntime %s\n"
                        "previous %.*s\n", (int) name.len, name.data, number, written,
                        GGI_SEAL_HEX, hex);
}


int
ggi_seal_note_sign(ggi_seal_text_t *text, ggi_str_t name,
    const unsigned char next[GGI_SEAL_KEY],
    const unsigned char secret[GGI_SEAL_KEY],
    const unsigned char public_key[GGI_SEAL_KEY])
{
    char           base64[GGI_SEAL_BASE64(GGI_SEAL_SIGNED) + 1];
    unsigned char  signature[GGI_SEAL_SIGNED];

    ggi_seal_base64_write(base64, next, GGI_SEAL_KEY);
    ggi_seal_text_print(text, "key %s\n", base64);

    if (text->failed || !ggi_seal_key_id(name, public_key, signature)
        || !ggi_seal_key_sign(secret, text->data, text->len, signature + GGI_SEAL_KEY_ID))
    {
        return 0;
    }

    ggi_seal_base64_write(base64, signature, sizeof(signature));
    ggi_seal_text_print(text, "\n" GGI_SEAL_DASH "%.*s %s\n", (int) name.len, name.data, base64);

    return !text->failed;
}


size_t
ggi_seal_note_length(const char *data, size_t len)
{
    const char  *blank, *end;

    blank = memmem(data, len, "\n\n", 2);

    if (blank == NULL) {
        return 0;
    }

    end = memchr(blank + 2, '\n', (size_t) (data + len - blank) - 2);

    return end ? (size_t) (end - data) + 1 : 0;
}


/* Reads a time as ggi_seal_time_write() writes it. Returns 1, or 0 when it is none. */
static int
ggi_seal_time_read(ggi_str_t text, int64_t *time)
{
    char  again[GGI_SEAL_TIME + 1];

    if (text.len != GGI_SEAL_TIME || !ggi_time_read(text, time)) {
        return 0;
    }

    ggi_seal_time_write(again, *time);

    return memcmp(again, text.data, GGI_SEAL_TIME) == 0;
}


/* Reads what stands before the lines. Returns NULL, or what is wrong. */
static const char *
ggi_seal_note_head(ggi_seal_note_t *note, ggi_str_t *rest)
{
    ggi_str_t  line;

    if (!ggi_seal_split(rest, &note->name) || !ggi_str_skip(&note->name, "ggi-audit-seal/1 ")
        || !ggi_seal_name_good(note->name))
    {
        return "it does not begin with \"ggi-audit-seal/1\" and a name";
    }

    if (!ggi_seal_split(rest, &line) || !ggi_str_skip(&line, "seal ")
        || !ggi_seal_number(&line, &note->number) || line.len || note->number == 0)
    {
        return "its second line is no \"seal\" with a number";
    }

    if (!ggi_seal_split(rest, &line) || !ggi_str_skip(&line, "time ")
        || !ggi_seal_time_read(line, &note->time))
    {
        return "its third line is no \"time\"";
    }

    if (!ggi_seal_split(rest, &line) || !ggi_str_skip(&line, "previous ")
        || line.len != GGI_SEAL_HEX || !ggi_hex_read(note->previous, line.data, GGI_SEAL_HASH))
    {
        return "its fourth line is no \"previous\" with a hash";
    }

    return NULL;
}


/* Reads the lines and the next key. Returns NULL, or what is wrong. */
static const char *
ggi_seal_note_body(ggi_seal_note_t *note, ggi_str_t *rest)
{
    ggi_str_t        line;
    ggi_seal_line_t  read;
    ggi_seal_kind_e  kind;

    kind = GGI_SEAL_FILE;
    note->lines.data = rest->data;

    for ( ;; ) {
        note->lines.len = (size_t) (rest->data - note->lines.data);

        if (!ggi_seal_split(rest, &line)) {
            return "it ends without a \"key\"";
        }

        if (ggi_str_skip(&line, "key ")) {
            break;
        }

        if (!ggi_seal_line_read(&read, line) || read.kind < kind
            || (note->closed && read.kind == GGI_SEAL_CLOSED))
        {
            return "it has a line that a seal does not have there";
        }

        kind = read.kind;
        note->closed = (kind == GGI_SEAL_CLOSED);
    }

    return (ggi_seal_base64_read(note->next, GGI_SEAL_KEY, line) == GGI_SEAL_KEY)
           ? NULL : "its \"key\" is no public key";
}


/* Reads the signature, with which the note ends. Returns NULL, or what is wrong. */
static const char *
ggi_seal_note_tail(ggi_seal_note_t *note, ggi_str_t *rest)
{
    ggi_str_t      line;
    unsigned char  signature[GGI_SEAL_SIGNED];

    if (!ggi_seal_split(rest, &line) || line.len || !ggi_seal_split(rest, &line) || rest->len
        || !ggi_str_skip(&line, GGI_SEAL_DASH) || line.len <= note->name.len
        || memcmp(line.data, note->name.data, note->name.len) != 0)
    {
        return "it does not end with a blank line and a signature under its name";
    }

    line.data += note->name.len;
    line.len -= note->name.len;

    if (!ggi_str_skip(&line, " ")
        || ggi_seal_base64_read(signature, sizeof(signature), line) != sizeof(signature))
    {
        return "its signature is none";
    }

    memcpy(note->key_id, signature, GGI_SEAL_KEY_ID);
    memcpy(note->signature, signature + GGI_SEAL_KEY_ID, GGI_SEAL_SIGNATURE);

    return NULL;
}


const char *
ggi_seal_note_read(ggi_seal_note_t *note, ggi_str_t whole)
{
    ggi_str_t    rest;
    const char  *fault;

    memset(note, 0, sizeof(ggi_seal_note_t));
    note->whole = whole;
    rest = whole;
    fault = ggi_seal_note_head(note, &rest);

    if (fault == NULL) {
        fault = ggi_seal_note_body(note, &rest);
    }

    if (fault == NULL) {
        note->text.data = whole.data;
        note->text.len = (size_t) (rest.data - whole.data);
        fault = ggi_seal_note_tail(note, &rest);
    }

    return fault;
}


int
ggi_seal_note_verify(const ggi_seal_note_t *note, ggi_str_t name,
    const unsigned char public_key[GGI_SEAL_KEY])
{
    unsigned char  id[GGI_SEAL_KEY_ID];

    return ggi_str_eq(note->name, name) && ggi_seal_key_id(name, public_key, id)
           && memcmp(id, note->key_id, GGI_SEAL_KEY_ID) == 0
           && ggi_seal_key_verify(public_key, note->text.data, note->text.len, note->signature);
}


int
ggi_seal_note_line(ggi_str_t *rest, ggi_seal_line_t *line)
{
    ggi_str_t  str;

    return ggi_seal_split(rest, &str) && ggi_seal_line_read(line, str);
}
