/* SPDX-License-Identifier: EUPL-1.2 */

/* A server's words in a log. */

#ifndef GGI_REDIS_WORDS_H
#define GGI_REDIS_WORDS_H

#include "ggi_redis_url.h"

#define GGI_REDIS_WORDS_LEN  256        /* bytes of a server's message in the log, with its NUL */


/*
 * Makes len bytes of a server's message fit for a log. Bytes that are not
 * printable ASCII, and backslashes, become \xNN; the passwords of the URL become
 * ***. Writes at most size bytes to dst, including a NUL; size has to be at least
 * 5. What does not fit is left out.
 */
void ggi_redis_printable(char *dst, size_t size, const char *src, size_t len,
    const ggi_redis_url_t *url);


#endif
