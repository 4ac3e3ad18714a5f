/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Writes JSON (RFC 8259) into a buffer of the caller: no allocation, no
 * trailing NUL, commas placed by the writer.
 */

#ifndef GGI_JSON_H
#define GGI_JSON_H

#include <stddef.h>
#include <stdint.h>


typedef struct {
    char  *start;
    char  *pos;                         /* behind what has been written */
    char  *end;
    int    comma;                       /* the next value needs one */
    int    overflow;                    /* something did not fit: discard all */
} ggi_json_t;


/* Starts at buf, of size bytes. */
void ggi_json_init(ggi_json_t *json, char *buf, size_t size);

/*
 * Opens ('{' or '[') or closes ('}' or ']') a container. The key is a literal
 * that needs no escaping; NULL within an array and at the top.
 */
void ggi_json_open(ggi_json_t *json, const char *key, char bracket);
void ggi_json_close(ggi_json_t *json, char bracket);

/*
 * A string of len bytes. Quotes, backslashes and control characters are
 * escaped; each byte that is no part of valid UTF-8 becomes U+FFFD, so that
 * the result is valid JSON whatever the input. ggi_json_cstr() takes a
 * NUL-terminated one.
 */
void ggi_json_str(ggi_json_t *json, const char *key, const void *data,
    size_t len);
void ggi_json_cstr(ggi_json_t *json, const char *key, const char *value);
void ggi_json_int(ggi_json_t *json, const char *key, int64_t value);
void ggi_json_bool(ggi_json_t *json, const char *key, int value);

/* Writes bytes that are JSON already, as a value. */
void ggi_json_raw(ggi_json_t *json, const char *key, const void *data,
    size_t len);

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
