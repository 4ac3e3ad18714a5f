/* SPDX-License-Identifier: EUPL-1.2 */

/* Has nginx read the body of a call for a gate that judges it. */

#ifndef GGI_NGX_BODY_H
#define GGI_NGX_BODY_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * Reads the body of a call once, into r->request_body, from which the API gets it as it
 * came. Returns NGX_OK when it has been read, or there is none: a subrequest has that of
 * its call. Otherwise returns what the gate has to return: NGX_AGAIN while nginx waits
 * for the client, after which the gate is called again; or NGX_DECLINED when nginx
 * rejects the body, with the reason request_rejected and nginx's status in the call,
 * which no mode of the gate lets pass.
 */
ngx_int_t ggi_body_read(ngx_http_request_t *r, ggi_call_t *call);


#endif
