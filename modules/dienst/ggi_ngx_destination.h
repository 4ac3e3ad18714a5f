/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * COPY and MOVE (RFC 4918) write to the path in their header Destination, which an API or
 * nginx's dav_methods follows.
 */

#ifndef GGI_NGX_DESTINATION_H
#define GGI_NGX_DESTINATION_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * Reads the header Destination of a call whose method is known. Sets state.writes to 1 when
 * the call has one that counts, and destination to its path, decoded once, in the
 * request's pool. The path is empty when the header cannot be read or was sent more than
 * once, and without memory.
 */
void ggi_destination_read(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Returns 1 when nginx itself would write to another path than the destination of a call;
 * 0 otherwise, also when the call has no destination or something else answers it than
 * files. The header at fault is then ggi_destination_header.
 */
ngx_uint_t ggi_destination_is_other(ngx_http_request_t *r, const ggi_call_t *call);


extern const ggi_str_t  ggi_destination_header;


#endif
