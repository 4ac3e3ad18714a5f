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
 * Begins to commit in a worker, after ggi_trail_init_file(). The configuration has to
 * live as long as the worker. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_commit_init(ngx_cycle_t *cycle, const ggi_commit_conf_t *conf);

/*
 * Writes what is left at the end of a worker, and leaves word of what cannot be
 * written to the workers after it. The event loop waits for the disk.
 */
void ggi_commit_exit(ngx_log_t *log);


#endif
