/* SPDX-License-Identifier: EUPL-1.2 */

/* The audit trail of a worker: its chain, and the records that wait to be written. */

#ifndef GGI_NGX_TRAIL_H
#define GGI_NGX_TRAIL_H

#include "ggi_call.h"
#include "ggi_ngx_slot.h"
#include "ggi_record.h"


/* How far the trail has come. */
typedef struct {
    size_t             len;
    ngx_uint_t         records;
    ggi_chain_place_t  place;
} ggi_trail_mark_t;


/*
 * Begins a chain, in a worker, and takes a file for it. The configuration and
 * the key of pseudonyms have to stay. NGX_ERROR: the chain cannot be begun,
 * which was logged. Without a file every write fails until one can be had.
 */
ngx_int_t ggi_trail_init(ngx_cycle_t *cycle, const ggi_slot_conf_t *log,
    ggi_user_e user, ggi_str_t key);
void ggi_trail_free(void);

/* Milliseconds since the epoch, of this turn of the event loop. */
uint64_t ggi_trail_now(void);

/* Adds the decision record of a call. NGX_ERROR: there is no room for it, which has been logged and counted. */
ngx_int_t ggi_trail_decision(ngx_http_request_t *r, ggi_call_t *call);

/* The same of the completion record of one that was let through; status is that of the answer. */
ngx_int_t ggi_trail_completion(ngx_http_request_t *r, ggi_call_t *call,
    ggi_completion_t *completion, int status);

/*
 * Writes what waits, all of it or nothing. NGX_ERROR: nothing was written, all
 * waits still; the first time in a row that is logged.
 */
ngx_int_t ggi_trail_write(ngx_log_t *log);

/* The file, for messages and to be synced. */
const ggi_slot_t *ggi_trail_slot(void);

/* Goes on in the file that stands at the path now, if that is another. */
void ggi_trail_reopen(ngx_log_t *log);

/* Bytes that wait. */
size_t ggi_trail_waiting(void);

/* 1 when the last write failed. */
ngx_uint_t ggi_trail_failed(void);

/* Where the trail is; and back to there, as though no record had been added since. Nothing may be written in between. */
void ggi_trail_mark(ggi_trail_mark_t *mark);
void ggi_trail_undo(const ggi_trail_mark_t *mark);


#endif
