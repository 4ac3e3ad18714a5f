/* SPDX-License-Identifier: EUPL-1.2 */

/* Collects what the workers have counted when a ggi_status is asked for. */

#ifndef GGI_NGX_STATUS_COLLECT_H
#define GGI_NGX_STATUS_COLLECT_H

#include "ggi_ngx_conf.h"


/*
 * Fills in status with the sums over all workers. The arrays in it belong to the request's
 * pool. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_status_collect(ngx_http_request_t *r, ggi_status_t *status);


#endif
