/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The error log of connections to servers with a dienst, without personal data in
 * nginx's own words.
 */

#ifndef GGI_NGX_LOG_H
#define GGI_NGX_LOG_H

#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Marks, in postconfiguration, the default servers of the addresses at which there is a
 * server with a dienst, since a message can be about a request whose host is not known
 * yet. Call it once it is known which servers have a dienst.
 */
void ggi_log_init(ngx_conf_t *cf);

/*
 * Has each new connection log without personal data in nginx's messages about its
 * calls. Call it in the initialisation of the module, when the listening sockets are
 * open.
 */
void ggi_log_init_module(ngx_cycle_t *cycle);


#endif
