/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Server push of HTTP/2: nginx makes the pushed requests by itself, without the
 * caller's claim, so that there is none in a dienst.
 */

#ifndef GGI_NGX_PUSH_H
#define GGI_NGX_PUSH_H

#include "ggi_ngx_place.h"


/*
 * Switches server push off for the location of a dienst that is being merged, and warns
 * if it was on.
 */
void ggi_push_disable(ngx_conf_t *cf, const ggi_place_t *place);

/*
 * Returns 1 when a request was made by nginx itself, so as to push the answer to the
 * client with HTTP/2 before the client asks: no caller made it. Returns 0 otherwise.
 */
ngx_uint_t ggi_push_is(ngx_http_request_t *r);


#endif
