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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client.h"


static SSL_SESSION  *kept;


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

    ctx = client_context(certificate, key);
    number = strcmp(version, "1.2") == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;

    if (!SSL_CTX_set_min_proto_version(ctx, number) || !SSL_CTX_set_max_proto_version(ctx, number)) {
        client_fail("the version of TLS");
    }

    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, keep);

    return ctx;
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
    client_request(request, sizeof(request), argv[7], argv[8]);
    port = (int) strtol(argv[1], NULL, 10);
    end = time(NULL) + strtol(argv[4], NULL, 10);

    for (calls = 0, resumed = 0; time(NULL) < end; calls++) {
        resumed += client_call(ctx, port, strcmp(argv[3], "resumed") == 0 ? kept : NULL, request);
    }

    printf("%ld %ld\n", calls, resumed);

    return 0;
}
