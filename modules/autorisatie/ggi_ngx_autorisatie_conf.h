/* SPDX-License-Identifier: EUPL-1.2 */

/* The configuration of the gate autorisatie, which its files share. */

#ifndef GGI_NGX_AUTORISATIE_CONF_H
#define GGI_NGX_AUTORISATIE_CONF_H

#include "ggi_ngx_cache.h"
#include "ggi_ngx_redis_conf.h"
#include "ggi_profiles.h"


typedef struct {
    ggi_profiles_t      *profiles;      /* of the file; NULL: they are in Redis */
    ggi_redis_conf_t    *redis;         /* NULL: they are in the file */
    ggi_cache_t          cache;         /* of those in Redis */
    u_char              *zone_file;     /* where ggi_autorisatie_zone stands; NULL: nowhere */
    ngx_uint_t           zone_line;
} ggi_autorisatie_main_conf_t;


extern ngx_module_t  ngx_http_ggi_autorisatie_module;


#endif
