/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The records of a change that somebody made by ggictl to what a gate may let through: what
 * is going to be changed, by whom and from where; and what came of it.
 */

#ifndef GGI_RECORD_CHANGE_H
#define GGI_RECORD_CHANGE_H

#include "ggi_record.h"

#define GGI_RECORD_CHANGE_SIZE  (512 * 1024)    /* bytes that suffice for such a record */
#define GGI_CHANGE_DOCUMENT     8192    /* bytes of a document that is recorded whole */
#define GGI_CHANGE_REASON       256     /* bytes of the reason of an outcome */


/* Who makes a change, and from where. */
typedef struct {
    uint64_t   user;                    /* effective user id */
    uint64_t   real_user;
    int64_t    login;                   /* user id of the login, by the kernel; -1: not known */
    ggi_str_t  user_name;               /* of each of these; "": not known */
    ggi_str_t  real_user_name;
    ggi_str_t  login_name;
    ggi_str_t  tty;                     /* terminal; "": none */
    ggi_str_t  sudo_user;               /* as the environment claims it; "": it does not */
    ggi_str_t  client;                  /* address of the client of SSH, as that claims it */
} ggi_actor_t;


/* What was in place, or is to be. All empty: nothing. */
typedef struct {
    ggi_str_t  version;
    ggi_str_t  sha256;                  /* of its bytes, in hexadecimal digits */
} ggi_change_state_t;


/* A change. Texts are empty where it has none. */
typedef struct {
    ggi_str_t           command;        /* of ggictl, such as "profiel load" */
    ggi_str_t           kind;           /* what is changed: a word that needs no escaping */
    ggi_str_t           target;         /* where: a URL without a password, or a path */
    ggi_str_t           oin;            /* whose profile it is */
    ggi_str_t           item;           /* name of a file in the target */
    ggi_str_t           source;         /* where it comes from */
    ggi_str_t           reason;         /* why, as the user gave it */
    int                 forced;         /* 1: it is made whatever is there */
    ggi_change_state_t  before;
    ggi_change_state_t  after;
    ggi_str_t           document;       /* what is to be in place, when it may be recorded */
    const ggi_actor_t  *actor;          /* who makes it */
    const ggi_trace_t  *trace;          /* of which the child is the span of its outcome */
} ggi_change_t;


/*
 * Writes the record that a change is going to be made, at a time in ms since the epoch, as a
 * line to buf, of size bytes, and moves the chain on; GGI_RECORD_CHANGE_SIZE bytes always
 * suffice. A document of more than GGI_CHANGE_DOCUMENT bytes is left out. Returns the length
 * of the line with its newline; or 0 when it could not be written, and the chain is then as
 * it was.
 */
size_t ggi_record_change(char *buf, size_t size, const ggi_change_t *change, uint64_t time,
    ggi_chain_t *chain);

/* What came of a change. */
typedef struct {
    uint64_t            number;         /* of the change's record in this chain */
    ggi_str_t           result;         /* a word that needs no escaping */
    int                 done;           /* 1: the status is Ok, 0: it is Error */
    ggi_str_t           reason;         /* at most GGI_CHANGE_REASON bytes of it are written */
    const ggi_trace_t  *trace;          /* the trace of the change */
} ggi_change_end_t;

/*
 * Writes the record of what came of a change, at a time in ms since the epoch, as a line to
 * buf, of size bytes; GGI_RECORD_CHANGE_SIZE bytes always suffice. Returns the length of the
 * line with its newline, and moves the chain on; or 0 when it could not be written, and the
 * chain is then as it was.
 */
size_t ggi_record_change_end(char *buf, size_t size, const ggi_change_end_t *end, uint64_t time,
    ggi_chain_t *chain);


#endif
