/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A directive such as ggi_autorisatie_zone: the name and size of a cache, and how long
 * its documents count.
 */

#ifndef GGI_NGX_CACHE_ZONE_H
#define GGI_NGX_CACHE_ZONE_H

#include "ggi_ngx_cache.h"


/*
 * Makes the cache from the arguments of the directive: NAME:SIZE, and then any of
 * ttl=, negative_ttl= and stale=, each with a time; n is their number, at least 1.
 * kind is that of the documents, and tag the module that the zone belongs to. The
 * cache has to live as long as the configuration. Returns NGX_CONF_OK, or
 * NGX_CONF_ERROR after a message.
 */
char *ggi_cache_zone(ngx_conf_t *cf, ggi_cache_t *cache, const ggi_kind_t *kind,
    ngx_str_t *value, ngx_uint_t n, void *tag);


#endif
