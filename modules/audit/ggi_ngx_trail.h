/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The audit trail of a worker, in memory: its chain of records, those that have to
 * be kept, and the account of those for which there was no room. What writes them
 * to a file is ggi_ngx_trail_file.h.
 *
 * A position counts the bytes of all records that were ever added before it.
 */

#ifndef GGI_NGX_TRAIL_H
#define GGI_NGX_TRAIL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"
#include "ggi_journal.h"
#include "ggi_leftover.h"
#include "ggi_record_completion.h"
#include "ggi_record_decision.h"
#include "ggi_record_ends.h"
#include "ggi_record_trail.h"


/* How many records were added, and what has to be told of those that could not be. */
typedef struct {
    uint64_t           records;         /* number of records that were added */
    uint64_t           lost;            /* for which there was no room */
    ggi_leftover_t     gap;             /* those of the lost ones that no record tells of yet */
    ngx_uint_t         moved;           /* 1: no record tells yet that the chain has moved */
} ggi_trail_account_t;


/* The trail of a worker. */
typedef struct {
    ggi_record_env_t     env;
    ggi_chain_t          chain;
    const ggi_organisation_t  *own;     /* of records that are no call's; NULL: none is told */
    ggi_journal_t        journal;
    ggi_trail_account_t  account;
    ngx_err_t            failed;        /* of the last write to a file; 0: it went well */
    ngx_uint_t           unmade;        /* 1: the last record had room, and could not be made */
    ngx_uint_t           due;           /* 1: a record of the trail itself may have to go first */
    ggi_opened_t         opened;        /* what the first record of the chain tells */
    ggi_opened_t         moved;         /* what a record tells of the place that it moved to */
    ngx_uint_t           closed;        /* 1: the last record of the chain was added */
    time_t               alerted;       /* when an alert was logged, the last time */
} ggi_trail_t;

/* The trail of this worker, for the files ggi_ngx_trail*.c alone. */
extern ggi_trail_t  ggi_trail;


/* A place in the trail, to which ggi_trail_undo() can go back. */
typedef struct {
    uint64_t             position;
    ggi_trail_account_t  account;       /* as it was there */
    ggi_chain_place_t    place;         /* of the next record in the chain */
} ggi_trail_mark_t;


/*
 * Begins the audit trail of a worker: a new chain without records. node is the name of this
 * gateway in each record; when it is empty the name of the host is used. user tells how names
 * of users are recorded, and key is the key of pseudonyms, which may be freed after the call.
 * digest is that of the configuration of nginx, and has to live as long as the worker. Returns
 * NGX_OK, or NGX_ERROR after a message when OpenSSL has no random bytes or no SHA-256.
 */
ngx_int_t ggi_trail_init(ngx_cycle_t *cycle, ggi_str_t node, ggi_user_e user,
    const ggi_pseudonym_key_t *key, ggi_str_t digest);

/* Frees the chain and all records that are kept. */
void ggi_trail_free(void);

/* Returns the time of this turn of the event loop, in ms since the epoch. */
uint64_t ggi_trail_now(void);

/*
 * Adds the decision record of a call. Returns NGX_OK, or NGX_ERROR when there is no
 * room for it, which is logged and counted as a loss.
 */
ngx_int_t ggi_trail_add_decision(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Adds the completion record of a call that was let through; status is that of the
 * answer, 0 for none. Returns NGX_OK, or NGX_ERROR when there is no room for it,
 * which is logged and counted as a loss.
 */
ngx_int_t ggi_trail_add_completion(ngx_http_request_t *r, ggi_call_t *call,
    ggi_completion_t *completion, int status);

/*
 * Counts n records as lost for which there is no room, and which will not be tried
 * again. That is logged once a second at the most.
 */
void ggi_trail_count_lost(ngx_uint_t n);

/*
 * Adds the record that opens the chain, if it has none yet; and a record "ggi.gap" that
 * tells of the lost records, if there are any and at least half of the room for records is
 * free again. Call it before a record is added, and when records have been written.
 * Returns 1 when both have been done, 0 otherwise: no record may be added then, and the
 * caller counts its own as lost too, so that the lost records are one gap in the chain.
 */
ngx_uint_t ggi_trail_record_due(void);

/* Returns 1 when the chain has a record, 0 otherwise. */
ngx_uint_t ggi_trail_is_opened(void);

/*
 * Adds the record that closes the chain, with the reason why, a word of ggi_why_word(). Does
 * nothing when the chain has no record. When there is no room for the record, the chain stays
 * open.
 */
void ggi_trail_add_closing(const char *why);

/*
 * Tells whether a fault of the trail may be logged: returns 1 once a second at the
 * most, however many calls feel it.
 */
ngx_uint_t ggi_trail_may_alert(void);

/* Returns the position behind the last record that was added. */
uint64_t ggi_trail_end(void);

/* Returns the number of bytes that wait to be written. */
size_t ggi_trail_waiting(void);

/* Returns the number of bytes that are kept, be they written or not. */
size_t ggi_trail_kept(void);

/* Returns 1 when the last write of the trail to its file failed, 0 when it succeeded. */
ngx_uint_t ggi_trail_failed(void);

/*
 * For the files ggi_ngx_trail*.c alone: returns memory for a record of at most size bytes, or
 * NULL when there is no room.
 */
char *ggi_trail_room(size_t size);

/*
 * For the files ggi_ngx_trail*.c alone: ends a record of len bytes, which was written to p, from
 * ggi_trail_room(): NULL when there was no room. With len 0 it could not be made. Returns 1, or
 * 0 without a record.
 */
ngx_uint_t ggi_trail_end_record(const char *p, size_t len);

/*
 * For the files ggi_ngx_trail*.c alone: ends a record as ggi_trail_end_record() does, which is
 * lost when that returns 0. Returns NGX_OK, or NGX_ERROR when it is lost.
 */
ngx_int_t ggi_trail_count_added(const char *p, size_t len);

/*
 * Sets mark to the place behind the last record that was added, to which ggi_trail_undo() can
 * go back.
 */
void ggi_trail_mark(ggi_trail_mark_t *mark);

/*
 * Takes back all records that were added since ggi_trail_mark() set mark, and counts none of
 * those as lost for which there was no room since. None of the bytes behind mark may have been
 * written to a file.
 */
void ggi_trail_undo(const ggi_trail_mark_t *mark);


#endif
