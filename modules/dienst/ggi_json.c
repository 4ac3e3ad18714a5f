/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include "ggi_json.h"


static void
ggi_json_put(ggi_json_t *json, const void *data, size_t len)
{
    if (json->overflow || (size_t) (json->end - json->pos) < len) {
        json->overflow = 1;
        return;
    }

    memcpy(json->pos, data, len);
    json->pos += len;
}


static void
ggi_json_lead(ggi_json_t *json, const char *key)
{
    if (json->comma) {
        ggi_json_put(json, ",", 1);
    }

    if (key) {
        ggi_json_put(json, "\"", 1);
        ggi_json_put(json, key, strlen(key));
        ggi_json_put(json, "\":", 2);
    }

    json->comma = 1;
}


void
ggi_json_init(ggi_json_t *json, char *buf, size_t size)
{
    json->start = buf;
    json->pos = buf;
    json->end = buf + size;
    json->comma = 0;
    json->overflow = 0;
}


void
ggi_json_open(ggi_json_t *json, const char *key, char bracket)
{
    ggi_json_lead(json, key);
    ggi_json_put(json, &bracket, 1);
    json->comma = 0;
}


void
ggi_json_close(ggi_json_t *json, char bracket)
{
    ggi_json_put(json, &bracket, 1);
    json->comma = 1;
}


size_t
ggi_utf8_char(const unsigned char *p, size_t left)
{
    unsigned char  lo, hi;
    size_t         n, i;

    if (left == 0) {
        return 0;
    }

    if (p[0] < 0x80) {
        return 1;
    }

    lo = 0x80;
    hi = 0xbf;

    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        n = 2;

    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        n = 3;
        lo = (p[0] == 0xe0) ? 0xa0 : 0x80;      /* no overlong forms */
        hi = (p[0] == 0xed) ? 0x9f : 0xbf;      /* no surrogates */

    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        n = 4;
        lo = (p[0] == 0xf0) ? 0x90 : 0x80;
        hi = (p[0] == 0xf4) ? 0x8f : 0xbf;      /* up to U+10FFFF */

    } else {
        return 0;
    }

    if (left < n || p[1] < lo || p[1] > hi) {
        return 0;
    }

    for (i = 2; i < n; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf) {
            return 0;
        }
    }

    return n;
}


static void
ggi_json_escape(ggi_json_t *json, unsigned char ch)
{
    char                buf[6];
    static const char  *hex = "0123456789abcdef";

    if (ch == '"' || ch == '\\') {
        buf[0] = '\\';
        buf[1] = (char) ch;
        ggi_json_put(json, buf, 2);
        return;
    }

    if (ch >= 0x80) {
        ggi_json_put(json, "\xef\xbf\xbd", 3);
        return;
    }

    memcpy(buf, "\\u00", 4);
    buf[4] = hex[ch >> 4];
    buf[5] = hex[ch & 15];
    ggi_json_put(json, buf, 6);
}


void
ggi_json_str(ggi_json_t *json, const char *key, const void *data, size_t len)
{
    size_t                n;
    const unsigned char  *p, *run, *last;

    ggi_json_lead(json, key);
    ggi_json_put(json, "\"", 1);

    p = data;
    run = p;
    last = p + len;

    while (p < last) {

        if (*p >= 0x20 && *p < 0x7f && *p != '"' && *p != '\\') {
            p++;
            continue;
        }

        n = (*p >= 0x80) ? ggi_utf8_char(p, (size_t) (last - p)) : 0;

        if (n) {
            p += n;
            continue;
        }

        ggi_json_put(json, run, (size_t) (p - run));
        ggi_json_escape(json, *p++);
        run = p;
    }

    if (run < p) {
        ggi_json_put(json, run, (size_t) (p - run));
    }

    ggi_json_put(json, "\"", 1);
}


void
ggi_json_cstr(ggi_json_t *json, const char *key, const char *value)
{
    ggi_json_str(json, key, value, strlen(value));
}


void
ggi_json_int(ggi_json_t *json, const char *key, int64_t value)
{
    int   n;
    char  buf[24];

    n = snprintf(buf, sizeof(buf), "%lld", (long long) value);
    ggi_json_raw(json, key, buf, (size_t) n);
}


void
ggi_json_bool(ggi_json_t *json, const char *key, int value)
{
    ggi_json_raw(json, key, value ? "true" : "false", value ? 4 : 5);
}


void
ggi_json_raw(ggi_json_t *json, const char *key, const void *data, size_t len)
{
    ggi_json_lead(json, key);
    ggi_json_put(json, data, len);
}


size_t
ggi_json_len(const ggi_json_t *json)
{
    return json->overflow ? 0 : (size_t) (json->pos - json->start);
}
