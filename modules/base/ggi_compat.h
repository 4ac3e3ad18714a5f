/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What differs between the versions of nginx and of the libraries: the only
 * place that asks for a version. Include it behind the header in question.
 */

#ifndef GGI_COMPAT_H
#define GGI_COMPAT_H

/* nginx 1.23.0: header lines are linked lists */
#if defined(nginx_version) && (nginx_version >= 1023000)
#define ggi_header_unlink(h)  (h)->next = NULL
#else
#define ggi_header_unlink(h)
#endif

/* nginx 1.25.0: QUIC, which is never without TLS */
#if defined(nginx_version) && (nginx_version >= 1025000)
#define ggi_listen_has_tls(opt)  ((opt).ssl || (opt).quic)
#else
#define ggi_listen_has_tls(opt)  ((opt).ssl)
#endif

/* nginx 1.25.1: no server push any more */
#if defined(nginx_version) && (NGX_HTTP_V2) && (nginx_version < 1025001)
#define GGI_HTTP2_PUSH        1
#else
#define GGI_HTTP2_PUSH        0
#endif

/* hiredis 1.0: the count of an array's elements is a size_t, and the types of RESP3 are read */
#if defined(HIREDIS_MAJOR) && (HIREDIS_MAJOR >= 1)
#define ggi_redis_elements_t  size_t
#define GGI_REDIS_RESP3       1
#else
#define ggi_redis_elements_t  int
#define GGI_REDIS_RESP3       0
#endif

#endif
