/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Writes JSON (RFC 8259) into a buffer of the caller: no allocation, no
 * trailing NUL, commas placed by the writer.
 */

#ifndef GGI_JSON_H
#define GGI_JSON_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>


typedef struct {
    char  *start;
    char  *pos;                         /* behind what has been written */
    char  *end;
    int    comma;                       /* the next value needs one */
    int    overflow;                    /* something did not fit: discard all */
} ggi_json_t;


/*
 * The small parts are inline: a key is a literal, so that its length and the
 * copy of it are the compiler's work. An audit record has some seventy parts.
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


static inline void
ggi_json_put_char(ggi_json_t *json, char ch)
{
    if (json->pos == json->end) {
        json->overflow = 1;
        return;
    }

    *json->pos++ = ch;
}


/* What stands before a value: a comma, if need be, and the key. */
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


/* Starts at buf, of size bytes. */
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
 * Opens ('{' or '[') or closes ('}' or ']') a container. The key is a literal
 * that needs no escaping; NULL within an array and at the top.
 */
static inline void
ggi_json_open(ggi_json_t *json, const char *key, char bracket)
{
    ggi_json_lead(json, key);
    ggi_json_put_char(json, bracket);
    json->comma = 0;
}


static inline void
ggi_json_close(ggi_json_t *json, char bracket)
{
    ggi_json_put_char(json, bracket);
    json->comma = 1;
}


/* How many bytes at p, of len, are printable ASCII that needs no escaping. */
size_t ggi_json_plain_run(const void *data, size_t len);

/* The quoted bytes of a string value or an item; what ggi_json_str() says goes for it. */
void ggi_json_quote(ggi_json_t *json, const void *data, size_t len);

/*
 * A string of len bytes. Quotes, backslashes and control characters are
 * escaped; each byte that is no part of valid UTF-8 becomes U+FFFD, so that
 * the result is valid JSON whatever the input. ggi_json_cstr() takes a
 * NUL-terminated one.
 */
static inline void
ggi_json_str(ggi_json_t *json, const char *key, const void *data, size_t len)
{
    ggi_json_lead(json, key);
    ggi_json_quote(json, data, len);
}


static inline void
ggi_json_cstr(ggi_json_t *json, const char *key, const char *value)
{
    ggi_json_str(json, key, value, strlen(value));
}


/* Writes bytes that are JSON already, as a value. */
static inline void
ggi_json_raw(ggi_json_t *json, const char *key, const void *data, size_t len)
{
    ggi_json_lead(json, key);
    ggi_json_put(json, data, len);
}


/* A string that is known to need no escaping: hexadecimal, an identifier that was checked, a word of ours. */
static inline void
ggi_json_plain(ggi_json_t *json, const char *key, const void *data, size_t len)
{
    ggi_json_lead(json, key);
    ggi_json_put_char(json, '"');
    ggi_json_put(json, data, len);
    ggi_json_put_char(json, '"');
}


static inline void
ggi_json_word(ggi_json_t *json, const char *key, const char *word)
{
    ggi_json_plain(json, key, word, strlen(word));
}


static inline void
ggi_json_bool(ggi_json_t *json, const char *key, int value)
{
    ggi_json_raw(json, key, value ? "true" : "false", value ? 4 : 5);
}


/* The decimal digits of a value at dst, which takes 20. Returns behind the last one. */
char *ggi_decimal_write(char *dst, uint64_t value);

/* The digits of a number as a value or an item. */
void ggi_json_number(ggi_json_t *json, int64_t value);

static inline void
ggi_json_int(ggi_json_t *json, const char *key, int64_t value)
{
    ggi_json_lead(json, key);
    ggi_json_number(json, value);
}


/* What has been written, in bytes; 0 when it did not fit. */
size_t ggi_json_len(const ggi_json_t *json);

/*
 * The length in bytes, 1 to 4, of the valid UTF-8 character (RFC 3629) at p,
 * of which left bytes can be read; 0 when there is none.
 */
size_t ggi_utf8_char(const unsigned char *p, size_t left);

/*
 * The most bytes that ggi_json_str() can write for a key of klen bytes and a
 * value of len bytes: six for a byte, and the punctuation.
 */
#define GGI_JSON_STR_MAX(klen, len)  ((klen) + 6 * (len) + 8)


#endif
