/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The ends of the chain of a worker: which chain was written before it at its place, and
 * what is left to the workers after it of where it ends. The slot is that of the worker.
 */

#ifndef GGI_NGX_TRAIL_ENDS_H
#define GGI_NGX_TRAIL_ENDS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_slot.h"


/*
 * Finds the chain that was written last at the place that the worker has taken, for the
 * record that will open its own. Does nothing when that is known, or written.
 */
void ggi_trail_find_before(const ggi_slot_t *slot);

/*
 * Notes beside the log, once for each place, that the chain is written there. Call it once
 * a second: it does nothing while no record of the chain is in a file.
 */
void ggi_trail_note_opened(const ggi_slot_t *slot, ngx_log_t *log);

/* Notes how far the chain has come in the present file, which is about to be left. */
void ggi_trail_note_left(const ggi_slot_t *slot, ngx_log_t *log);

/* Adds the record that closes the chain, when the worker comes to an orderly end. */
void ggi_trail_close_chain(const ggi_slot_conf_t *conf);

/*
 * Notes, when all has been written, how the chain has ended. Logs an alert when the record
 * that closes it could not be kept.
 */
void ggi_trail_note_closed(const ggi_slot_t *slot, ngx_log_t *log);


#endif
