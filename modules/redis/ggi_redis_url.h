/* SPDX-License-Identifier: EUPL-1.2 */

/* The URL of a Redis server. */

#ifndef GGI_REDIS_URL_H
#define GGI_REDIS_URL_H

#include <openssl/x509_vfy.h>

#include "ggi_source.h"
#include "ggi_str.h"

#define GGI_REDIS_ADDRESS_LEN  46       /* bytes of an IP address as text, with its NUL */


/*
 * A parsed URL. It is one of
 *
 *   redis://[user:password@]host[:port][/db]
 *   rediss://...                       the same over TLS
 *   unix://[user:password@]/path[?db=n]
 *
 * The user may be empty, as in redis://:password@host.
 */
typedef struct {
    int        tls;                     /* 1 for rediss:// */
    ggi_str_t  path;                    /* of a UNIX socket; len 0: the server has a host */
    ggi_str_t  host;                    /* as it was written: an IPv6 address has its brackets */
    char       address[GGI_REDIS_ADDRESS_LEN];  /* without brackets; "": the host is a name */
    int        port;
    ggi_str_t  user;                    /* decoded; len 0: the default user */
    ggi_str_t  password;                /* decoded; len 0: no AUTH is sent */
    int        db;
    char       text[1024];              /* holds the strings, each with a NUL behind it */
} ggi_redis_url_t;


/*
 * Parses a URL of at most 1,023 bytes. Returns 1, or 0 with the fault, whose
 * message does not contain the password.
 */
int ggi_redis_url_parse(ggi_redis_url_t *url, ggi_str_t text,
    ggi_fault_t *fault);

/*
 * Has OpenSSL check, when it verifies a certificate with param, that the
 * certificate is for the server of the URL: for its IP address, which has to
 * stand in subjectAltName, or else for its host name. Returns 1, or 0 without
 * memory.
 */
int ggi_redis_tls_expect(X509_VERIFY_PARAM *param, const ggi_redis_url_t *url);


#endif
