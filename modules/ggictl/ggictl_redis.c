/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include "ggi_redis_words.h"
#include "ggictl_redis.h"

#define GGICTL_REDIS_TIMEOUT  5         /* seconds that connecting, a read or a write may take */


/* Sets redis->error to why a call failed and with which server. why may be NULL. */
static void
ggictl_redis_failed(ggictl_redis_t *redis, const char *what, const char *why)
{
    snprintf(redis->error, sizeof(redis->error), "%.255s%s%.200s%s%s%s", what, why ? ": " : "",
             why ? why : "", redis->server[0] ? " (" : "", redis->server,
             redis->server[0] ? ")" : "");
}


/* Sets redis->error to why the last call of OpenSSL failed; n is what that call returned. */
static void
ggictl_redis_tls_failed(ggictl_redis_t *redis, const char *what, int n)
{
    int            error, saved;
    const char    *why;
    unsigned long  code;

    saved = errno;
    error = SSL_get_error(redis->ssl, n);
    code = ERR_peek_last_error();

    if (SSL_get_verify_result(redis->ssl) != X509_V_OK) {
        what = "the server's certificate does not verify";
        why = X509_verify_cert_error_string(SSL_get_verify_result(redis->ssl));

    } else if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        why = "timed out";

    } else if (code) {
        why = ERR_reason_error_string(code);

    } else {
        why = (error == SSL_ERROR_SYSCALL && saved) ? strerror(saved)
                                                    : "the server closed the connection";
    }

    ggictl_redis_failed(redis, what, why);
}


/*
 * Returns a TLS connection that accepts only a certificate for the host of the URL from
 * one of the CAs, or NULL with OpenSSL's error.
 */
static SSL *
ggictl_redis_tls_create(const ggi_redis_url_t *url, const char *ca)
{
    SSL      *ssl;
    SSL_CTX  *ctx;

    ctx = SSL_CTX_new(TLS_client_method());
    if (ctx == NULL) {
        return NULL;
    }

    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);

    if (!SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION)
        || !(ca ? SSL_CTX_load_verify_file(ctx, ca) : SSL_CTX_set_default_verify_paths(ctx)))
    {
        SSL_CTX_free(ctx);
        return NULL;
    }

    ssl = SSL_new(ctx);
    SSL_CTX_free(ctx);          /* ssl holds a reference of its own */

    if (ssl == NULL) {
        return NULL;
    }

    /* SNI takes names only, no addresses (RFC 6066) */

    if (ggi_redis_tls_expect(SSL_get0_param(ssl), url)
        && (url->address[0] || SSL_set_tlsext_host_name(ssl, url->host.data)))
    {
        return ssl;
    }

    SSL_free(ssl);

    return NULL;
}


static int
ggictl_redis_tls(ggictl_redis_t *redis, const ggi_redis_url_t *url, const char *ca)
{
    int            n;
    unsigned long  code;

    ERR_clear_error();
    redis->ssl = ggictl_redis_tls_create(url, ca);

    if (redis->ssl == NULL || !SSL_set_fd(redis->ssl, redis->context->fd)) {
        code = ERR_peek_last_error();
        ggictl_redis_failed(redis, ca ? ca : "TLS",
                            code ? ERR_reason_error_string(code) : "no memory");
        return 0;
    }

    n = SSL_connect(redis->ssl);

    if (n != 1) {
        ggictl_redis_tls_failed(redis, "TLS", n);
        return 0;
    }

    return 1;
}


/*
 * Sends a command over TLS and waits for its reply, as redisGetReply() does without
 * TLS. Returns NULL with redis->error when it fails.
 */
static redisReply *
ggictl_redis_tls_ask(ggictl_redis_t *redis, const char *command, int len)
{
    int     n;
    char    data[16 * 1024];
    void   *reply;

    ERR_clear_error();
    n = SSL_write(redis->ssl, command, len);

    if (n <= 0) {
        ggictl_redis_tls_failed(redis, "writing", n);
        return NULL;
    }

    for (;;) {
        if (redisReaderGetReply(redis->context->reader, &reply) != REDIS_OK) {
            ggictl_redis_failed(redis, redis->context->reader->errstr, NULL);
            return NULL;
        }

        if (reply) {
            return reply;
        }

        n = SSL_read(redis->ssl, data, sizeof(data));

        if (n <= 0) {
            ggictl_redis_tls_failed(redis, "reading", n);
            return NULL;
        }

        if (redisReaderFeed(redis->context->reader, data, (size_t) n) != REDIS_OK) {
            ggictl_redis_failed(redis, redis->context->reader->errstr, NULL);
            return NULL;
        }
    }
}


redisReply *
ggictl_redis_ask_bytes(ggictl_redis_t *redis, int argc, const char **argv, const size_t *lens)
{
    int          len;
    char         words[GGI_REDIS_WORDS_LEN];
    char        *command;
    redisReply  *reply;

    redis->refused = 0;

    if (redis->ssl) {
        len = redisFormatCommandArgv(&command, argc, argv, lens);
        if (len < 0) {
            ggictl_redis_failed(redis, "no memory", NULL);
            return NULL;
        }

        reply = ggictl_redis_tls_ask(redis, command, len);
        redisFreeCommand(command);

    } else {
        reply = redisCommandArgv(redis->context, argc, argv, lens);
        if (reply == NULL) {
            ggictl_redis_failed(redis, redis->context->errstr, NULL);
        }
    }

    if (reply && reply->type == REDIS_REPLY_ERROR) {
        ggi_redis_printable(words, sizeof(words), reply->str, reply->len, &redis->url);
        ggictl_redis_failed(redis, words, NULL);
        redis->refused = 1;
        freeReplyObject(reply);
        return NULL;
    }

    return reply;
}


redisReply *
ggictl_redis_ask(ggictl_redis_t *redis, int argc, const char **argv)
{
    return ggictl_redis_ask_bytes(redis, argc, argv, NULL);
}


/* Sends a command and drops its reply. Returns 1, or 0 with redis->error. */
static int
ggictl_redis_do(ggictl_redis_t *redis, int argc, const char **argv)
{
    redisReply  *reply;

    reply = ggictl_redis_ask(redis, argc, argv);
    freeReplyObject(reply);

    return reply != NULL;
}


static int
ggictl_redis_enter(ggictl_redis_t *redis, const ggi_redis_url_t *url)
{
    char         db[16];
    const char  *select[] = { "SELECT", db };
    const char  *password[] = { "AUTH", url->password.data };
    const char  *user[] = { "AUTH", url->user.data, url->password.data };

    if (url->password.len
        && !(url->user.len ? ggictl_redis_do(redis, 3, user) : ggictl_redis_do(redis, 2, password)))
    {
        return 0;
    }

    snprintf(db, sizeof(db), "%d", url->db);

    return ggictl_redis_do(redis, 2, select);
}


int
ggictl_redis_open(ggictl_redis_t *redis, const char *text, const char *ca)
{
    ggi_str_t         str = { strlen(text), text };
    ggi_fault_t       fault = ggi_fault_init;
    struct timeval    timeout = { GGICTL_REDIS_TIMEOUT, 0 };
    ggi_redis_url_t  *url = &redis->url;

    memset(redis, 0, sizeof(ggictl_redis_t));
    signal(SIGPIPE, SIG_IGN);   /* a write to a closed connection then fails with a text */

    if (!ggi_redis_url_parse(url, str, &fault)) {
        ggictl_redis_failed(redis, fault.text, NULL);
        return 0;
    }

    if (ca && !url->tls) {
        ggictl_redis_failed(redis, "a CA is for rediss:// only", NULL);
        return 0;
    }

    snprintf(redis->server, sizeof(redis->server), url->path.len ? "%.80s" : "%.80s:%d%s",
             url->path.len ? url->path.data : url->host.data, url->port,
             url->tls ? " over TLS" : "");

    redis->context = url->path.len
                         ? redisConnectUnixWithTimeout(url->path.data, timeout)
                         : redisConnectWithTimeout(url->address[0] ? url->address : url->host.data,
                                                   url->port, timeout);

    if (redis->context == NULL || redis->context->err
        || redisSetTimeout(redis->context, timeout) != REDIS_OK)
    {
        ggictl_redis_failed(redis, redis->context ? redis->context->errstr : "no memory", NULL);
        return 0;
    }

    return (!url->tls || ggictl_redis_tls(redis, url, ca)) && ggictl_redis_enter(redis, url);
}


void
ggictl_redis_close(ggictl_redis_t *redis)
{
    if (redis->ssl) {
        (void) SSL_shutdown(redis->ssl);
        SSL_free(redis->ssl);
    }

    redisFree(redis->context);
    memset(redis, 0, sizeof(ggictl_redis_t));
}


const char *
ggictl_redis_target(const ggictl_redis_t *redis, char *target, size_t size)
{
    const ggi_redis_url_t  *url = &redis->url;

    if (url->path.len) {
        snprintf(target, size, "unix://%s?db=%d", url->path.data, url->db);

    } else {
        snprintf(target, size, "%s://%s:%d/%d", url->tls ? "rediss" : "redis", url->host.data,
                 url->port, url->db);
    }

    return target;
}
