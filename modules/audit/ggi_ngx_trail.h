/* SPDX-License-Identifier: EUPL-1.2 */

/* The audit trail of a worker: its chain, and the records that wait to be written. */

#ifndef GGI_NGX_TRAIL_H
#define GGI_NGX_TRAIL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"
#include "ggi_leftover.h"
#include "ggi_ngx_slot.h"
#include "ggi_record_completion.h"
#include "ggi_record_decision.h"
#include "ggi_record_trail.h"


/* How many records were added, and what has to be told of those that could not be. */
typedef struct {
    uint64_t           records;         /* that were added */
    uint64_t           lost;            /* for which there was no room */
    ggi_leftover_t     gap;             /* those of them that no record tells of yet */
    ggi_leftover_t     told;            /* those that gap records tell of which are not written yet */
    uint64_t           gaps;            /* how many gap records that are */
    uint64_t           gaps_end;        /* the position behind the last of them */
} ggi_trail_account_t;


/* A place in the trail. */
typedef struct {
    uint64_t             position;      /* bytes of all records before it */
    ggi_trail_account_t  account;       /* as it was there */
    ggi_chain_place_t    place;
} ggi_trail_mark_t;


/*
 * Begins a chain, in a worker, and takes a file for it. The configuration and
 * the key of pseudonyms have to stay. keep: records are kept until
 * ggi_trail_synced(), so that they can be written again. NGX_ERROR: the chain
 * cannot be begun, which was logged. Without a file every write fails until one
 * can be had. node names this one in each record; "": by the name of the host.
 */
ngx_int_t ggi_trail_init(ngx_cycle_t *cycle, const ggi_slot_conf_t *log,
    ngx_uint_t keep, ggi_str_t node, ggi_user_e user, ggi_str_t key);
void ggi_trail_free(void);

/* Milliseconds since the epoch, of this turn of the event loop. */
uint64_t ggi_trail_now(void);

/* Adds the decision record of a call. NGX_ERROR: there is no room for it, which has been logged and counted. */
ngx_int_t ggi_trail_decision(ngx_http_request_t *r, ggi_call_t *call);

/* The same of the completion record of one that was let through; status is that of the answer. */
ngx_int_t ggi_trail_completion(ngx_http_request_t *r, ggi_call_t *call,
    ggi_completion_t *completion, int status);

/*
 * Adds the record of refusals that were only counted. NGX_ERROR: there is no room
 * for it now, so that it has to be tried again; nothing is counted as lost.
 */
ngx_int_t ggi_trail_anonymous(const ggi_anonymous_count_t *count);

/*
 * Writes what waits. NGX_ERROR: not all of it could be written, be it since
 * there is no file; the rest waits still. That is logged once a second at the
 * most. What counts as written stands in a file that has a name: when the file
 * was removed, another one is taken and gets all of it.
 */
ngx_int_t ggi_trail_write(ngx_log_t *log);

/* Returns the position behind all records that were added. */
uint64_t ggi_trail_end(void);

/* Returns the position up to which whole records are written. */
uint64_t ggi_trail_reached(void);

/* Returns the position up to which anything is written, be it within a record. */
uint64_t ggi_trail_written(void);

/* All records before position are on the disk, and need not be kept any more. */
void ggi_trail_synced(uint64_t position);

/*
 * Writes all that is kept once more, since it may not be on the disk: to another
 * file, unless that was begun after the one of file. NGX_ERROR: there is no other
 * file, or it could not be written; logged.
 */
ngx_int_t ggi_trail_repeat(ngx_uint_t file, ngx_log_t *log);

/* Returns the present file, for messages and to be synced; its fd can be NGX_INVALID_FILE. */
const ggi_slot_t *ggi_trail_slot(void);

/* Returns which file that is: the number of those that were begun. */
ngx_uint_t ggi_trail_file(void);

/*
 * Goes on in the file that stands at the path of the present one now, if that is
 * another. synced: what is written stays where it is; otherwise all that is kept
 * is written once more.
 */
void ggi_trail_reopen(ngx_uint_t synced, ngx_log_t *log);

/* Returns the number of bytes that wait to be written. */
size_t ggi_trail_waiting(void);

/* Returns 1 when the last write failed. */
ngx_uint_t ggi_trail_failed(void);

/*
 * Tells where the trail is; and goes back to there, as though no record had been
 * added since, or had found no room. None may have been begun to be written.
 */
void ggi_trail_mark(ggi_trail_mark_t *mark);
void ggi_trail_undo(const ggi_trail_mark_t *mark);


/*
 * Tells in the chain, once a second at the most, of what workers that have ended
 * could not write. Not while this worker cannot write either.
 */
void ggi_trail_take_over(ngx_log_t *log);

/* Counts n records as lost for which there is no room, and which will not be tried again. */
void ggi_trail_lose(ngx_uint_t n);

/*
 * The worker ends: counts the records that wait as lost, and leaves word of them
 * and of all that no written record tells of to the workers after it. Logged.
 */
void ggi_trail_give_up(ngx_log_t *log);


#endif
