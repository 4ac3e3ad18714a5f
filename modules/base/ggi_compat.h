/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Hides the differences between the versions of nginx and of the libraries that the
 * suite supports. No other file asks for a version. Include this header after the
 * header of nginx or of the library that it is about.
 */

#ifndef GGI_COMPAT_H
#define GGI_COMPAT_H

/*
 * Ends the linked list that a header line is part of since nginx 1.23.0. Does nothing
 * for older versions, whose header lines are no lists.
 */
#if defined(nginx_version) && (nginx_version >= 1023000)
#define ggi_header_unlink(h)  (h)->next = NULL
#else
#define ggi_header_unlink(h)
#endif

/* Tells whether a listening address speaks TLS. nginx 1.25.0 added QUIC, which always does. */
#if defined(nginx_version) && (nginx_version >= 1025000)
#define ggi_listen_has_tls(opt)  ((opt).ssl || (opt).quic)
#else
#define ggi_listen_has_tls(opt)  ((opt).ssl)
#endif

/*
 * Tells whether this nginx can push answers to the client over HTTP/2. nginx 1.25.1
 * removed server push.
 */
#if defined(nginx_version) && (NGX_HTTP_V2) && (nginx_version < 1025001)
#define GGI_HTTP2_PUSH        1
#else
#define GGI_HTTP2_PUSH        0
#endif

/*
 * The type of the number of elements in a reply, and whether the reader knows the types
 * of RESP3 and bounds the elements of an array: these changed in hiredis 1.0.
 */
#if defined(HIREDIS_MAJOR) && (HIREDIS_MAJOR >= 1)
#define ggi_redis_elements_t  size_t
#define GGI_REDIS_RESP3       1
#else
#define ggi_redis_elements_t  int
#define GGI_REDIS_RESP3       0
#endif

/* Gives a verification of time stamps a store, which it frees. OpenSSL 3.4 renamed that. */
#if defined(OPENSSL_VERSION_NUMBER) && (OPENSSL_VERSION_NUMBER >= 0x30400000L)
#define ggi_ts_set_store(ctx, store)  TS_VERIFY_CTX_set0_store(ctx, store)
#else
#define ggi_ts_set_store(ctx, store)  TS_VERIFY_CTX_set_store(ctx, store)
#endif

#endif
