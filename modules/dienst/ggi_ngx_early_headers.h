/* SPDX-License-Identifier: EUPL-1.2 */

/* $request_uri and $http_... before the gates. */

#ifndef GGI_NGX_EARLY_HEADERS_H
#define GGI_NGX_EARLY_HEADERS_H

#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Puts handlers before nginx's own of $request_uri and $http_..., in
 * preconfiguration. Returns NGX_ERROR, after a message, when nginx has no such
 * variables.
 */
ngx_int_t ggi_early_init(ngx_conf_t *cf);


#endif
