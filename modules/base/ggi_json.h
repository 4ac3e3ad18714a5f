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


typedef struct {
    char  *start;
    char  *pos;                         /* where the next byte goes */
    char  *end;
    int    comma;                       /* 1: the next value needs a comma before it */
    int    overflow;                    /* 1: something did not fit, the text is void */
} ggi_json_t;


/*
 * Appends len bytes as they are. Sets json->overflow and writes nothing when they do
 * not fit.
 *
 * The small functions of the writer are inline, so that the compiler knows the length
 * of a literal key and copies it without a call: an audit record has some seventy
 * members.
 */
static inline void
ggi_json_put(ggi_json_t *json, const void *data, size_t len)
{
    if ((size_t) (json->end - json->pos) < len) {
        json->overflow = 1;
        return;
    }

    memcpy(json->pos, data, len);
    json->pos += len;
}


/* Appends one byte as it is. Sets json->overflow when it does not fit. */
static inline void
ggi_json_put_char(ggi_json_t *json, char ch)
{
    if (json->pos == json->end) {
        json->overflow = 1;
        return;
    }

    *json->pos++ = ch;
}


/*
 * Writes what stands before a value: the comma after the value before it, if there is
 * one, and the key with its colon. key is NULL for an element of an array and for the
 * outermost value.
 */
static inline void
ggi_json_lead(ggi_json_t *json, const char *key)
{
    if (json->comma) {
        ggi_json_put_char(json, ',');
    }

    if (key) {
        ggi_json_put_char(json, '"');
        ggi_json_put(json, key, strlen(key));
        ggi_json_put(json, "\":", 2);
    }

    json->comma = 1;
}


/* Begins a new text in buf, which has size bytes and stays the caller's. */
static inline void
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
static inline void
ggi_json_open(ggi_json_t *json, const char *key, char bracket)
{
    ggi_json_lead(json, key);
    ggi_json_put_char(json, bracket);
    json->comma = 0;
}


/* Closes the object or array that was opened last; bracket is '}' or ']'. */
static inline void
ggi_json_close(ggi_json_t *json, char bracket)
{
    ggi_json_put_char(json, bracket);
    json->comma = 1;
}


/*
 * Returns how many of the len bytes at data, counted from the first, are printable
 * ASCII that JSON takes without escaping.
 */
size_t ggi_json_plain_run(const void *data, size_t len);

/*
 * Writes len bytes as a JSON string with its quotes, without key or comma. Escapes
 * quotes, backslashes and control characters, and replaces each byte that is not part
 * of valid UTF-8 by U+FFFD, so that the result is valid JSON whatever the bytes are.
 */
void ggi_json_quote(ggi_json_t *json, const void *data, size_t len);

/*
 * Writes the len bytes at data as a string, as a member named key or, with key NULL, as
 * an element. Escapes quotes, backslashes and control characters, and replaces each
 * byte that is not part of valid UTF-8 by U+FFFD, so that the result is valid JSON
 * whatever the bytes are. key is a literal that needs no escaping.
 */
static inline void
ggi_json_str(ggi_json_t *json, const char *key, const void *data, size_t len)
{
    ggi_json_lead(json, key);
    ggi_json_quote(json, data, len);
}


/* Writes a NUL-terminated value as a string. Escapes it as ggi_json_str() does. */
static inline void
ggi_json_cstr(ggi_json_t *json, const char *key, const char *value)
{
    ggi_json_str(json, key, value, strlen(value));
}


/*
 * Writes the len bytes at data, which are a complete JSON value already, as a member
 * named key or, with key NULL, as an element. They are not checked.
 */
static inline void
ggi_json_raw(ggi_json_t *json, const char *key, const void *data, size_t len)
{
    ggi_json_lead(json, key);
    ggi_json_put(json, data, len);
}


/*
 * Writes the len bytes at data as a string, as a member named key or, with key NULL, as
 * an element. Nothing is escaped: use it only for text that is known to need no escaping,
 * such as hexadecimal digits, a checked identifier or a literal.
 */
static inline void
ggi_json_plain(ggi_json_t *json, const char *key, const void *data, size_t len)
{
    ggi_json_lead(json, key);
    ggi_json_put_char(json, '"');
    ggi_json_put(json, data, len);
    ggi_json_put_char(json, '"');
}


/* Writes a NUL-terminated word as a string, without escaping. Use it only for literals. */
static inline void
ggi_json_word(ggi_json_t *json, const char *key, const char *word)
{
    ggi_json_plain(json, key, word, strlen(word));
}


/* Writes true, or false when value is 0. */
static inline void
ggi_json_bool(ggi_json_t *json, const char *key, int value)
{
    ggi_json_raw(json, key, value ? "true" : "false", value ? 4 : 5);
}


/*
 * Writes value in decimal digits at dst, which has room for 20 bytes. Adds no NUL.
 * Returns the position after the last digit.
 */
char *ggi_decimal_write(char *dst, uint64_t value);

/*
 * Writes a number without key or comma, for a caller that has written both with
 * ggi_json_lead().
 */
void ggi_json_number(ggi_json_t *json, int64_t value);

/* Writes a number as a member named key or, with key NULL, as an element. */
static inline void
ggi_json_int(ggi_json_t *json, const char *key, int64_t value)
{
    ggi_json_lead(json, key);
    ggi_json_number(json, value);
}


/*
 * Returns the length of the text in bytes, or 0 when something did not fit in the
 * buffer: the text is void then.
 */
size_t ggi_json_len(const ggi_json_t *json);

/*
 * Returns the length in bytes, 1 to 4, of the UTF-8 character (RFC 3629) that begins at
 * p, or 0 when no valid one begins there. At most left bytes are read.
 */
size_t ggi_utf8_char(const unsigned char *p, size_t left);

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
