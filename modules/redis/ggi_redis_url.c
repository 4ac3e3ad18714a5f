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


int
ggi_redis_host_set(ggi_redis_host_t *host, const char *name, size_t len)
{
    unsigned char  binary[16];

    host->name.data = name;
    host->name.len = len;
    memset(host->address, 0, sizeof(host->address));

    if (name[0] == '[') {
        if (len < 3 || name[len - 1] != ']' || len - 2 >= sizeof(host->address)) {
            return 0;
        }

        memcpy(host->address, name + 1, len - 2);
        return inet_pton(AF_INET6, host->address, binary) == 1;
    }

    if (len < sizeof(host->address) && inet_pton(AF_INET, name, binary) == 1) {
        memcpy(host->address, name, len);
    }

    return len && strchr(name, ':') == NULL;
}


int
ggi_redis_host_make(ggi_redis_host_t *host, char *name, size_t size, const char *text, int port)
{
    int  len, colon;

    colon = strchr(text, ':') != NULL;
    len = snprintf(name, size, "%s%s%s", colon ? "[" : "", text, colon ? "]" : "");
    host->port = port;

    return len > 0 && (size_t) len < size && ggi_redis_host_set(host, name, (size_t) len);
}


/*
 * Reads host[:port], an IPv6 address in brackets, as the next host of the URL, and puts its
 * name at dst. Returns where the next string can be put, or NULL when it is malformed.
 */
static char *
ggi_redis_url_host(ggi_redis_url_t *url, ggi_str_t text, char *dst)
{
    size_t             len;
    ggi_str_t          name;
    const char        *colon, *end;
    ggi_redis_host_t  *host;

    end = url->text + sizeof(url->text);
    host = &url->hosts[url->nhosts];
    host->port = (url->kind == GGI_REDIS_SENTINEL) ? 26379 : 6379;
    len = text.len;

    colon = text.len ? memrchr(text.data, ':', text.len) : NULL;

    if (colon && memchr(colon, ']', text.len - (size_t) (colon - text.data)) == NULL) {
        len = (size_t) (colon - text.data);
        host->port = ggi_redis_number(colon + 1, text.len - len - 1, 65535);
    }

    if (len == 0 || host->port <= 0) {
        return NULL;
    }

    dst = ggi_redis_decode(dst, end, text.data, len, &name);

    if (dst == NULL || !ggi_redis_host_set(host, name.data, name.len)) {
        return NULL;
    }

    url->nhosts++;

    return dst;
}


/*
 * Reads the hosts, with commas between them, and puts their names at dst. Returns where the
 * next string can be put, or NULL with the fault.
 */
static char *
ggi_redis_url_hosts(ggi_redis_url_t *url, ggi_str_t text, char *dst,
    ggi_fault_t *fault)
{
    size_t       max;
    ggi_str_t    one;
    const char  *comma;

    max = (url->kind == GGI_REDIS_SERVER) ? 1 : GGI_REDIS_HOSTS_MAX;

    for ( ;; ) {
        comma = text.len ? memchr(text.data, ',', text.len) : NULL;
        one.data = text.data;
        one.len = comma ? (size_t) (comma - text.data) : text.len;

        if (url->nhosts == max) {
            (void) ggi_fault(fault, "URL", max == 1
                             ? "expected one host: several are for sentinel:// or redis-cluster://"
                             : "expected at most 16 hosts");
            return NULL;
        }

        dst = ggi_redis_url_host(url, one, dst);
        if (dst == NULL) {
            (void) ggi_fault(fault, "URL", "expected host or host:port, an "
                             "IPv6 address in brackets");
            return NULL;
        }

        if (comma == NULL) {
            return dst;
        }

        text.len -= (size_t) (comma + 1 - text.data);
        text.data = comma + 1;
    }
}


/*
 * Takes the name of the master from the start of text, which is what stands behind the hosts,
 * puts it at dst, and leaves the database. Returns 1, or 0 when it is malformed: a Sentinel
 * takes no other bytes in a name.
 */
static int
ggi_redis_url_master(ggi_redis_url_t *url, ggi_str_t *text, char *dst)
{
    size_t       len;
    const char  *slash;

    slash = text->len ? memchr(text->data, '/', text->len) : NULL;
    len = slash ? (size_t) (slash - text->data) : text->len;

    if (len == 0
        || ggi_redis_decode(dst, url->text + sizeof(url->text), text->data, len,
                            &url->master) == NULL
        || strspn(url->master.data, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                  "0123456789.-_") != url->master.len)
    {
        return 0;
    }

    text->data += len + (slash != NULL);
    text->len -= len + (slash != NULL);

    return 1;
}


/* A scheme, and what it says. */
typedef struct {
    const char            *text;
    ggi_redis_url_kind_e   kind;
    int                    tls;
    int                    local;       /* 1: of a UNIX socket */
} ggi_redis_scheme_t;

static const ggi_redis_scheme_t  ggi_redis_schemes[] = {
    { "redis://", GGI_REDIS_SERVER, 0, 0 },
    { "rediss://", GGI_REDIS_SERVER, 1, 0 },
    { "unix://", GGI_REDIS_SERVER, 0, 1 },
    { "sentinel://", GGI_REDIS_SENTINEL, 0, 0 },
    { "sentinels://", GGI_REDIS_SENTINEL, 1, 0 },
    { "redis-cluster://", GGI_REDIS_CLUSTER, 0, 0 },
    { "redis-clusters://", GGI_REDIS_CLUSTER, 1, 0 }
};

#define GGI_REDIS_NSCHEMES  (sizeof(ggi_redis_schemes) / sizeof(ggi_redis_schemes[0]))


/* Takes the scheme from the start of text. Returns it, or NULL when it is none of them. */
static const ggi_redis_scheme_t *
ggi_redis_url_take_scheme(ggi_str_t *text)
{
    size_t                     i;
    const ggi_redis_scheme_t  *scheme;

    for (i = 0; i < GGI_REDIS_NSCHEMES; i++) {
        scheme = &ggi_redis_schemes[i];

        if (ggi_str_skip(text, scheme->text)) {
            return scheme;
        }
    }

    return NULL;
}


const char *
ggi_redis_url_scheme(const ggi_redis_url_t *url)
{
    size_t                     i;
    const ggi_redis_scheme_t  *scheme;

    for (i = 0; i < GGI_REDIS_NSCHEMES; i++) {
        scheme = &ggi_redis_schemes[i];

        if (scheme->kind == url->kind && scheme->tls == url->tls
            && scheme->local == (url->path.len != 0))
        {
            return scheme->text;
        }
    }

    return "";
}


/*
 * Splits text behind the hosts, or behind the path of a local socket. What follows goes to
 * tail, which may be empty.
 */
static void
ggi_redis_url_split(ggi_str_t *text, ggi_str_t *tail, int local)
{
    const char  *split;

    tail->data = text->data;
    tail->len = 0;
    split = NULL;

    if (text->len) {
        split = local ? memmem(text->data, text->len, "?db=", 4)
                      : memchr(text->data, '/', text->len);
    }

    if (split) {
        tail->data = split + (local ? 4 : 1);
        tail->len = text->len - (size_t) (tail->data - text->data);
        text->len = (size_t) (split - text->data);
    }
}


/* Reads what stands behind the hosts, which is put at dst. Returns 1, or 0 with the fault. */
static int
ggi_redis_url_tail(ggi_redis_url_t *url, ggi_str_t tail, char *dst,
    ggi_fault_t *fault)
{
    if (url->kind == GGI_REDIS_SENTINEL && !ggi_redis_url_master(url, &tail, dst)) {
        return ggi_fault(fault, "URL", "expected the name of the master behind the hosts, as in "
                         "sentinel://host:26379/mymaster/0");
    }

    url->db = tail.len ? ggi_redis_number(tail.data, tail.len, 65535) : 0;

    if (url->db < 0) {
        return ggi_fault(fault, "URL", "expected the number of a database at "
                         "its end");
    }

    if (url->kind == GGI_REDIS_CLUSTER && url->db) {
        return ggi_fault(fault, "URL", "expected no database, since a Cluster has only one");
    }

    return 1;
}


int
ggi_redis_url_parse(ggi_redis_url_t *url, ggi_str_t text, ggi_fault_t *fault)
{
    char                      *dst;
    ggi_str_t                  tail;
    const ggi_redis_scheme_t  *scheme;

    memset(url, 0, sizeof(ggi_redis_url_t));

    if (text.len >= sizeof(url->text)) {
        return ggi_fault(fault, "URL", "expected at most %zu bytes",
                         sizeof(url->text) - 1);
    }

    scheme = ggi_redis_url_take_scheme(&text);
    if (scheme == NULL) {
        return ggi_fault(fault, "URL", "expected redis://, rediss://, unix://, sentinel://, "
                         "sentinels://, redis-cluster:// or redis-clusters:// at its start");
    }

    url->kind = scheme->kind;
    url->tls = scheme->tls;

    dst = ggi_redis_url_user(url, &text, url->text);
    if (dst == NULL) {
        return ggi_fault(fault, "URL", "expected user:password@ before the "
                         "host, percent-encoded where needed");
    }

    ggi_redis_url_split(&text, &tail, scheme->local);

    if (!scheme->local) {
        dst = ggi_redis_url_hosts(url, text, dst, fault);

    } else if (text.len == 0 || text.data[0] != '/') {
        dst = NULL;

    } else {
        dst = ggi_redis_decode(dst, url->text + sizeof(url->text), text.data,
                               text.len, &url->path);
    }

    if (dst == NULL) {
        return scheme->local ? ggi_fault(fault, "URL", "expected the absolute path of a socket")
                             : 0;
    }

    return ggi_redis_url_tail(url, tail, dst, fault);
}


int
ggi_redis_tls_expect(X509_VERIFY_PARAM *param, const ggi_redis_host_t *host)
{
    X509_VERIFY_PARAM_set_hostflags(param,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);

    return host->address[0]
           ? X509_VERIFY_PARAM_set1_ip_asc(param, host->address)
           : X509_VERIFY_PARAM_set1_host(param, host->name.data, host->name.len);
}
