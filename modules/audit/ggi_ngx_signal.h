/* SPDX-License-Identifier: EUPL-1.2 */

/* Which calls are counted for signals, and how a signal is told. */

#ifndef GGI_NGX_SIGNAL_H
#define GGI_NGX_SIGNAL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"
#include "ggi_ngx_signal_conf.h"


/*
 * Prepares a worker, when it starts, to count in the memory of conf, which has to live as long as
 * the worker, and to look at what the gateway itself has that expires.
 */
void ggi_signal_init_process(ngx_cycle_t *cycle, ggi_signal_conf_t *conf);

/*
 * Counts a call whose decision is known for the signals of its location, and tells of those that
 * are given by it: each in a record of the audit log, and in a line of the error log unless there
 * were too many in this second. Call it once for each decision. Takes one lock at most, and does
 * nothing where no signal is asked for.
 */
void ggi_signal_observe(ngx_http_request_t *r, ggi_call_t *call);


#endif
