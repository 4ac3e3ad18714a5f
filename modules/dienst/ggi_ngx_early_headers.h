/* SPDX-License-Identifier: EUPL-1.2 */

/* $request_uri and $http_... before the gates. */

#ifndef GGI_NGX_EARLY_HEADERS_H
#define GGI_NGX_EARLY_HEADERS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * Puts handlers before nginx's own of $request_uri and $http_..., in
 * preconfiguration. Returns NGX_ERROR, after a message, when nginx has no such
 * variables.
 */
ngx_int_t ggi_early_init(ngx_conf_t *cf);

/*
 * Looks, when the gates have judged a call, at each header that was read before
 * as the caller sent it. Returns the name of the variable that gave one which the
 * API does not get like that in the location of the request: removed, or with
 * the value that the gates have established. Returns "" where there is none.
 * call->state.early must not be NULL.
 */
ggi_str_t ggi_early_header_wrong(ngx_http_request_t *r, ggi_call_t *call);


#endif
