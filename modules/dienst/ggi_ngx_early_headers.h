/* SPDX-License-Identifier: EUPL-1.2 */

/* Makes $request_uri and $http_... safe to read before the gates have run. */

#ifndef GGI_NGX_EARLY_HEADERS_H
#define GGI_NGX_EARLY_HEADERS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * Puts handlers of the core before nginx's own handlers of $request_uri and $http_..., in
 * preconfiguration, so that it is known what they gave before the gates had judged the call.
 * Returns NGX_OK, or NGX_ERROR after a message when this nginx has no such variables.
 */
ngx_int_t ggi_early_init(ngx_conf_t *cf);

/*
 * Looks for a header that was read before the gates as the caller sent it, and that the
 * API does not get like that: it is removed, or has a value that the gates have
 * established. Call it when the gates have judged the call; call->state.early must not
 * be NULL. Returns the name of the variable that gave the first such header, or "" when
 * there is none.
 */
ggi_str_t ggi_early_header_wrong(ngx_http_request_t *r, ggi_call_t *call);


#endif
