/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The parts of a call: its subrequests that an upstream serves, kept so that its record
 * can name them.
 */

#ifndef GGI_NGX_PARTS_H
#define GGI_NGX_PARTS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


typedef struct ggi_part_s  ggi_part_t;

/* A list, in the order in which they were made, from call->state.parts on. */
struct ggi_part_s {
    ngx_http_request_t  *request;
    ggi_part_t          *next;
};


/*
 * Returns 1 when a request updates a cache in the background, after its call was
 * answered from it; 0 otherwise.
 */
ngx_uint_t ggi_part_is_update(ngx_http_request_t *r);

/*
 * For the core alone: adds a subrequest to the parts of its call, once, when its
 * location has a dienst. Does nothing for other requests. Returns NGX_OK, or NGX_ERROR
 * without memory.
 */
ngx_int_t ggi_subrequest_keep(ngx_http_request_t *r);


#endif
