/* SPDX-License-Identifier: EUPL-1.2 */

/* What the core looks at and prepares when a configuration has been read as a whole. */

#ifndef GGI_NGX_STARTUP_H
#define GGI_NGX_STARTUP_H

#include <ngx_config.h>
#include <ngx_core.h>


/*
 * The postconfiguration of the core. It runs after that of the gates: the order of
 * the modules in "config" sees to that. Returns NGX_ERROR, after messages that
 * name all that is missing, or without memory.
 */
ngx_int_t ggi_dienst_init(ngx_conf_t *cf);

/*
 * Finds out what only a configuration that is whole can tell: where the gates
 * stand among the handlers of all phases, and which variables hold what the
 * caller sent. Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_dienst_index(ngx_cycle_t *cycle);


#endif
