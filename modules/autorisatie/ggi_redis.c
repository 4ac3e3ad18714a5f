/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* memrchr(), memmem() */
#include <stdio.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include "ggi_redis.h"
#include "ggi_compat.h"


/* Percent-decodes len bytes at src into dst, terminated. Returns the end of what it wrote, behind the NUL, or NULL. */
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


/* A number of up to max, of all len bytes; -1 when it is none. */
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


static int
ggi_redis_prefix(ggi_str_t *text, const char *prefix)
{
    size_t  len;

    len = strlen(prefix);

    if (text->len < len || memcmp(text->data, prefix, len) != 0) {
        return 0;
    }

    text->data += len;
    text->len -= len;

    return 1;
}


/* user:password@, or :password@, of what is left of the URL. Returns where the next string can be put, or NULL. */
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


/* host[:port], an IPv6 address in brackets */
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

    local = ggi_redis_prefix(&text, "unix://");
    url->tls = !local && ggi_redis_prefix(&text, "rediss://");

    if (!local && !url->tls && !ggi_redis_prefix(&text, "redis://")) {
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


void
ggi_redis_words(char *dst, size_t size, const char *src, size_t len,
    const ggi_redis_url_t *url)
{
    size_t      i;
    char       *p, *end;
    ggi_str_t   secret;

    p = dst;
    end = dst + size - sizeof("\\x00");         /* the longest that is written at once, and the NUL */
    secret = url->password;

    for (i = 0; i < len && p <= end; i++) {

        if (secret.len && len - i >= secret.len
            && memcmp(src + i, secret.data, secret.len) == 0)
        {
            p += sprintf(p, "***");
            i += secret.len - 1;

        } else if (src[i] < 0x20 || src[i] > 0x7e || src[i] == '\\') {
            p += sprintf(p, "\\x%02x", (unsigned) (unsigned char) src[i]);

        } else {
            *p++ = src[i];
        }
    }

    *p = '\0';
}


static ggi_reply_t *
ggi_reply_new(const redisReadTask *task, ggi_reply_e type)
{
    ggi_reply_t  *reply, *parent;

    reply = calloc(1, sizeof(ggi_reply_t));
    if (reply == NULL) {
        return NULL;
    }

    reply->type = type;

    if (task->parent) {
        parent = task->parent->obj;

        if (parent->n <= (size_t) task->idx
            || parent->elements[task->idx])
        {
            free(reply);
            return NULL;
        }

        parent->elements[task->idx] = reply;
    }

    return reply;
}


static void *
ggi_reply_string(const redisReadTask *task, char *data, size_t len)
{
    char         *copy;
    ggi_reply_e   type;
    ggi_reply_t  *reply;

    switch (task->type) {

    case REDIS_REPLY_STRING:
        type = GGI_REPLY_STRING;
        break;

    case REDIS_REPLY_STATUS:
        type = GGI_REPLY_STATUS;
        break;

    case REDIS_REPLY_ERROR:
        type = GGI_REPLY_ERROR;
        break;

    default:
        return NULL;
    }

    copy = malloc(len + 1);
    if (copy == NULL) {
        return NULL;
    }

    reply = ggi_reply_new(task, type);
    if (reply == NULL) {
        free(copy);
        return NULL;
    }

    memcpy(copy, data, len);
    copy[len] = '\0';
    reply->data = copy;
    reply->len = len;

    return reply;
}


/*
 * The count is the sender's word: it is not believed beyond the limit, nor is
 * memory taken for it. No reply that is asked for has arrays in an array, and
 * hiredis 1 would let them nest without end.
 */
static void *
ggi_reply_array(const redisReadTask *task, ggi_redis_elements_t elements)
{
    ggi_reply_t  *reply;

    if (task->type != REDIS_REPLY_ARRAY || task->parent
        || elements > GGI_REDIS_ELEMENTS_MAX)
    {
        return NULL;
    }

    reply = ggi_reply_new(task, GGI_REPLY_ARRAY);

    if (reply) {
        reply->n = (size_t) elements;
    }

    return reply;
}


static void *
ggi_reply_integer(const redisReadTask *task, long long value)
{
    ggi_reply_t  *reply;

    reply = ggi_reply_new(task, GGI_REPLY_INTEGER);

    if (reply) {
        reply->integer = value;
    }

    return reply;
}


static void *
ggi_reply_nil(const redisReadTask *task)
{
    if (task->type == REDIS_REPLY_NIL) {
        return NULL;                    /* of RESP3; a nil of RESP2 is a string or an array */
    }

    return ggi_reply_new(task, GGI_REPLY_NIL);
}


#if GGI_REDIS_RESP3

/* Nothing of RESP3 was asked for; without these hiredis would give a number for the address of a reply. */
static void *
ggi_reply_no_double(const redisReadTask *task, double value, char *text,
    size_t len)
{
    (void) task;
    (void) value;
    (void) text;
    (void) len;

    return NULL;
}


static void *
ggi_reply_no_bool(const redisReadTask *task, int value)
{
    (void) task;
    (void) value;

    return NULL;
}

#endif


void
ggi_reply_free(ggi_reply_t *reply)
{
    size_t  i;

    if (reply == NULL) {
        return;
    }

    for (i = 0; i < reply->n; i++) {
        ggi_reply_free(reply->elements[i]);
    }

    free(reply->data);
    free(reply);
}


static void
ggi_reply_free_object(void *reply)
{
    ggi_reply_free(reply);
}


static redisReplyObjectFunctions  ggi_reply_functions = {
    .createString = ggi_reply_string,
    .createArray = ggi_reply_array,
    .createInteger = ggi_reply_integer,
#if GGI_REDIS_RESP3
    .createDouble = ggi_reply_no_double,
    .createBool = ggi_reply_no_bool,
#endif
    .createNil = ggi_reply_nil,
    .freeObject = ggi_reply_free_object
};


int
ggi_redis_reader_create(ggi_redis_reader_t *reader)
{
    reader->pending = 0;
    reader->reader = redisReaderCreateWithFunctions(&ggi_reply_functions);

    return reader->reader != NULL;
}


void
ggi_redis_reader_free(ggi_redis_reader_t *reader)
{
    if (reader->reader) {
        redisReaderFree(reader->reader);
        reader->reader = NULL;
    }
}


int
ggi_redis_reader_feed(ggi_redis_reader_t *reader, const char *data, size_t len)
{
    reader->pending += len;

    return reader->pending <= GGI_REDIS_REPLY_MAX
           && redisReaderFeed(reader->reader, data, len) == REDIS_OK;
}


int
ggi_redis_reader_next(ggi_redis_reader_t *reader, ggi_reply_t **reply)
{
    void  *object;

    object = NULL;
    *reply = NULL;

    if (redisReaderGetReply(reader->reader, &object) != REDIS_OK) {
        return 0;
    }

    if (object) {
        *reply = object;
        reader->pending = reader->reader->len - reader->reader->pos;
    }

    return 1;
}


int
ggi_reply_is_message(const ggi_reply_t *reply)
{
    return reply->type == GGI_REPLY_ARRAY && reply->n == 3
           && reply->elements[0]->type == GGI_REPLY_STRING
           && reply->elements[2]->type == GGI_REPLY_STRING
           && strcmp(reply->elements[0]->data, "message") == 0;
}
