/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The directive ggi_autorisatie_zone: the name and size of the cache, and how
 * long its profiles count.
 */

#ifndef GGI_NGX_CACHE_ZONE_H
#define GGI_NGX_CACHE_ZONE_H

#include "ggi_ngx_cache.h"


/*
 * Makes the cache from the arguments of the directive: NAME:SIZE, and then any of
 * ttl=, negative_ttl= and stale=, each with a time; n is their number, at least 1.
 * tag is the module that the zone belongs to. The cache has to live as long as the
 * configuration. Returns NGX_CONF_OK, NGX_CONF_ERROR after a message, or a message
 * for nginx to log with the name of the directive.
 */
char *ggi_cache_zone(ngx_conf_t *cf, ggi_cache_t *cache, ngx_str_t *value,
    ngx_uint_t n, void *tag);


#endif
