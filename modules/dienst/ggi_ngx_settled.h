/* SPDX-License-Identifier: EUPL-1.2 */

/* Compares what was read of a call before the gates with what they have found. */

#ifndef GGI_NGX_SETTLED_H
#define GGI_NGX_SETTLED_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * Returns 1 when everything that "if", "set" and the like have read of a call before
 * the gates is what the gates have found. What was read is then forgotten, since a
 * redirect can lead to other rules. Returns 0 when it is not; that is logged with the
 * name of the variable, and the call must not go on.
 */
ngx_uint_t ggi_early_settled(ngx_http_request_t *r, ggi_call_t *call);


#endif
