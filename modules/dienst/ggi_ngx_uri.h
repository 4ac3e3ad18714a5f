/* SPDX-License-Identifier: EUPL-1.2 */

/* The target of a request, made of what was judged. */

#ifndef GGI_NGX_URI_H
#define GGI_NGX_URI_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Writes the target of a request: its path, encoded anew, and its arguments as they
 * were sent. Sets *uri to it, in the request's pool. Returns NGX_OK, or NGX_ERROR
 * without memory.
 */
ngx_int_t ggi_uri_write(ngx_http_request_t *r, ngx_str_t *uri);


#endif
