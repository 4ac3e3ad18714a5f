/* SPDX-License-Identifier: EUPL-1.2 */

/* The URL of Redis: of one server, or of several that Sentinel or a Cluster keeps together. */

#ifndef GGI_REDIS_URL_H
#define GGI_REDIS_URL_H

#include <openssl/x509_vfy.h>

#include "ggi_source.h"
#include "ggi_str.h"

#define GGI_REDIS_ADDRESS_LEN  46       /* bytes of an IP address as text, with its NUL */
#define GGI_REDIS_HOSTS_MAX    16       /* hosts of a URL */


/* What the hosts of a URL are. */
typedef enum {
    GGI_REDIS_SERVER,                   /* the one server that has the data */
    GGI_REDIS_SENTINEL,                 /* Sentinels, any of which knows where the master is */
    GGI_REDIS_CLUSTER                   /* nodes of a Cluster, each of which has a part */
} ggi_redis_url_kind_e;


typedef struct {
    ggi_str_t  name;                    /* as it was written: an IPv6 address has its brackets */
    char       address[GGI_REDIS_ADDRESS_LEN];  /* without brackets; "": the host is a name */
    int        port;
} ggi_redis_host_t;


/*
 * A parsed URL. It is one of
 *
 *   redis://[user:password@]host[:port][/db]
 *   unix://[user:password@]/path[?db=n]
 *   sentinel://[user:password@]host[:port][,host[:port]].../master[/db]
 *   redis-cluster://[user:password@]host[:port][,host[:port]]...
 *
 * An s behind the scheme (rediss://, sentinels://, redis-clusters://) asks for TLS. The user may
 * be empty, as in redis://:password@host. User, password and database are those of the servers
 * that have the data, not of the Sentinels.
 */
typedef struct {
    ggi_redis_url_kind_e  kind;
    int                   tls;          /* 1: over TLS, also to the Sentinels */
    ggi_str_t             path;         /* of a UNIX socket; len 0: there are hosts */
    ggi_redis_host_t      hosts[GGI_REDIS_HOSTS_MAX];
    size_t                nhosts;       /* 0 with a path; 1 for a GGI_REDIS_SERVER */
    ggi_str_t             master;       /* its name, which Sentinels know; len 0: of no Sentinel */
    ggi_str_t             user;         /* decoded; len 0: the default user */
    ggi_str_t             password;     /* decoded; len 0: no AUTH is sent */

    /* Set by the caller, whose they are, each with a NUL behind it. */
    ggi_str_t             sentinel_user;        /* len 0: the default user of the Sentinels */
    ggi_str_t             sentinel_password;    /* len 0: Sentinels ask for none */

    int                   db;
    char                  text[1024];   /* holds the strings, each with a NUL behind it */
} ggi_redis_url_t;


/*
 * Parses a URL of at most 1,023 bytes. Returns 1, or 0 with the fault, whose
 * message does not contain the password.
 */
int ggi_redis_url_parse(ggi_redis_url_t *url, ggi_str_t text,
    ggi_fault_t *fault);

/* Returns how a URL of its kind begins, such as "sentinels://": a constant. */
const char *ggi_redis_url_scheme(const ggi_redis_url_t *url);

/*
 * Notes len bytes at name, which end with a NUL and outlive host, as the name of the host, and
 * as its address when they are one. Returns 1, or 0 when they are neither an address nor a name,
 * such as an IPv6 address without its brackets. The port stays as it was.
 */
int ggi_redis_host_set(ggi_redis_host_t *host, const char *name, size_t len);

/*
 * Sets a host to a port of text, a name or an address, where an IPv6 address has no brackets. The
 * name of the host, with brackets then, is written to name, of size bytes, which outlives host.
 * Returns 1, or 0 when text is neither a name nor an address, or name too small.
 */
int ggi_redis_host_make(ggi_redis_host_t *host, char *name, size_t size, const char *text,
    int port);

/*
 * Has OpenSSL check, when it verifies a certificate with param, that the
 * certificate is for the host: for its IP address, which has to stand in
 * subjectAltName, or else for its name. Returns 1, or 0 without memory.
 */
int ggi_redis_tls_expect(X509_VERIFY_PARAM *param, const ggi_redis_host_t *host);


#endif
