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
 * Marks, in postconfiguration, the servers whose messages are logged without personal data
 * although they have no dienst: the default server of each address at which another server has
 * one, since nginx logs there what happens before the host of a request is known. Call it when
 * it is known which servers have a dienst.
 */
void ggi_log_init(ngx_conf_t *cf);

/*
 * Has nginx's own messages about the calls of new connections written to the error log without
 * personal data. Call it in the initialisation of the module, when the listening sockets are
 * open.
 */
void ggi_log_init_module(ngx_cycle_t *cycle);


#endif
