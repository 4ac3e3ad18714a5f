/* SPDX-License-Identifier: EUPL-1.2 */

/* The call of a request: where it is kept, and how it begins. */

#include "ggi_ngx_call.h"
#include "ggi_ngx_claimed.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_headers.h"

#include <openssl/rand.h>


#define GGI_RANDOM_POOL    4096
#define GGI_CALL_RANDOM    (GGI_TRACE_RANDOM + GGI_UUID_RANDOM)


static void ggi_call_cleanup(void *data);


/*
 * Random bytes in bulk: one visit to the generator serves many calls. Each
 * process fills its own, since the master never judges a call.
 */
static ngx_int_t
ggi_call_random(u_char *dst, size_t len)
{
    static u_char  pool[GGI_RANDOM_POOL];
    static size_t  left;

    if (left < len) {
        if (RAND_bytes(pool, sizeof(pool)) != 1) {
            return NGX_ERROR;
        }

        left = sizeof(pool);
    }

    left -= len;
    ngx_memcpy(dst, pool + left, len);

    return NGX_OK;
}


static void
ggi_call_cleanup(void *data)
{
    /*
     * marks the call among the pool's cleanups, which internal redirects leave alone;
     * they wipe contexts
     */
}


/* Returns the call of a request, even if only early variables have asked for it, or NULL. */
static ggi_call_t *
ggi_call_find(ngx_http_request_t *r)
{
    ggi_call_t          *call;
    ngx_pool_cleanup_t  *cln;

    call = ngx_http_get_module_ctx(r, ngx_http_ggi_dienst_module);
    if (call) {
        return call;
    }

    for (cln = r->main->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ggi_call_cleanup) {
            ngx_http_set_ctx(r, cln->data, ngx_http_ggi_dienst_module);
            return cln->data;
        }
    }

    return NULL;
}


ggi_call_t *
ggi_call_get(ngx_http_request_t *r)
{
    ggi_call_t  *call;

    call = ggi_call_find(r);

    return (call && call->state.entered) ? call : NULL;
}


/*
 * When the request came, by the clock that nobody sets: nginx keeps that time
 * by the other one, which may have been set since, but not by longer than the
 * connection is there.
 */
static ngx_msec_t
ggi_call_started(ngx_http_request_t *r)
{
    ngx_msec_t       connected;
    ngx_time_t      *tp;
    ngx_msec_int_t   passed;

    tp = ngx_timeofday();
    passed = (ngx_msec_int_t) (tp->sec - r->start_sec) * 1000
             + (ngx_msec_int_t) tp->msec - (ngx_msec_int_t) r->start_msec;
    connected = ngx_current_msec - r->connection->start_time;

    if (passed < 0) {
        passed = 0;
    }

    return ngx_current_msec - ngx_min((ngx_msec_t) passed, connected);
}


/*
 * Begins a call: its trace and transaction come from the request's headers, or else
 * from random bytes.
 */
static void
ggi_call_begin(ngx_http_request_t *r, ggi_call_t *call,
    u_char random[GGI_CALL_RANDOM])
{
    ngx_uint_t              n;
    ngx_time_t             *tp;
    ngx_table_elt_t        *h;
    ggi_header_filter_t     filter;
    ggi_dienst_srv_conf_t  *dscf;

    ngx_memzero(call, sizeof(ggi_call_t));
    dscf = ngx_http_get_module_srv_conf(r, ngx_http_ggi_dienst_module);
    call->organisation = dscf->organisation;

    tp = ngx_timeofday();
    call->time = (uint64_t) tp->sec * 1000 + tp->msec;
    call->started = ggi_call_started(r);
    filter = ggi_header_filter(r);
    call->state.headers = filter;
    h = ggi_header_find_if(filter, r, &ggi_name_traceparent, &n);

    ggi_trace_start(&call->trace, (h && n == 1) ? h->value.data : NULL,
                    h ? h->value.len : 0, random);

    h = ggi_header_find_if(filter, r, &ggi_name_transaction, &n);

    if (h == NULL || n != 1
        || !ggi_uuid_read(call->transaction_id, h->value.data, h->value.len))
    {
        ggi_uuid7_write(call->transaction_id, call->time,
                        random + GGI_TRACE_RANDOM);
    }
}


/* Makes the call of a request that has none. Returns NULL without memory or random bytes. */
static ggi_call_t *
ggi_call_make(ngx_http_request_t *r)
{
    u_char               random[GGI_CALL_RANDOM];
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ggi_call_t));
    if (cln == NULL || ggi_call_random(random, sizeof(random)) != NGX_OK) {
        return NULL;
    }

    ggi_call_begin(r, cln->data, random);
    cln->handler = ggi_call_cleanup;
    ngx_http_set_ctx(r, cln->data, ngx_http_ggi_dienst_module);

    return cln->data;
}


ggi_call_t *
ggi_call_early(ngx_http_request_t *r)
{
    ggi_call_t  *call;

    call = ggi_call_find(r);

    return call ? call : ggi_call_make(r);
}


ggi_call_t *
ggi_call_create(ngx_http_request_t *r)
{
    ggi_call_t  *call;
    ngx_time_t  *tp;

    call = ggi_call_find(r);

    if (call) {
        call->state.headers = ggi_header_filter(r);

    } else {
        call = ggi_call_make(r);
        if (call == NULL) {
            return NULL;
        }
    }

    tp = ngx_timeofday();
    call->time = (uint64_t) tp->sec * 1000 + tp->msec;
    call->state.entered = 1;

    return call;
}


ngx_int_t
ggi_call_fill(ngx_http_request_t *r, ggi_call_t *call)
{
    u_char  random[GGI_CALL_RANDOM];

    if (ggi_call_random(random, sizeof(random)) != NGX_OK) {
        return NGX_ERROR;
    }

    ggi_call_begin(r, call, random);
    call->state.entered = 1;

    return NGX_OK;
}


ggi_call_t *
ggi_call_apart(ngx_http_request_t *r)
{
    ggi_call_t  *call;

    call = ngx_palloc(r->pool, sizeof(ggi_call_t));

    return (call && ggi_call_fill(r, call) == NGX_OK) ? call : NULL;
}


ngx_int_t
ggi_call_descend(ggi_call_t *call)
{
    u_char  random[GGI_SPANS_RANDOM];

    if (ggi_call_random(random, sizeof(random)) != NGX_OK) {
        return NGX_ERROR;
    }

    ggi_trace_descend(&call->trace, random);

    return NGX_OK;
}


ngx_int_t
ggi_call_branch(ggi_call_t *call)
{
    u_char  random[GGI_SPAN_ID_LEN / 2];

    if (ggi_call_random(random, sizeof(random)) != NGX_OK) {
        return NGX_ERROR;
    }

    ggi_trace_branch(&call->trace, random);

    return NGX_OK;
}
