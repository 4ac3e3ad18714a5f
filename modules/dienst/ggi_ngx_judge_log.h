/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What the error log says of calls that could not be judged. Of each dienst the same is said once
 * a minute, and at most GGI_LIMITS_CHANGES messages are logged in that time.
 */

#ifndef GGI_NGX_JUDGE_LOG_H
#define GGI_NGX_JUDGE_LOG_H

#include "ggi_ngx_gate.h"


/* Logs that the gate at hand could not judge a call. */
void ggi_judge_log_undecided(ngx_http_request_t *r, const ggi_call_t *call);

/* Logs that a subrequest was refused for the reason of its call. */
void ggi_judge_log_subrequest(ngx_http_request_t *r, const ggi_call_t *call);

/* Logs that what is agreed on fields cannot be judged, since no module does that. */
void ggi_judge_log_fields(ngx_http_request_t *r, const ggi_call_t *call);


#endif
