/* SPDX-License-Identifier: EUPL-1.2 */

/* The gate's side of the seam: how the module of a gate finds the core. */

#ifndef GGI_NGX_SEAM_H
#define GGI_NGX_SEAM_H

#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Binds the module of a gate to the core, wherever that stands in the order of
 * "load_module". Every gate calls it in preconfiguration, before any function of
 * the core. Returns NGX_ERROR, after a message that names the remedy, when the
 * core is not loaded, was built with other headers than the gate, or comes from
 * another file at a reload while the gate does not.
 */
ngx_int_t ggi_core_bind(ngx_conf_t *cf, const ngx_module_t *module);


#endif
