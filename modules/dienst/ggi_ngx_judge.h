/* SPDX-License-Identifier: EUPL-1.2 */

/* A call from its first gate to its last. */

#ifndef GGI_NGX_JUDGE_H
#define GGI_NGX_JUDGE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * Goes on with a call after its gate returned NGX_AGAIN. The request may be gone
 * when it returns.
 */
void ggi_call_resume(ngx_http_request_t *r);


/*
 * Calls a handler for each call that no gate has decided yet, since one of them
 * waits for an answer: of Redis, say. Calls that wait for the audit alone are not
 * among them. For the end of a worker that does not wait for its requests.
 */
void ggi_call_each_undecided(void (*handler)(ngx_http_request_t *r,
    ggi_call_t *call));


/* For the core alone: begins with no call, in a process. */
void ggi_judge_init_process(void);

/*
 * For the core alone: begins the judging of a call for the dienst of its
 * location. Nothing is known of it yet.
 */
void ggi_call_enter(ngx_http_request_t *r, ggi_call_t *call);

/*
 * For the core alone: begins the judging of a call that was admitted to its
 * dienst, and comes to another location of it. It keeps the method and path that
 * it was admitted with.
 */
void ggi_call_enter_again(ngx_http_request_t *r, ggi_call_t *call);

/*
 * For the core alone: a call that was admitted to one dienst comes to another,
 * which is a decision of its own, in a span below the first. Returns NGX_ERROR
 * when there are no random bytes.
 */
ngx_int_t ggi_call_redirect(ggi_call_t *call);

/*
 * For the core alone: lets the gates judge from where they were. Returns the
 * return code of a phase handler: NGX_DECLINED goes on to the API, NGX_AGAIN
 * waits, NGX_DONE was answered.
 */
ngx_int_t ggi_call_judge(ngx_http_request_t *r, ggi_call_t *call);


#endif
