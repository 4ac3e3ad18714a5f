/* SPDX-License-Identifier: EUPL-1.2 */

/* What the variables of the core and of the gates are made with. */

#ifndef GGI_NGX_VARIABLES_H
#define GGI_NGX_VARIABLES_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_str.h"


/*
 * Adds variables to nginx, up to the first with an empty name, in preconfiguration.
 * Returns NGX_OK, or NGX_ERROR after a message.
 */
ngx_int_t ggi_variables_add(ngx_conf_t *cf, ngx_http_variable_t *variables);

/*
 * Sets the value of a variable, which has to live as long as the request; "" becomes
 * "not found".
 */
void ggi_variable_set(ngx_http_variable_value_t *v, ggi_str_t value);

/*
 * For the core alone: has nginx compute variables anew when a request reads them next.
 * indexes is an array of ngx_uint_t, the places of the variables in r->variables.
 */
void ggi_variables_forget(ngx_http_request_t *r, const ngx_array_t *indexes);


#endif
