/* SPDX-License-Identifier: EUPL-1.2 */

/* The answer to a refused call, and what every answer to a call carries. */

#ifndef GGI_NGX_REFUSAL_H
#define GGI_NGX_REFUSAL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * Answers a refused call with the text of its reason. Returns what a phase handler
 * returns to end the request.
 */
ngx_int_t ggi_call_refuse(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Refuses a call for a reason instead of with the answer whose header nginx is about to
 * send, in a filter of headers. Returns what that filter has to return.
 */
ngx_int_t ggi_call_refuse_instead(ngx_http_request_t *r, ggi_call_t *call,
    ggi_reason_e reason);

/*
 * Sets the header with the transaction id on the answer, exactly once, and notes the
 * answer's status in the call. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_call_answer_header(ngx_http_request_t *r, ggi_call_t *call);


#endif
