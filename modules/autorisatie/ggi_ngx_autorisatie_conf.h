/* SPDX-License-Identifier: EUPL-1.2 */

/* The configuration of the gate autorisatie, which its files share. */

#ifndef GGI_NGX_AUTORISATIE_CONF_H
#define GGI_NGX_AUTORISATIE_CONF_H

#include "ggi_ngx_lookup.h"


typedef struct {
    ggi_lookup_conf_t    profiles;      /* what is read of their file is a ggi_documents_t */
} ggi_autorisatie_main_conf_t;


extern ngx_module_t  ngx_http_ggi_autorisatie_module;


#endif
