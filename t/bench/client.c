/* SPDX-License-Identifier: EUPL-1.2 */

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"


void
client_fail(const char *what)
{
    fprintf(stderr, "client: %s failed\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}


SSL_CTX *
client_context(const char *certificate, const char *key)
{
    SSL_CTX  *ctx;

    ctx = SSL_CTX_new(TLS_client_method());

    if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx, certificate) != 1
        || SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
    {
        client_fail("the certificate");
    }

    return ctx;
}


void
client_request(char *request, size_t size, const char *path, const char *header)
{
    int  n;

    n = snprintf(request, size, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\nConnection: close\r\n\r\n", path, header);

    if (n < 0 || (size_t) n >= size) {
        client_fail("a call of so many bytes");
    }
}


static int
client_connect(int port)
{
    int                 fd, one = 1;
    struct sockaddr_in  address = { .sin_family = AF_INET, .sin_port = htons((uint16_t) port) };

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd == -1 || connect(fd, (struct sockaddr *) &address, sizeof(address)) != 0) {
        client_fail("connect()");
    }

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));

    return fd;
}


int
client_call(SSL_CTX *ctx, int port, SSL_SESSION *session, const char *request)
{
    int   fd, n, len, reused;
    SSL  *ssl;
    char  answer[4096];

    fd = client_connect(port);
    ssl = SSL_new(ctx);

    if (ssl == NULL || !SSL_set_fd(ssl, fd) || (session && !SSL_set_session(ssl, session)) || SSL_connect(ssl) != 1
        || SSL_write(ssl, request, (int) strlen(request)) <= 0)
    {
        client_fail("the handshake");
    }

    for (len = 0; len < (int) sizeof(answer) - 1; len += n) {
        n = SSL_read(ssl, answer + len, (int) sizeof(answer) - 1 - len);
        if (n <= 0) {
            break;
        }
    }

    answer[len] = '\0';

    if (strncmp(answer, "HTTP/1.1 200 ", 13) != 0) {
        fprintf(stderr, "client: not every call was allowed:\n%s\n", answer);
        exit(1);
    }

    reused = SSL_session_reused(ssl);
    SSL_shutdown(ssl);
    SSL_free(ssl);
    close(fd);

    return reused;
}
