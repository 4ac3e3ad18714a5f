/* SPDX-License-Identifier: EUPL-1.2 */

/* Limits messages that callers, or what calls are passed on to, can have logged with each call. */

#ifndef GGI_NGX_LIMITS_H
#define GGI_NGX_LIMITS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_limits.h"


/*
 * Decides by ggi_limits_pass() whether this worker logs a message: about a subject of len bytes,
 * such as a dienst, that says what said stands for. Returns 1 when it is to be logged, and sets
 * *left_out to the number of those before that were left out, which the message tells; 0
 * otherwise.
 */
static inline ngx_uint_t
ggi_limits_allow(ggi_limits_t *limits, size_t len, const void *subject,
    const char *said, uint64_t *left_out)
{
    return (ngx_uint_t) ggi_limits_pass(limits, ggi_limits_hash(0, subject, len),
                                        ggi_limits_hash(0, said, ngx_strlen(said)),
                                        ngx_current_msec, left_out);
}


#endif
