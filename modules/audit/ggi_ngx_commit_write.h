/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Who writes the trail of a worker to its file: the event loop, where writes were seen not
 * to wait for the disk, or a thread. One of them at a time.
 */

#ifndef GGI_NGX_COMMIT_WRITE_H
#define GGI_NGX_COMMIT_WRITE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_commit_queue.h"


/*
 * Is called on the event loop when a thread has written. rc is NGX_OK, or NGX_ERROR, after
 * a message, when not all could be written.
 */
typedef void (*ggi_commit_wrote_pt)(ngx_int_t rc, ngx_log_t *log);


/*
 * Prepares a worker, when it starts, to have its trail written by a thread of conf->pool where
 * the disk is slow; wrote is called after each write by a thread. Returns NGX_OK, or NGX_ERROR
 * without memory.
 */
ngx_int_t ggi_commit_init_write(ngx_cycle_t *cycle, const ggi_commit_conf_t *conf,
    ggi_commit_wrote_pt wrote);

/*
 * Returns 1 while a thread writes the trail to the file, 0 otherwise. While it does, nobody
 * else may write, or take another file.
 */
ngx_uint_t ggi_commit_writing(void);

/*
 * Returns 1 when the event loop may not write the trail itself, because a thread is writing it
 * or has to, since the disk is slow or takes the file just now; 0 when it may.
 */
ngx_uint_t ggi_commit_needs_thread(void);

/*
 * Notes that a sync of the file begins (syncing is 1) or has ended (0), for which no call waits.
 * A file system lets writes wait while the disk takes the file. So a thread writes meanwhile,
 * and how long that takes says nothing about the time after it.
 */
void ggi_commit_note_sync(ngx_uint_t syncing);

/*
 * Writes what waits in the trail, on the event loop; no thread may write meanwhile.
 * Returns NGX_OK; or NGX_ERROR, after a message, when not all of it could be written.
 */
ngx_int_t ggi_commit_write(ngx_log_t *log);

/*
 * Has a thread write what waits in the trail. No thread may write yet, and there has to be
 * a file. Returns NGX_OK, and wrote is called later; or NGX_DECLINED, after a message,
 * when no thread can: the caller writes itself.
 */
ngx_int_t ggi_commit_start_write(ngx_log_t *log);

/*
 * Ends a write by a thread in a worker that exits, so that the caller can write the rest
 * itself: ggi_disk_finish() says why that works.
 */
void ggi_commit_finish_write(ngx_log_t *log);

/*
 * Returns 1 when something was written to the file since the last call of this function, so
 * that it may not be on the disk yet; 0 otherwise.
 */
ngx_uint_t ggi_commit_take_unsynced(void);


#endif
