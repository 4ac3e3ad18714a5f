/* SPDX-License-Identifier: EUPL-1.2 */

/* What the core checks and prepares when a configuration has been read as a whole. */

#ifndef GGI_NGX_STARTUP_H
#define GGI_NGX_STARTUP_H

#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Runs in the postconfiguration of the core, after that of all gates. Checks whether gates,
 * sources and organisations are missing, warns of what is probably meant otherwise, prepares
 * the servers that have a dienst, and registers the handlers of the core. Returns NGX_OK.
 * Returns NGX_ERROR after messages that name all that is missing, or without memory.
 */
ngx_int_t ggi_dienst_init(ngx_conf_t *cf);

/*
 * Looks up what only a complete configuration can tell: where the gates stand among the
 * handlers of all phases, and which variables hold what the caller sent. Returns
 * NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_dienst_index(ngx_cycle_t *cycle);


#endif
