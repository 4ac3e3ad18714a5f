/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * From the trail of a worker to the disk: writing, syncing by a thread with
 * durability=synced, and what is done when a sync fails or the file is replaced.
 */

#ifndef GGI_NGX_COMMIT_SYNC_H
#define GGI_NGX_COMMIT_SYNC_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_commit_queue.h"


/*
 * Prepares syncing in a worker, if it is configured. Returns NGX_OK, or NGX_ERROR
 * without memory.
 */
ngx_int_t ggi_commit_init_sync(ngx_cycle_t *cycle,
    const ggi_commit_conf_t *conf);

/*
 * Writes what waits in the trail, and notes that it has to be synced. Returns NGX_OK;
 * or NGX_ERROR, after a message, when not all of it could be written.
 */
ngx_int_t ggi_commit_write(ngx_log_t *log);

/*
 * Starts to sync what has been written, where that is configured and there is
 * anything, unless a sync is running: then it follows that one. So many calls share
 * one fdatasync(), the more of them the slower the disk is. When no sync can be
 * started the calls that wait for it are refused.
 */
void ggi_commit_start_sync(ngx_log_t *log);

/*
 * Looks after the file, once a second: takes another one when it was replaced or
 * removed, and writes and syncs what waits and what ended workers have left.
 */
void ggi_commit_look_after_file(ngx_log_t *log);

/*
 * Changes files on SIGUSR1, or when the file was removed or replaced: writes what
 * waits into the present file, has a thread sync that, and goes on in the file that
 * stands at its path now. While a sync is running that is put off until it is done,
 * and the present file is written on. Does nothing in a process that writes no
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
