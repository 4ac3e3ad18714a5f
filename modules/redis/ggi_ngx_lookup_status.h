/* SPDX-License-Identifier: EUPL-1.2 */

/* What ggi_status tells of the Redis from which a gate has its documents. */

#ifndef GGI_NGX_LOOKUP_STATUS_H
#define GGI_NGX_LOOKUP_STATUS_H

#include "ggi_ngx_lookup_conf.h"


/*
 * Adds what is known of Redis to a status that is asked for: the servers that the worker which
 * answers asks for documents, of a Cluster all masters with their slots, and the data set and the
 * slots in doubt as the workers know them together. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_lookup_status(const ggi_lookup_t *lookup, ngx_pool_t *pool,
    ggi_status_t *status);


#endif
