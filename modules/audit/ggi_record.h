/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Audit records: one JSON object a line, in the shape of the Authorization
 * Decision Log (Logius).
 */

#ifndef GGI_RECORD_H
#define GGI_RECORD_H

#include "ggi_anonymous.h"
#include "ggi_call.h"
#include "ggi_chain.h"
#include "ggi_pseudonym.h"

#define GGI_RECORD_PATH_MAX   4096      /* bytes of a path that are recorded */
#define GGI_RECORD_TRIED_MAX  16        /* requests to an API that a record lists */


typedef enum { GGI_USER_PSEUDONYM, GGI_USER_PLAIN, GGI_USER_OMIT } ggi_user_e;


/* What all records of a worker share. */
typedef struct {
    ggi_user_e  user;                   /* what becomes of user names */
    ggi_str_t   key;                    /* of pseudonyms */
} ggi_record_env_t;


/* What the gate does not know of a call, but the record needs. */
typedef struct {
    uint64_t   time;                    /* of the record, ms since the epoch */
    ggi_str_t  client;                  /* address of the client */
    int        status;                  /* of the answer; 0: not known yet */
} ggi_record_context_t;


/* A request that an API got for a call. */
typedef struct {
    ggi_str_t  address;
    uint64_t   duration;                /* ms */
    int        status;                  /* 0: it did not answer */
    int        subrequest;              /* it was made for a part of the call: SSI, a mirror, auth_request */
} ggi_attempt_t;


/* Who ended a call before it was completed. */
typedef enum {
    GGI_CUT_NONE,
    GGI_CUT_CLIENT,                     /* it was gone */
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
    ggi_attempt_t  tried[GGI_RECORD_TRIED_MAX];         /* all that an API got, in their order */
    size_t     tried_n;
    size_t     tried_more;              /* that there was no room for */
    ggi_str_t  cache_status;            /* of an answer from a cache, as nginx calls it; "": it was none */
    int        update;                  /* no call but what refreshed a cache in the background */
    uint64_t   tunnelled;               /* bytes from the client after the API had switched protocols */
} ggi_completion_t;


/*
 * The most bytes of a record of the call. A buffer of this size always
 * suffices.
 */
size_t ggi_record_size(const ggi_call_t *call,
    const ggi_record_context_t *context);

/* The most bytes of the completion record of the call. */
size_t ggi_record_completion_size(const ggi_call_t *call,
    const ggi_record_context_t *context, const ggi_completion_t *completion);

/*
 * Writes the JSON of a record's "resource", with which a chain is started: the
 * version of the suite, that of nginx, and the names of the node and of the
 * machine.
 * Returns its length; 0 when buf, of size bytes, is too small.
 */
size_t ggi_record_resource(char *buf, size_t size, ggi_str_t node, ggi_str_t host,
    ggi_str_t nginx);

/*
 * Writes the decision record of a call, or the completion record of one that
 * was let through, as a line with its newline, to buf of size bytes, and moves
 * the chain on. Returns the length of the line, or 0 when it could not be
 * written; the chain is then as it was.
 */
size_t ggi_record_decision(char *buf, size_t size, const ggi_call_t *call,
    const ggi_record_context_t *context, const ggi_record_env_t *env,
    ggi_chain_t *chain);
size_t ggi_record_completion(char *buf, size_t size, const ggi_call_t *call,
    const ggi_record_context_t *context, const ggi_completion_t *completion,
    ggi_chain_t *chain);


/* Records that were lost. */
typedef struct {
    uint64_t   records;                 /* how many */
    uint64_t   from;                    /* ms since the epoch: when the first was lost */
    uint64_t   to;                      /* when the last was */
    ggi_str_t  reason;                  /* why: the system's text */
} ggi_gap_t;


/*
 * Writes the record that tells of lost records, at a time in ms since the
 * epoch, as the functions above do. GGI_RECORD_GAP_SIZE bytes always suffice.
 */
#define GGI_RECORD_GAP_SIZE  8192
size_t ggi_record_gap(char *buf, size_t size, const ggi_gap_t *gap,
    uint64_t time, ggi_chain_t *chain);

/*
 * Writes the record that tells how many refusals of an address were not recorded
 * one by one, as the function above does; address is its text, "" for several.
 * GGI_RECORD_GAP_SIZE bytes always suffice.
 */
size_t ggi_record_anonymous(char *buf, size_t size,
    const ggi_anonymous_count_t *count, ggi_str_t address, uint64_t time,
    ggi_chain_t *chain);


#endif
