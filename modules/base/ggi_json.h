/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A writer of JSON (RFC 8259). It fills a buffer that the caller provides, allocates
 * nothing and places the commas itself. The text is not terminated with a NUL byte.
 * Call ggi_json_init(), then one function for each value, and ggi_json_len() at the
 * end: it returns 0 when anything did not fit, so that no other call has to be checked.
 */

#ifndef GGI_JSON_H
#define GGI_JSON_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ggi_str.h"


typedef struct {
    char  *start;
    char  *pos;                         /* where the next byte goes */
    char  *end;
    int    comma;                       /* 1: the next value needs a comma before it */
    int    overflow;                    /* 1: something did not fit, the text is void */
} ggi_json_t;


/*
 * The functions of the writer are inlined whatever their length, and none of them gives
 * the writer's address away, so that the compiler copies a literal key without a call and
 * keeps the writer in registers. An audit record has some seventy members: as functions
 * that are called they would cost a call of the gateway three times as much. A function
 * that is not inlined and is seldom called should take the writer by its value, and
 * return it.
 */
#define ggi_json_inline  static inline __attribute__((always_inline))


/* Returns 1 when len more bytes fit. Returns 0, and sets json->overflow, when they do not. */
ggi_json_inline int
ggi_json_fits(ggi_json_t *json, size_t len)
{
    if ((size_t) (json->end - json->pos) < len) {
        json->overflow = 1;
        return 0;
    }

    return 1;
}


/* Appends len bytes as they are, if any. Sets json->overflow when they do not fit. */
ggi_json_inline void
ggi_json_put(ggi_json_t *json, const void *data, size_t len)
{
    if (len && ggi_json_fits(json, len)) {
        memcpy(json->pos, data, len);
        json->pos += len;
    }
}


/* Appends one byte as it is. Sets json->overflow when it does not fit. */
ggi_json_inline void
ggi_json_put_char(ggi_json_t *json, char ch)
{
    ggi_json_put(json, &ch, 1);
}


/* Returns how many bytes ggi_json_write_lead() writes. */
ggi_json_inline size_t
ggi_json_lead_len(const ggi_json_t *json, const char *key)
{
    return (json->comma ? 1 : 0) + (key ? strlen(key) + 3 : 0);
}


/* Writes what ggi_json_lead() writes, which fits. Returns the position behind it. */
ggi_json_inline char *
ggi_json_write_lead(ggi_json_t *json, const char *key)
{
    char  *p;

    p = json->pos;

    if (json->comma) {
        *p++ = ',';
    }

    if (key) {
        *p++ = '"';
        memcpy(p, key, strlen(key));
        p += strlen(key);
        *p++ = '"';
        *p++ = ':';
    }

    json->comma = 1;

    return p;
}


/*
 * Writes what stands before a value: the comma after the value before it, if there is
 * one, and the key with its colon. key is NULL for an element of an array and for the
 * outermost value.
 */
ggi_json_inline void
ggi_json_lead(ggi_json_t *json, const char *key)
{
    if (ggi_json_fits(json, ggi_json_lead_len(json, key))) {
        json->pos = ggi_json_write_lead(json, key);
    }
}


/* Begins a new text in buf, which has size bytes and stays the caller's. */
ggi_json_inline void
ggi_json_init(ggi_json_t *json, char *buf, size_t size)
{
    json->start = buf;
    json->pos = buf;
    json->end = buf + size;
    json->comma = 0;
    json->overflow = 0;
}


/*
 * Opens an object or an array; bracket is '{' or '['. key is the member's name, a
 * literal that needs no escaping, or NULL for an element of an array and for the
 * outermost value.
 */
ggi_json_inline void
ggi_json_open(ggi_json_t *json, const char *key, char bracket)
{
    char  *p;

    if (ggi_json_fits(json, ggi_json_lead_len(json, key) + 1)) {
        p = ggi_json_write_lead(json, key);
        *p++ = bracket;
        json->pos = p;
    }

    json->comma = 0;
}


/* Closes the object or array that was opened last; bracket is '}' or ']'. */
ggi_json_inline void
ggi_json_close(ggi_json_t *json, char bracket)
{
    ggi_json_put_char(json, bracket);
    json->comma = 1;
}


/* Returns the position behind the white space of JSON (RFC 8259, 2) from p on, at most end. */
static inline const char *
ggi_json_blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) {
        p++;
    }

    return p;
}


/*
 * Returns how many of the len bytes at data, counted from the first, are printable
 * ASCII that JSON takes without escaping.
 */
size_t ggi_json_plain_run(const void *data, size_t len);

/*
 * Returns 1 when all len bytes are printable ASCII that JSON takes without escaping, 0
 * otherwise.
 */
int ggi_json_is_plain(const void *data, size_t len);

/*
 * Writes len bytes as a JSON string with its quotes to dst, which has room for it, when all
 * of them are printable ASCII that JSON takes without escaping. Returns the position behind
 * the string, or NULL when one needs escaping; some bytes may have been written then.
 */
char *ggi_json_write_plain(char *dst, const void *data, size_t len);

/*
 * Writes len bytes as a JSON string with its quotes to dst, of which end is the end.
 * Escapes quotes, backslashes and control characters, and replaces each byte that is not
 * part of valid UTF-8 by U+FFFD, so that the result is valid JSON whatever the bytes are.
 * Returns the position behind the string, or NULL when it does not fit.
 */
char *ggi_json_write_quoted(char *dst, const char *end, const void *data, size_t len);

/*
 * Notes what ggi_json_write_quoted() or another function with such a result has written
 * for a writer: pos is the position behind it, or NULL when it did not fit.
 */
ggi_json_inline void
ggi_json_written(ggi_json_t *json, char *pos)
{
    if (pos) {
        json->pos = pos;

    } else {
        json->overflow = 1;
    }
}


/* Writes len bytes as ggi_json_write_quoted() does, without key or comma. */
ggi_json_inline void
ggi_json_quote(ggi_json_t *json, const void *data, size_t len)
{
    ggi_json_written(json, ggi_json_write_quoted(json->pos, json->end, data, len));
}


/*
 * Writes the len bytes at data as a string, as a member named key or, with key NULL, as
 * an element. Escapes quotes, backslashes and control characters, and replaces each
 * byte that is not part of valid UTF-8 by U+FFFD, so that the result is valid JSON
 * whatever the bytes are. key is a literal that needs no escaping.
 */
ggi_json_inline void
ggi_json_str(ggi_json_t *json, const char *key, const void *data, size_t len)
{
    ggi_json_lead(json, key);
    ggi_json_quote(json, data, len);
}


/*
 * Writes a string as a member named key or, with key NULL, as an element: prefix, a literal
 * that needs no escaping, and the text behind it, which is escaped as by ggi_json_str().
 */
ggi_json_inline void
ggi_json_prefixed(ggi_json_t *json, const char *key, const char *prefix, ggi_str_t text)
{
    char    *p, *end;
    size_t   len;

    len = strlen(prefix);
    ggi_json_lead(json, key);

    if (ggi_json_fits(json, len + 1)) {
        p = json->pos;
        end = ggi_json_write_quoted(p + len, json->end, text.data, text.len);
        *p = '"';
        memcpy(p + 1, prefix, len);     /* the last byte takes the place of the text's own quote */
        ggi_json_written(json, end);
    }
}


/* Writes a NUL-terminated value as a string. Escapes it as ggi_json_str() does. */
ggi_json_inline void
ggi_json_cstr(ggi_json_t *json, const char *key, const char *value)
{
    ggi_json_str(json, key, value, strlen(value));
}


/*
 * Writes the len bytes at data, which are a complete JSON value already, as a member
 * named key or, with key NULL, as an element. They are not checked.
 */
ggi_json_inline void
ggi_json_raw(ggi_json_t *json, const char *key, const void *data, size_t len)
{
    char  *p;

    if (ggi_json_fits(json, ggi_json_lead_len(json, key) + len)) {
        p = ggi_json_write_lead(json, key);
        memcpy(p, data, len);
        json->pos = p + len;
    }
}


/*
 * Writes the len bytes at data as a string, as a member named key or, with key NULL, as
 * an element. Nothing is escaped: use it only for text that is known to need no escaping,
 * such as hexadecimal digits, a checked identifier or a literal.
 */
ggi_json_inline void
ggi_json_plain(ggi_json_t *json, const char *key, const void *data, size_t len)
{
    char  *p;

    if (ggi_json_fits(json, ggi_json_lead_len(json, key) + len + 2)) {
        p = ggi_json_write_lead(json, key);
        *p++ = '"';
        memcpy(p, data, len);
        p += len;
        *p++ = '"';
        json->pos = p;
    }
}


/* Writes a NUL-terminated word as a string, without escaping. Use it only for literals. */
ggi_json_inline void
ggi_json_word(ggi_json_t *json, const char *key, const char *word)
{
    ggi_json_plain(json, key, word, strlen(word));
}


/* Writes true, or false when value is 0. */
ggi_json_inline void
ggi_json_bool(ggi_json_t *json, const char *key, int value)
{
    ggi_json_raw(json, key, value ? "true" : "false", value ? 4 : 5);
}


#define GGI_DECIMAL_MAX  20             /* most digits of a number */

/*
 * Writes value in decimal digits at dst, which has room for GGI_DECIMAL_MAX. Adds no NUL.
 * Returns the position after the last digit.
 */
char *ggi_decimal_write(char *dst, uint64_t value);

/*
 * Writes value in decimal, with "-" when it is negative, at dst, whose memory ends before
 * end. Adds no NUL. Returns the position after the last digit, or NULL when there is no
 * room for all of it. ggi_json_number() calls it where its own short way does not do.
 */
char *ggi_json_write_number(char *dst, const char *end, int64_t value);

/*
 * Writes a number in decimal, without key or comma: the caller has written both with
 * ggi_json_lead(). Without room it marks the text as void, which ggi_json_len() tells.
 */
ggi_json_inline void
ggi_json_number(ggi_json_t *json, int64_t value)
{
    if (value >= 0 && json->end - json->pos >= GGI_DECIMAL_MAX) {
        json->pos = ggi_decimal_write(json->pos, (uint64_t) value);

    } else {
        ggi_json_written(json, ggi_json_write_number(json->pos, json->end, value));
    }
}


/* Writes a number as a member named key or, with key NULL, as an element. */
ggi_json_inline void
ggi_json_int(ggi_json_t *json, const char *key, int64_t value)
{
    ggi_json_lead(json, key);
    ggi_json_number(json, value);
}


/*
 * Returns the length of the text in bytes, or 0 when something did not fit in the
 * buffer: the text is void then.
 */
ggi_json_inline size_t
ggi_json_len(const ggi_json_t *json)
{
    return json->overflow ? 0 : (size_t) (json->pos - json->start);
}


/*
 * Returns the length in bytes, 1 to 4, of the UTF-8 character (RFC 3629) that begins at
 * p, or 0 when no valid one begins there. At most left bytes are read.
 */
size_t ggi_utf8_char(const unsigned char *p, size_t left);

/*
 * Returns the length in bytes of the UTF-8 character that begins at p, or 0 when none begins there,
 * or one that must not come to a terminal: a control character (C0, DEL, C1), a separator of lines,
 * or one that changes the direction of the text. At most left bytes are read.
 */
size_t ggi_utf8_shown(const unsigned char *p, size_t left);

/*
 * Returns how many bytes are left of a text of len bytes that may have max: len where
 * it has no more; otherwise max, or up to three less where a UTF-8 character would be cut
 * in two.
 */
size_t ggi_utf8_cut(const char *text, size_t len, size_t max);

/*
 * The most bytes that ggi_json_str() can write for a key of klen bytes and a value of
 * len bytes: six for each byte of the value, and the punctuation.
 */
#define GGI_JSON_STR_MAX(klen, len)  ((klen) + 6 * (len) + 8)


#endif
