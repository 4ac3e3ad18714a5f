/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A client of a gateway, for the benchmarks: a TLS connection with one call. Each function ends the
 * program when it fails.
 */

#ifndef GGI_BENCH_CLIENT_H
#define GGI_BENCH_CLIENT_H

#include <openssl/ssl.h>


/* Says on standard error what failed, with the errors of OpenSSL, and ends the program. */
void client_fail(const char *what);

/* Returns a context for clients with a certificate, its chain and its key, in PEM. */
SSL_CTX *client_context(const char *certificate, const char *key);

/* Writes a call with "Connection: close" to request, which has size bytes. header is one line or several. */
void client_request(char *request, size_t size, const char *path, const char *header);

/*
 * Connects to a port of 127.0.0.1, offers a session unless it is NULL, makes the call and ends the
 * connection. Any answer but 200 is an error. Returns 1 when the session was resumed, otherwise 0.
 */
int client_call(SSL_CTX *ctx, int port, SSL_SESSION *session, const char *request);


#endif
