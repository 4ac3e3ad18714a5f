/* SPDX-License-Identifier: EUPL-1.2 */

/* Judges a call, from its first gate to its last. */

#ifndef GGI_NGX_JUDGE_H
#define GGI_NGX_JUDGE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * Goes on with a call whose gate returned NGX_AGAIN: the gate is called again. The
 * request may be gone when this returns.
 */
void ggi_call_resume(ngx_http_request_t *r);


/*
 * Calls a handler for each call that no gate has decided yet, since one of them
 * waits for an answer: of Redis, say. Calls that wait for the audit alone are not
 * among them. For the end of a worker that does not wait for its requests.
 */
void ggi_call_each_undecided(void (*handler)(ngx_http_request_t *r,
    ggi_call_t *call));


/* For the core alone: initialises a process, in which no call waits yet. */
void ggi_judge_init_process(void);

/* For the core alone: begins to judge a new call for the dienst of its location. */
void ggi_call_enter(ngx_http_request_t *r, ggi_call_t *call);

/*
 * For the core alone: begins to judge a call once more that was admitted to its dienst
 * and has come to another location of the same dienst. It keeps the method and path
 * with which it was admitted.
 */
void ggi_call_enter_again(ngx_http_request_t *r, ggi_call_t *call);

/*
 * For the core alone: prepares a call that was admitted to one dienst and has been
 * redirected to another, which is a decision of its own: moves the call into a new
 * span, and notes the first dienst. Returns NGX_OK, or NGX_ERROR when there are no
 * random bytes.
 */
ngx_int_t ggi_call_redirect(ggi_call_t *call);

/*
 * For the core alone: has the gates judge a call, from the one on at which it is.
 * Returns what a phase handler returns: NGX_DECLINED to go on to the API, NGX_AGAIN to
 * wait, NGX_DONE or a status when the call is answered.
 */
ngx_int_t ggi_call_judge(ngx_http_request_t *r, ggi_call_t *call);


#endif
