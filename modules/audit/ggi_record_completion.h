/* SPDX-License-Identifier: EUPL-1.2 */

/* The record of how a call ended that was let through to an API. */

#ifndef GGI_RECORD_COMPLETION_H
#define GGI_RECORD_COMPLETION_H

#include "ggi_record.h"

#define GGI_RECORD_TRIED_MAX  16        /* requests to an API that a record lists */


/* A request that an API got for a call. */
typedef struct {
    ggi_str_t  address;                 /* of the API's server */
    uint64_t   duration;                /* ms */
    int        status;                  /* 0: it did not answer */
    int        subrequest;              /* it was made for a part: SSI, a mirror, auth_request */
} ggi_attempt_t;


/* Who ended a call before it was completed. */
typedef enum {
    GGI_CUT_NONE,
    GGI_CUT_CLIENT,                     /* the client, which was gone */
    GGI_CUT_SHUTDOWN,                   /* the worker, after worker_shutdown_timeout */
    GGI_CUT_TERMINATED                  /* the worker, which was told to end at once */
} ggi_cut_e;


/* How a call that was let through ended. */
typedef struct {
    uint64_t   duration;                /* ms since the request came */
    uint64_t   received;                /* bytes of the request */
    uint64_t   sent;                    /* bytes of the answer's body */
    ggi_str_t  upstream;                /* address of the API; "": not forwarded */
    int        upstream_status;         /* 0: it did not answer */
    ggi_cut_e  cut;
    size_t     tried_n;                 /* requests in tried */
    size_t     tried_more;              /* requests for which there was no room in tried */
    ggi_str_t  cache_status;            /* nginx's word for an answer of a cache; "": none */
    int        update;                  /* no call, but the update of a cache */
    uint64_t   tunnelled;               /* bytes from the client, over a tunnel to the API */
    ggi_attempt_t  tried[GGI_RECORD_TRIED_MAX];         /* all that an API got, in their order */
} ggi_completion_t;


/* Makes a completion of which nothing is known yet. What has room in tried is not written. */
static inline void
ggi_completion_init(ggi_completion_t *completion)
{
    memset(completion, 0, offsetof(ggi_completion_t, tried));
}


/*
 * Returns how many bytes the completion record of a call can have at the most, with its
 * newline: a buffer of that size always suffices for ggi_record_completion().
 */
size_t ggi_record_completion_size(const ggi_call_t *call,
    const ggi_record_context_t *context, const ggi_completion_t *completion);

/*
 * Writes the completion record of a call as a line to buf, of size bytes, and moves
 * the chain on; ggi_record_completion_size() bytes always suffice. Returns the
 * length of the line with its newline; or 0 when it could not be written, and the
 * chain is then as it was.
 */
size_t ggi_record_completion(char *buf, size_t size, const ggi_call_t *call,
    const ggi_record_context_t *context, const ggi_completion_t *completion,
    ggi_chain_t *chain);


#endif
