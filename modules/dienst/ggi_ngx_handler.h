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
 * The handler of the PREACCESS phase: finds the dienst of a request and has its
 * gates judge the call. Returns the return code of a phase handler.
 */
ngx_int_t ggi_dienst_handler(ngx_http_request_t *r);

/*
 * Puts the header filter before all others, once in a process. nginx sets the
 * other filters after this module's postconfiguration; the master sets them anew
 * with every configuration that it reads, also with one that it then gives up,
 * and a worker that is started later inherits them.
 */
void ggi_dienst_install_filter(void);


#endif
