/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The core's handlers for a request in nginx: a phase handler, and a filter of the
 * answer's header.
 */

#ifndef GGI_NGX_HANDLER_H
#define GGI_NGX_HANDLER_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * The handler of the PREACCESS phase: finds the dienst of a request and has the gates
 * judge the call. Returns what a phase handler returns: NGX_DECLINED to go on to the
 * API, NGX_AGAIN to wait, NGX_DONE or a status when the request is answered.
 */
ngx_int_t ggi_dienst_handler(ngx_http_request_t *r);

/*
 * Installs the filter of the answer's header before all others, once in a process. It
 * cannot be installed in postconfiguration, since nginx sets the other filters later.
 * The master sets them anew with every configuration that it reads, even one that it
 * gives up then, and a worker that starts later inherits them.
 */
void ggi_dienst_install_filter(void);


#endif
