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


/*
 * For the core alone: goes on with a call as ggi_call_resume() does, for a caller that nginx
 * itself has called, and after which nginx runs the posted requests of the connection. Does
 * nothing when the call does not wait.
 */
void ggi_call_go_on(ngx_http_request_t *r);

/* For the core alone: notes that a call does not wait for its gate any more. */
void ggi_call_stop_waiting(ggi_call_t *call);

/*
 * For the core alone: begins anew in a worker that starts, in which no call waits for a gate
 * yet.
 */
void ggi_judge_init_process(void);

/*
 * For the core alone: prepares a new call to be judged by the gates of the location that
 * its request is in. Takes the dienst from the location, and the method, the path and
 * the OIN on whose behalf it is made from the request; clears what gates have found. The caller
 * has set state.headers to those that the request has now.
 */
void ggi_call_enter(ngx_http_request_t *r, ggi_call_t *call);

/*
 * For the core alone: prepares a call to be judged once more, by the gates of another
 * location of its dienst. The call was let through before, and an internal redirect has
 * led it to that location. It keeps the method and path with which it was let through.
 */
void ggi_call_enter_again(ngx_http_request_t *r, ggi_call_t *call);

/*
 * For the core alone: begins another decision about a call that was judged before, since
 * it has been redirected to another dienst, or is refused in another location of its own.
 * Moves the call into a span below that of the first decision, notes the dienst of that
 * one, and has the new decision recorded and counted. Returns NGX_OK, or NGX_ERROR when
 * there are no random bytes.
 */
ngx_int_t ggi_call_begin_decision(ggi_call_t *call);

/*
 * For the core alone: has the gates judge a call, from the one on at which it is.
 * Returns what a phase handler returns: NGX_DECLINED to go on to the API, NGX_AGAIN to
 * wait, NGX_DONE or a status when the call is answered.
 */
ngx_int_t ggi_call_judge(ngx_http_request_t *r, ggi_call_t *call);


#endif
