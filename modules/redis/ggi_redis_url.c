/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* memrchr(), memmem() */
#include <stdlib.h>

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include "ggi_redis_url.h"


/*
 * Percent-decodes len bytes at src to dst, where it writes a NUL behind them, and
 * sets out to the result. Returns where the NUL ends, or NULL when src is malformed
 * or the result would not end before end.
 */
static char *
ggi_redis_decode(char *dst, const char *end, const char *src, size_t len,
    ggi_str_t *out)
{
    char    hex[3];
    size_t  i;

    out->data = dst;

    for (i = 0; i < len; i++) {

        if (dst + 1 >= end || src[i] == '\0') {
            return NULL;
        }

        if (src[i] != '%') {
            *dst++ = src[i];
            continue;
        }

        if (i + 2 >= len) {
            return NULL;
        }

        hex[0] = src[i + 1];
        hex[1] = src[i + 2];
        hex[2] = '\0';

        /* strtol() would take a sign or a blank too */

        if (strspn(hex, "0123456789abcdefABCDEF") != 2) {
            return NULL;
        }

        *dst = (char) strtol(hex, NULL, 16);

        if (*dst++ == '\0') {
            return NULL;
        }

        i += 2;
    }

    out->len = (size_t) (dst - out->data);
    *dst++ = '\0';

    return dst;
}


/* Returns the number of 0 to max that len bytes of decimal digits are, or -1 when they are none. */
static int
ggi_redis_number(const char *p, size_t len, int max)
{
    int     value;
    size_t  i;

    value = 0;

    for (i = 0; i < len; i++) {
        if (p[i] < '0' || p[i] > '9' || i > 5) {
            return -1;
        }

        value = value * 10 + (p[i] - '0');
    }

    return (len && value <= max) ? value : -1;
}


/*
 * Takes user:password@, or :password@, from the start of text, if it is there,
 * and decodes it to dst. Returns where the next string can be put, or NULL when it
 * is malformed.
 */
static char *
ggi_redis_url_user(ggi_redis_url_t *url, ggi_str_t *text, char *dst)
{
    const char  *at, *colon, *end;

    end = url->text + sizeof(url->text);
    at = (text->data && text->len) ? memrchr(text->data, '@', text->len) : NULL;

    if (at == NULL) {
        return dst;
    }

    colon = memchr(text->data, ':', (size_t) (at - text->data));

    if (colon == NULL) {
        return NULL;
    }

    dst = ggi_redis_decode(dst, end, text->data,
                           (size_t) (colon - text->data), &url->user);
    if (dst == NULL) {
        return NULL;
    }

    dst = ggi_redis_decode(dst, end, colon + 1, (size_t) (at - colon - 1),
                           &url->password);

    text->len -= (size_t) (at + 1 - text->data);
    text->data = at + 1;

    return dst;
}


/*
 * Notes the host as an address when it is one. Returns 0 when it is neither an
 * address nor a name: no IPv6 address in brackets, or one without them.
 */
static int
ggi_redis_url_address(ggi_redis_url_t *url)
{
    size_t         len;
    const char    *host;
    unsigned char  binary[16];

    host = url->host.data;
    len = url->host.len;

    if (host[0] == '[') {
        if (len < 3 || host[len - 1] != ']' || len - 2 >= sizeof(url->address)) {
            return 0;
        }

        memcpy(url->address, host + 1, len - 2);
        return inet_pton(AF_INET6, url->address, binary) == 1;
    }

    if (len < sizeof(url->address) && inet_pton(AF_INET, host, binary) == 1) {
        memcpy(url->address, host, len);
    }

    return strchr(host, ':') == NULL;
}


/*
 * Reads host[:port], an IPv6 address in brackets, and puts the host at dst.
 * Returns 1, or 0 when it is malformed.
 */
static int
ggi_redis_url_host(ggi_redis_url_t *url, ggi_str_t text, char *dst)
{
    size_t       len;
    const char  *colon, *end;

    end = url->text + sizeof(url->text);
    url->port = 6379;
    len = text.len;

    colon = text.len ? memrchr(text.data, ':', text.len) : NULL;

    if (colon && memchr(colon, ']', text.len - (size_t) (colon - text.data)) == NULL) {
        len = (size_t) (colon - text.data);
        url->port = ggi_redis_number(colon + 1, text.len - len - 1, 65535);
    }

    return len && url->port > 0
           && ggi_redis_decode(dst, end, text.data, len, &url->host) != NULL
           && ggi_redis_url_address(url);
}


int
ggi_redis_url_parse(ggi_redis_url_t *url, ggi_str_t text, ggi_fault_t *fault)
{
    int           local;
    char         *dst;
    ggi_str_t     db;
    const char   *split;

    memset(url, 0, sizeof(ggi_redis_url_t));

    if (text.len >= sizeof(url->text)) {
        return ggi_fault(fault, "URL", "expected at most %zu bytes",
                         sizeof(url->text) - 1);
    }

    local = ggi_str_skip(&text, "unix://");
    url->tls = !local && ggi_str_skip(&text, "rediss://");

    if (!local && !url->tls && !ggi_str_skip(&text, "redis://")) {
        return ggi_fault(fault, "URL", "expected redis://, rediss:// or "
                         "unix:// at its start");
    }

    dst = ggi_redis_url_user(url, &text, url->text);
    if (dst == NULL) {
        return ggi_fault(fault, "URL", "expected user:password@ before the "
                         "host, percent-encoded where needed");
    }

    db.len = 0;
    split = NULL;

    if (text.len) {
        split = local ? memmem(text.data, text.len, "?db=", 4)
                      : memchr(text.data, '/', text.len);
    }

    if (split) {
        db.data = split + (local ? 4 : 1);
        db.len = text.len - (size_t) (db.data - text.data);
        text.len = (size_t) (split - text.data);
    }

    url->db = db.len ? ggi_redis_number(db.data, db.len, 65535) : 0;

    if (url->db < 0) {
        return ggi_fault(fault, "URL", "expected the number of a database at "
                         "its end");
    }

    if (local) {
        if (text.len == 0 || text.data[0] != '/'
            || ggi_redis_decode(dst, url->text + sizeof(url->text), text.data,
                                text.len, &url->path) == NULL)
        {
            return ggi_fault(fault, "URL", "expected the absolute path of a "
                             "socket");
        }

    } else if (!ggi_redis_url_host(url, text, dst)) {
        return ggi_fault(fault, "URL", "expected host or host:port, an "
                         "IPv6 address in brackets");
    }

    return 1;
}


int
ggi_redis_tls_expect(X509_VERIFY_PARAM *param, const ggi_redis_url_t *url)
{
    X509_VERIFY_PARAM_set_hostflags(param,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);

    return url->address[0]
           ? X509_VERIFY_PARAM_set1_ip_asc(param, url->address)
           : X509_VERIFY_PARAM_set1_host(param, url->host.data, url->host.len);
}
