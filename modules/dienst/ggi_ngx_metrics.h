/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What the gates of all workers count, kept in shared memory. No worker waits for
 * another to count: it writes to a slot of its own, and the calls of a dienst are
 * counted by atomic additions.
 */

#ifndef GGI_NGX_METRICS_H
#define GGI_NGX_METRICS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"
#include "ggi_status.h"


/* Adds n to this worker's value of a counter or gauge. */
void ggi_metric_add(ggi_metric_e metric, ngx_uint_t n);

/* Sets this worker's value of a metric: a gauge, or a time in seconds. */
void ggi_metric_set(ggi_metric_e metric, ngx_uint_t value);

/*
 * Has the counters and gauges from one metric to another, in the order of the list of metrics
 * and both included, shown by ggi_status. A module calls this in postconfiguration, or when it
 * reads a directive, for what is configured. Metrics of times are shown without it, once they are
 * set.
 */
void ggi_metric_show(ngx_conf_t *cf, ggi_metric_e from, ggi_metric_e to);

/*
 * Returns 1 when the directives have had a metric shown by ggi_metric_show(), 0 otherwise. Call it
 * in postconfiguration of a gate only, which comes before that of the core.
 */
ngx_uint_t ggi_metric_shown(ngx_conf_t *cf, ggi_metric_e metric);

/*
 * Adds what a gate tells by itself, by the configuration of the running cycle, to a status that is
 * asked for: families whose memory is that of the pool, before those in status->families. Returns
 * NGX_OK, or NGX_ERROR without memory.
 */
typedef ngx_int_t (*ggi_status_pt)(ngx_pool_t *pool, ggi_status_t *status);

/*
 * Registers a function of a gate, in postconfiguration, which is called each time that a status
 * is asked for, and adds to it what the gate tells by itself. Returns NGX_OK, or NGX_ERROR
 * without memory.
 */
ngx_int_t ggi_status_provide(ngx_conf_t *cf, ggi_status_pt provider);

/*
 * Adds what all gates tell by themselves to status->families, by the functions that they have
 * registered in the configuration of the running cycle. The memory is that of the pool. Call it in
 * a worker. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_status_provided(ngx_pool_t *pool, ggi_status_t *status);

/*
 * For such a function: puts a copy of a family before those of the status; its next is set
 * here. Its texts and samples have to live as long as the pool. Returns NGX_OK, or NGX_ERROR
 * without memory.
 */
ngx_int_t ggi_status_add(ngx_pool_t *pool, ggi_status_t *status,
    const ggi_status_family_t *family);

/*
 * Counts the decision about a call for ggi_status, and marks the call as counted. Notes
 * its caller when the certificate that gate pkio accepted expires soon.
 */
void ggi_status_count(ngx_http_request_t *r, ggi_call_t *call);

/*
 * For the core alone, in the LOG phase: counts, for a call that was let through, how long it
 * took and how its API answered, if it did.
 */
void ggi_status_count_end(ngx_http_request_t *r, const ggi_call_t *call);


/*
 * For the core alone: asks nginx, in postconfiguration, for the shared memory in which the
 * workers count. Returns NGX_OK, or NGX_ERROR after a message.
 */
ngx_int_t ggi_metrics_init(ngx_conf_t *cf);

/*
 * For the core alone, when a worker starts: gives the worker counters of its own in
 * shared memory, until its cycle is destroyed, which is after the exit_process hooks of
 * all modules. Warns when GGI_STATUS_WORKERS workers have counters already, and
 * "ggi_status" does not show what this one counts.
 */
void ggi_metrics_init_process(ngx_cycle_t *cycle);


#endif
