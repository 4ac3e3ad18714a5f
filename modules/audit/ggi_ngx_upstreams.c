/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_call.h"
#include "ggi_ngx_parts.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_upstreams.h"


static uint64_t
ggi_upstreams_duration(const ngx_http_upstream_state_t *state)
{
    return (state->response_time == (ngx_msec_t) -1) ? 0 : state->response_time;
}


/*
 * Adds the requests that APIs got for one request of nginx. There are several when an
 * API did not answer or there was a redirect.
 */
static void
ggi_upstreams_add(ngx_http_request_t *r, ggi_completion_t *completion)
{
    ngx_uint_t                  i;
    ggi_attempt_t              *attempt;
    ngx_http_upstream_state_t  *state;

    if (r->upstream_states == NULL) {
        return;
    }

    state = r->upstream_states->elts;

    for (i = 0; i < r->upstream_states->nelts; i++) {

        if (state[i].peer == NULL) {
            /* this entry only separates two upstreams */
            continue;
        }

        if (completion->tried_n == GGI_RECORD_TRIED_MAX) {
            completion->tried_more++;
            continue;
        }

        attempt = &completion->tried[completion->tried_n++];
        attempt->address = ggi_from_ngx_str(*state[i].peer);
        attempt->status = (int) state[i].status;
        attempt->duration = ggi_upstreams_duration(&state[i]);
        attempt->subrequest = (r != r->main);
    }
}


/*
 * Returns the state of the last API that was asked, which is the one that answered, or
 * NULL. Sets its address and status in the completion.
 */
static ngx_http_upstream_state_t *
ggi_upstreams_last(ngx_http_request_t *r, ggi_completion_t *completion)
{
    ngx_http_upstream_state_t  *state;

    if (r->upstream_states == NULL || r->upstream_states->nelts == 0) {
        return NULL;
    }

    state = r->upstream_states->elts;
    state += r->upstream_states->nelts - 1;

    if (state->peer) {
        completion->upstream = ggi_from_ngx_str(*state->peer);
        completion->upstream_status = (int) state->status;
    }

    return state;
}


static void
ggi_upstreams_cache(ngx_http_request_t *r, ggi_completion_t *completion)
{
#if (NGX_HTTP_CACHE)
    if (r->cached && r->upstream && r->upstream->cache_status) {
        completion->cache_status = ggi_from_ngx_str(
                        ngx_http_cache_status[r->upstream->cache_status - 1]);
    }
#endif
}


void
ggi_upstreams_find(ngx_http_request_t *r, ggi_call_t *call,
    ggi_completion_t *completion)
{
    ggi_part_t                 *part;
    ngx_http_upstream_state_t  *state;

    state = ggi_upstreams_last(r, completion);

    if (state && call->state.tunnel
        && (uint64_t) state->bytes_sent > call->state.tunnel_request)
    {
        completion->tunnelled = (uint64_t) state->bytes_sent
                                - call->state.tunnel_request;
    }

    ggi_upstreams_add(r, completion);

    for (part = call->state.parts; part; part = part->next) {
        if (!ggi_part_is_update(part->request)) {
            ggi_upstreams_add(part->request, completion);
        }
    }

    ggi_upstreams_cache(r, completion);
}


int
ggi_upstreams_update(ngx_http_request_t *r, ggi_completion_t *completion)
{
    size_t  i;

    (void) ggi_upstreams_last(r, completion);
    ggi_upstreams_add(r, completion);

    for (i = 0; i < completion->tried_n; i++) {
        completion->tried[i].subrequest = 0;
        completion->duration += completion->tried[i].duration;
    }

    completion->update = 1;

    return completion->upstream_status ? completion->upstream_status
                                       : (int) r->headers_out.status;
}
