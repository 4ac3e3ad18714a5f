/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The variables of the core: $ggi_dienst, $ggi_decision, $ggi_reason,
 * $ggi_transaction_id and $ggi_cache_key.
 */

#ifndef GGI_NGX_CALL_VARIABLES_H
#define GGI_NGX_CALL_VARIABLES_H

#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Adds the variables of the core, in preconfiguration. Returns NGX_OK, or NGX_ERROR
 * after a message.
 */
ngx_int_t ggi_variables_init(ngx_conf_t *cf);


#endif
