/*
 * SPDX-License-Identifier: EUPL-1.2
 *
 * Connects to a gateway over TLS again and again, one connection after the other, each with one call by a client
 * certificate, and counts.
 *
 *   connections PORT 1.2|1.3 full|resumed SECONDS CERTIFICATE KEY PATH HEADER
 *
 * "resumed" offers the session of the connection before. Prints "CALLS RESUMED": the calls that were answered with 200
 * and how many connections resumed a session; any other answer is an error.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>


static SSL_SESSION  *kept;


static void
fail(const char *what)
{
    fprintf(stderr, "connections: %s failed\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}


/* Keeps the newest session that the gateway gives. */
static int
keep(SSL *ssl, SSL_SESSION *session)
{
    (void) ssl;

    SSL_SESSION_free(kept);
    kept = session;

    return 1;
}


static SSL_CTX *
context(const char *version, const char *certificate, const char *key)
{
    int       number;
    SSL_CTX  *ctx;

    ctx = SSL_CTX_new(TLS_client_method());
    number = strcmp(version, "1.2") == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;

    if (ctx == NULL || !SSL_CTX_set_min_proto_version(ctx, number) || !SSL_CTX_set_max_proto_version(ctx, number)
        || SSL_CTX_use_certificate_chain_file(ctx, certificate) != 1
        || SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
    {
        fail("the certificate");
    }

    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, keep);

    return ctx;
}


static int
connected(int port)
{
    int                 fd, one = 1;
    struct sockaddr_in  address = { .sin_family = AF_INET, .sin_port = htons((uint16_t) port) };

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd == -1 || connect(fd, (struct sockaddr *) &address, sizeof(address)) != 0) {
        fail("connect()");
    }

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));

    return fd;
}


/* One connection with one call. Returns 1 when it resumed a session. */
static int
call(SSL_CTX *ctx, int port, int resume, const char *request)
{
    int   fd, n, len, reused;
    SSL  *ssl;
    char  answer[4096];

    fd = connected(port);
    ssl = SSL_new(ctx);

    if (ssl == NULL || !SSL_set_fd(ssl, fd) || (resume && kept && !SSL_set_session(ssl, kept))
        || SSL_connect(ssl) != 1 || SSL_write(ssl, request, (int) strlen(request)) <= 0)
    {
        fail("the handshake");
    }

    for (len = 0; len < (int) sizeof(answer) - 1; len += n) {
        n = SSL_read(ssl, answer + len, (int) sizeof(answer) - 1 - len);
        if (n <= 0) {
            break;
        }
    }

    answer[len] = '\0';

    if (strncmp(answer, "HTTP/1.1 200 ", 13) != 0) {
        fprintf(stderr, "connections: not every call was allowed:\n%s\n", answer);
        exit(1);
    }

    reused = SSL_session_reused(ssl);
    SSL_shutdown(ssl);
    SSL_free(ssl);
    close(fd);

    return reused;
}


int
main(int argc, char **argv)
{
    int       port;
    char      request[4096];
    long      calls, resumed;
    time_t    end;
    SSL_CTX  *ctx;

    if (argc != 9) {
        fprintf(stderr, "connections: PORT 1.2|1.3 full|resumed SECONDS CERTIFICATE KEY PATH HEADER\n");
        return 2;
    }

    ctx = context(argv[2], argv[5], argv[6]);
    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\nConnection: close\r\n\r\n", argv[7],
             argv[8]);
    port = (int) strtol(argv[1], NULL, 10);
    end = time(NULL) + strtol(argv[4], NULL, 10);

    for (calls = 0, resumed = 0; time(NULL) < end; calls++) {
        resumed += call(ctx, port, strcmp(argv[3], "resumed") == 0, request);
    }

    printf("%ld %ld\n", calls, resumed);

    return 0;
}
