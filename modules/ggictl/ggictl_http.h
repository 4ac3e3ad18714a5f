/* SPDX-License-Identifier: EUPL-1.2 */

/* Requests over HTTP by libcurl, within limits of time, size, redirects and schemes. */

#ifndef GGICTL_HTTP_H
#define GGICTL_HTTP_H

#include <signal.h>
#include <stddef.h>

#define GGICTL_HTTP_WHY_MAX  400        /* bytes of the text of what went wrong */


typedef struct {
    int                           fd;       /* where the body is written, of the caller */
    size_t                        max;      /* bytes that the body may have */
    long                          timeout;  /* seconds that the whole download may take */
    const volatile sig_atomic_t  *stop;     /* the download ends when this is not 0 */
    const char                   *remedy;   /* what to do when the server refuses */
    const void                   *post;     /* what is sent by POST; NULL: GET */
    size_t                        post_len;
    const char                   *post_type;        /* header line of its Content-Type */
    const char                   *accept;   /* header line of a GET; NULL: that of libcurl */
} ggictl_http_t;


/*
 * Downloads url, of which ggi_points_url() has to hold, to http->fd, which it empties
 * first. Follows at most five redirects,
 * to http:// and https:// alone. A proxy is taken from the environment (http_proxy,
 * https_proxy, no_proxy); nothing else is read from it, from .netrc or from files of
 * cookies. The certificate of an https:// server has to verify by the CAs of the system.
 * Only the status 200 is good. Returns 1, or 0 with what went wrong in why, printable
 * and without a full stop, and then perhaps a remedy behind "; ".
 */
int ggictl_http_fetch(const ggictl_http_t *http, const char *url,
    char why[GGICTL_HTTP_WHY_MAX]);


#endif
