/* SPDX-License-Identifier: EUPL-1.2 */

/* Lines about signals in the error log of the cycle, to which nothing of a request is added. */

#ifndef GGI_NGX_SIGNAL_LOG_H
#define GGI_NGX_SIGNAL_LOG_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_record_signal.h"


/* Prepares a worker, when it starts, to log. */
void ggi_signal_log_init(void);

/*
 * Logs a line about a signal that is given by a call, or, with NULL, without one, unless this
 * worker has logged as many as it may in this second. The next line then has how many were not
 * logged.
 */
void ggi_signal_log(const ggi_signal_told_t *told, const ggi_call_t *call);

/*
 * Tells that n counts, from 1, were forgotten before their period ended: by a metric, and once an
 * hour by a line.
 */
void ggi_signal_log_full(ngx_uint_t n);


#endif
