/* SPDX-License-Identifier: EUPL-1.2 */

/* Where Redis is, and how the tool makes itself known there: by options, or by the environment. */

#ifndef GGICTL_REDIS_ACCESS_H
#define GGICTL_REDIS_ACCESS_H

#include "ggictl_args.h"


/*
 * Each member but url may be NULL. What they point to lives longer than the connections that are
 * made with them. The files are in PEM.
 */
typedef struct {
    const char  *url;                   /* as ggi_redis_url_parse() takes it; NULL: none is given */
    const char  *ca;                    /* file of CAs; NULL: those of the system */
    const char  *cert;                  /* file of a client certificate and its CAs */
    const char  *key;                   /* file of the certificate's private key */
    const char  *sentinel_user;         /* NULL: the default user of the Sentinels */
    const char  *sentinel_password;     /* NULL: they ask for none */
} ggictl_redis_access_t;


/*
 * Sets access to what the options of a command say, and where they say nothing to what the
 * environment does: GGI_REDIS, GGI_REDIS_CA, GGI_REDIS_CERT, GGI_REDIS_KEY,
 * GGI_REDIS_SENTINEL_USER and GGI_REDIS_SENTINEL_PASSWORD.
 */
void ggictl_redis_access(ggictl_redis_access_t *access, const ggictl_args_t *args);

/*
 * Returns 1 when a text, which stands on the command line, is no URL of Redis with a password; or
 * 0 after a message, which names the variable of the environment where such a URL may stand.
 */
int ggictl_redis_without_password(const char *text, const char *variable);


#endif
