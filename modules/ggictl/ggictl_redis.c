/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include "ggi_redis_words.h"
#include "ggictl_redis.h"

#define GGICTL_REDIS_ELEMENTS  4000000  /* of an array in a reply; memory is taken for all */


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

    } else if (redis->asked) {
        what = SSL_get_certificate(redis->ssl)
               ? "the server does not accept the client certificate of --redis-cert"
               : "the server asks for a client certificate, which --redis-cert and "
                 "--redis-key name";
        why = code ? ERR_reason_error_string(code) : "it has closed the connection";

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
 * Reads the files for TLS. Returns 1, or 0 with OpenSSL's error, after setting *file to the name of
 * the file that it is about.
 */
static int
ggictl_redis_tls_files(SSL_CTX *ctx, const ggictl_redis_access_t *access, const char **file)
{
    static char  no_passphrase[] = "";      /* without it OpenSSL asks at the terminal for one */

    *file = access->ca ? access->ca : "TLS";

    if (!(access->ca ? SSL_CTX_load_verify_file(ctx, access->ca)
                     : SSL_CTX_set_default_verify_paths(ctx)))
    {
        return 0;
    }

    if (access->cert == NULL) {
        return 1;
    }

    SSL_CTX_set_default_passwd_cb_userdata(ctx, no_passphrase);
    *file = access->cert;

    if (SSL_CTX_use_certificate_chain_file(ctx, access->cert) != 1) {
        return 0;
    }

    *file = access->key;

    return SSL_CTX_use_PrivateKey_file(ctx, access->key, SSL_FILETYPE_PEM) == 1;
}


/*
 * Returns a TLS connection that accepts only a certificate for the host from one of the CAs; or
 * NULL with OpenSSL's error, after setting *file to the name of the file that it is about.
 */
static SSL *
ggictl_redis_tls_create(const ggi_redis_host_t *host, const ggictl_redis_access_t *access,
    const char **file)
{
    SSL      *ssl;
    SSL_CTX  *ctx;

    *file = "TLS";
    ctx = SSL_CTX_new(TLS_client_method());
    if (ctx == NULL) {
        return NULL;
    }

    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);

    if (!SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION)
        || !ggictl_redis_tls_files(ctx, access, file))
    {
        SSL_CTX_free(ctx);
        return NULL;
    }

    *file = "TLS";
    ssl = SSL_new(ctx);
    SSL_CTX_free(ctx);          /* ssl holds a reference of its own */

    if (ssl == NULL) {
        return NULL;
    }

    /* SNI takes names only, no addresses (RFC 6066) */

    if (ggi_redis_tls_expect(SSL_get0_param(ssl), host)
        && (host->address[0] || SSL_set_tlsext_host_name(ssl, host->name.data)))
    {
        return ssl;
    }

    SSL_free(ssl);

    return NULL;
}


/* Notes that the server asks for a client certificate. Returns 1: the handshake goes on. */
static int
ggictl_redis_tls_asked(SSL *ssl, void *data)
{
    int  *asked = data;

    (void) ssl;
    *asked = 1;

    return 1;
}


static int
ggictl_redis_tls(ggictl_redis_t *redis, const ggi_redis_host_t *host,
    const ggictl_redis_access_t *access)
{
    int            n;
    const char    *file;
    unsigned long  code;

    ERR_clear_error();
    redis->ssl = ggictl_redis_tls_create(host, access, &file);

    if (redis->ssl == NULL || !SSL_set_fd(redis->ssl, redis->context->fd)) {
        code = ERR_peek_last_error();
        ggictl_redis_failed(redis, file, code ? ERR_reason_error_string(code) : "no memory");
        return 0;
    }

    SSL_set_cert_cb(redis->ssl, ggictl_redis_tls_asked, &redis->asked);
    n = SSL_connect(redis->ssl);

    if (n != 1) {
        ggictl_redis_tls_failed(redis, "TLS", n);
        return 0;
    }

    return 1;
}


/* Sends a command over TLS. Returns 1, or 0 with redis->error. */
static int
ggictl_redis_tls_put(ggictl_redis_t *redis, int argc, const char **argv, const size_t *lens)
{
    int    n, len;
    char  *command;

    len = redisFormatCommandArgv(&command, argc, argv, lens);
    if (len < 0) {
        ggictl_redis_failed(redis, "no memory", NULL);
        return 0;
    }

    ERR_clear_error();
    n = SSL_write(redis->ssl, command, len);
    redisFreeCommand(command);

    if (n <= 0) {
        ggictl_redis_tls_failed(redis, "writing", n);
    }

    return n > 0;
}


/*
 * Waits for a reply over TLS, as redisGetReply() does without TLS. Returns NULL with redis->error
 * when it fails.
 */
static redisReply *
ggictl_redis_tls_take(ggictl_redis_t *redis)
{
    int     n;
    char    data[16 * 1024];
    void   *reply;

    ERR_clear_error();

    for (;;) {
        if (redisReaderGetReply(redis->context->reader, &reply) != REDIS_OK) {
            ggictl_redis_failed(redis, redis->context->reader->errstr, NULL);
            return NULL;
        }

        if (reply) {
            redis->asked = 0;
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


int
ggictl_redis_put(ggictl_redis_t *redis, int argc, const char **argv, const size_t *lens)
{
    if (redis->ssl) {
        return ggictl_redis_tls_put(redis, argc, argv, lens);
    }

    if (redisAppendCommandArgv(redis->context, argc, argv, lens) != REDIS_OK) {
        ggictl_redis_failed(redis, redis->context->errstr, NULL);
        return 0;
    }

    return 1;
}


redisReply *
ggictl_redis_take(ggictl_redis_t *redis)
{
    char         words[GGI_REDIS_WORDS_LEN];
    void        *taken;
    redisReply  *reply;

    redis->refused = 0;

    if (redis->ssl) {
        reply = ggictl_redis_tls_take(redis);

    } else if (redisGetReply(redis->context, &taken) == REDIS_OK) {
        reply = taken;

    } else {
        reply = NULL;
        ggictl_redis_failed(redis, redis->context->errstr, NULL);
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
ggictl_redis_ask_bytes(ggictl_redis_t *redis, int argc, const char **argv, const size_t *lens)
{
    if (redis->route) {
        return redis->route(redis, argc, argv, lens);
    }

    redis->refused = 0;

    return ggictl_redis_put(redis, argc, argv, lens) ? ggictl_redis_take(redis) : NULL;
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


int
ggictl_redis_login(ggictl_redis_t *redis, int sentinel)
{
    char                    db[16];
    const ggi_redis_url_t  *url = &redis->url;
    const ggi_str_t        *user = sentinel ? &url->sentinel_user : &url->user;
    const ggi_str_t        *password = sentinel ? &url->sentinel_password : &url->password;
    const char             *select[] = { "SELECT", db };
    const char             *alone[] = { "AUTH", password->data };
    const char             *both[] = { "AUTH", user->data, password->data };

    if (password->len
        && !(user->len ? ggictl_redis_do(redis, 3, both) : ggictl_redis_do(redis, 2, alone)))
    {
        return 0;
    }

    if (sentinel) {
        return 1;
    }

    snprintf(db, sizeof(db), "%d", url->db);

    return ggictl_redis_do(redis, 2, select);
}


int
ggictl_redis_connect(ggictl_redis_t *redis, const ggi_redis_host_t *host,
    const ggictl_redis_access_t *access, int seconds)
{
    const char             *name = NULL;
    struct timeval          timeout = { seconds, 0 };
    const ggi_redis_url_t  *url = &redis->url;

    if (host) {
        name = redis->address ? redis->address
                              : host->address[0] ? host->address : host->name.data;
        snprintf(redis->server, sizeof(redis->server), "%.80s:%d%s", host->name.data, host->port,
                 url->tls ? " over TLS" : "");

    } else {
        snprintf(redis->server, sizeof(redis->server), "%.80s", url->path.data);
    }

    redis->context = host ? redisConnectWithTimeout(name, host->port, timeout)
                          : redisConnectUnixWithTimeout(url->path.data, timeout);

    if (redis->context == NULL || redis->context->err
        || redisSetTimeout(redis->context, timeout) != REDIS_OK)
    {
        ggictl_redis_failed(redis, redis->context ? redis->context->errstr : "no memory", NULL);
        return 0;
    }

#if (GGI_REDIS_RESP3)
    redis->context->reader->maxelements = GGICTL_REDIS_ELEMENTS;
#endif

    return host == NULL || !url->tls || ggictl_redis_tls(redis, host, access);
}


void
ggictl_redis_close(ggictl_redis_t *redis)
{
    if (redis->end) {
        redis->end(redis->cluster);
    }

    if (redis->ssl) {
        (void) SSL_shutdown(redis->ssl);
        SSL_free(redis->ssl);
    }

    redisFree(redis->context);
    explicit_bzero(redis, sizeof(ggictl_redis_t));      /* with the password in its URL */
}


const char *
ggictl_redis_target(const ggictl_redis_t *redis, char *target, size_t size)
{
    int                     len;
    size_t                  i;
    const ggi_redis_url_t  *url = &redis->url;

    if (url->path.len) {
        snprintf(target, size, "unix://%s?db=%d", url->path.data, url->db);
        return target;
    }

    len = snprintf(target, size, "%s", ggi_redis_url_scheme(url));

    for (i = 0; i < url->nhosts && (size_t) len < size; i++) {
        len += snprintf(target + len, size - (size_t) len, "%s%s:%d", i ? "," : "",
                        url->hosts[i].name.data, url->hosts[i].port);
    }

    if ((size_t) len < size) {
        snprintf(target + len, size - (size_t) len, "%s%s/%d", url->master.len ? "/" : "",
                 url->master.len ? url->master.data : "", url->db);
    }

    return target;
}
