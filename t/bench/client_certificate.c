/*
 * SPDX-License-Identifier: EUPL-1.2
 *
 * Preloaded into wrk, which cannot be told of a client certificate: gives each of its TLS contexts the one of
 * GGI_BENCH_CERTIFICATE and GGI_BENCH_KEY.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <openssl/ssl.h>
#include <stdlib.h>


SSL_CTX *
SSL_CTX_new(const SSL_METHOD *method)
{
    SSL_CTX  *ctx;
    SSL_CTX  *(*make)(const SSL_METHOD *);

    *(void **) &make = dlsym(RTLD_NEXT, "SSL_CTX_new");
    ctx = make(method);

    if (ctx == NULL
        || SSL_CTX_use_certificate_chain_file(ctx, getenv("GGI_BENCH_CERTIFICATE")) != 1
        || SSL_CTX_use_PrivateKey_file(ctx, getenv("GGI_BENCH_KEY"), SSL_FILETYPE_PEM) != 1)
    {
        abort();
    }

    return ctx;
}
