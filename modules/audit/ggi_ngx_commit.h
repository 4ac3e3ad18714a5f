/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Group commit: the decision records of the calls of one turn of the event loop are
 * written together at its end. A gate queues its calls by ggi_ngx_commit_queue.h.
 */

#ifndef GGI_NGX_COMMIT_H
#define GGI_NGX_COMMIT_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_commit_queue.h"


/*
 * Sets up group commit in a worker: from now on gates may queue calls, and a timer looks
 * after what is left to write. Call it once, after ggi_trail_init_file(). conf stays the
 * caller's, and has to live as long as the worker. Returns NGX_OK, or NGX_ERROR without
 * memory.
 */
ngx_int_t ggi_commit_init(ngx_cycle_t *cycle, const ggi_commit_conf_t *conf);

/*
 * Writes the records that are still in memory when a worker ends, and tells the workers
 * after it how many could not be written. Call it in exit_process: it blocks until the disk
 * has answered.
 */
void ggi_commit_exit(ngx_log_t *log);


#endif
