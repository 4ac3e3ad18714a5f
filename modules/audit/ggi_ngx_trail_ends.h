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
 * Finds out which chain was written last at the place that the worker has taken, in the file of
 * slot. The record that opens the chain of the worker will name it; when that record is written
 * already, a record that the chain goes on at this place will. Does nothing when it is known
 * already.
 */
void ggi_trail_find_before(const ggi_slot_t *slot);

/*
 * Prepares a worker, when it starts, to note beside the log where its chain is written and how
 * far it has come; a thread of pool writes these notes. Returns NGX_OK, or NGX_ERROR without
 * memory.
 */
ngx_int_t ggi_trail_init_notes(ngx_cycle_t *cycle, ngx_thread_pool_t *pool);

/*
 * Returns 1 when a sync is wanted, whatever durability is configured, since the chain is
 * not noted at its place yet. After a failure it is wanted again a second later.
 */
ngx_uint_t ggi_trail_must_note(const ggi_slot_t *slot);

/*
 * Remembers how far the chain has come in the present file, when a sync of that file begins. It
 * is noted beside the log only when the sync has ended (ggi_trail_note_synced()): after a power
 * cut a note must not tell of records that are not on the disk.
 */
void ggi_trail_prepare_note(const ggi_slot_t *slot);

/*
 * Notes beside the log what ggi_trail_prepare_note() has remembered, when the sync that began
 * then has ended; error is the errno of that sync, or 0. When the sync has failed nothing is
 * noted. Does nothing when nothing was remembered.
 */
void ggi_trail_note_synced(ngx_err_t error, ngx_log_t *log);

/*
 * Adds the record that closes the chain of a worker which comes to an orderly end, with the
 * reason why it ends: a stop, a reload or an upgrade of nginx. conf is that of the log.
 */
void ggi_trail_close_chain(const ggi_slot_conf_t *conf);

/*
 * Notes beside the log how the chain of the worker has ended, when all its records have been
 * written. Logs an alert when the record that closes it could not be written.
 */
void ggi_trail_note_closed(const ggi_slot_t *slot, ngx_log_t *log);


#endif
