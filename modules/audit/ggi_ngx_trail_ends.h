/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The ends of the chain of a worker: which chain was written before it at its place, and
 * what is left to the workers after it of where it ends. The slot is that of the worker.
 */

#ifndef GGI_NGX_TRAIL_ENDS_H
#define GGI_NGX_TRAIL_ENDS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_thread_pool.h>

#include "ggi_ngx_slot.h"


/*
 * Finds the chain that was written last at the place that the worker has taken, for the
 * record that will open its own; or, when that is written, for one that the chain goes on
 * here. Does nothing when that chain is known.
 */
void ggi_trail_find_before(const ggi_slot_t *slot);

/*
 * Prepares what is noted beside the log: where the chain was written, and how far it has
 * come. A thread notes it. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_trail_init_notes(ngx_cycle_t *cycle, ngx_thread_pool_t *pool);

/*
 * Returns 1 when a sync is wanted, whatever durability is configured, since the chain is
 * not noted at its place yet. After a failure it is wanted again a second later.
 */
ngx_uint_t ggi_trail_must_note(const ggi_slot_t *slot);

/*
 * Keeps in mind how far the chain has come in the present file, to be noted when what was
 * written so far is on the disk: a note that was ahead of the log after a power cut would
 * tell of records that were never there.
 */
void ggi_trail_prepare_note(const ggi_slot_t *slot);

/*
 * Notes what was prepared, if anything, now that a sync that began then has ended with 0;
 * or forgets it when that has failed.
 */
void ggi_trail_note_synced(ngx_err_t error, ngx_log_t *log);

/* Adds the record that closes the chain, when the worker comes to an orderly end. */
void ggi_trail_close_chain(const ggi_slot_conf_t *conf);

/*
 * Notes, when all has been written, how the chain has ended. Logs an alert when the record
 * that closes it could not be kept.
 */
void ggi_trail_note_closed(const ggi_slot_t *slot, ngx_log_t *log);


#endif
