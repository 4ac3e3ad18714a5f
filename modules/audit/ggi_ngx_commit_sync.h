/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * From the file of a worker to the disk: syncing by a thread with durability=synced, and
 * once a second with durability=written; and what is done when a sync fails or the file is
 * replaced.
 */

#ifndef GGI_NGX_COMMIT_SYNC_H
#define GGI_NGX_COMMIT_SYNC_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_commit_queue.h"


/*
 * Prepares a worker, when it starts, to have its file synced to the disk by a thread of
 * conf->pool. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_commit_init_sync(ngx_cycle_t *cycle,
    const ggi_commit_conf_t *conf);

/*
 * Starts to sync what has been written, where that is configured and there is
 * anything, unless a sync is running: then it follows that one. So many calls share
 * one fdatasync(), the more of them the slower the disk is. When no sync can be
 * started the calls that wait for it are refused.
 */
void ggi_commit_start_sync(ngx_log_t *log);

/*
 * Does what had to wait for the end of a write by a thread: deals with a sync that has
 * failed meanwhile, changes files, and starts to sync what was written.
 */
void ggi_commit_go_on(ngx_log_t *log);

/*
 * Looks after the file, once a second, while no thread writes: takes another one when it
 * was replaced or removed, and with durability=written starts to sync what was written.
 */
void ggi_commit_look_after_file(ngx_log_t *log);

/*
 * Changes files on SIGUSR1, or when the file was removed or replaced: writes what
 * waits into the present file, has a thread sync that, and goes on in the file that
 * stands at its path now. While a thread writes or syncs that is put off until it is
 * done, and the present file is written on. Does nothing in a process that writes no
 * records.
 */
void ggi_commit_reopen_file(ngx_log_t *log);

/*
 * Writes what waits, and syncs it where that is configured, before it returns. What the
 * disk may not have, since a sync failed, is written once more to another file and synced
 * there. Meant for the exit_process of a worker alone, which has nothing else to do: the
 * event loop waits for the disk. The trail then keeps the records that are lost, and no
 * others. Returns 0, also when some could not be written; or, after a message, the errno
 * of a sync for which none of those that are kept is known to be on the disk.
 */
ngx_err_t ggi_commit_write_last(ngx_log_t *log);


#endif
