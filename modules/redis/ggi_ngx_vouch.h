/* SPDX-License-Identifier: EUPL-1.2 */

/* A document of a Cluster that counts only when the marker of its slot vouches for it. */

#ifndef GGI_NGX_VOUCH_H
#define GGI_NGX_VOUCH_H

#include "ggi_ngx_slots.h"


/*
 * Asks a Cluster for the value of a key, and behind it for the marker of the slot of that. Returns
 * NGX_OK; handler is then called with data once, as that of ggi_cluster_get(): with NULL also when
 * the marker was not read after the value, or is a reason for doubt. Returns NGX_ERROR without
 * memory: handler is not called then.
 */
ngx_int_t ggi_vouch_get(ggi_slots_t *slots, ggi_str_t key, ggi_redis_reply_pt handler,
    void *data);


#endif
