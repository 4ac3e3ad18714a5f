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
 * Marks the default servers of the addresses at which there is a server with a
 * dienst: a message can be about a request whose host is not known yet. In
 * postconfiguration, once it is known which servers have a dienst.
 */
void ggi_log_init(ngx_conf_t *cf);

/*
 * Has each new connection log without personal data in the messages about its
 * calls. For a configuration whose listening sockets are open.
 */
void ggi_log_init_module(ngx_cycle_t *cycle);


#endif
