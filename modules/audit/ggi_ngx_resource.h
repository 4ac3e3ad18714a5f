/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What records say of where they come from, and of who answers for them: "resource", of
 * which the chain of a worker has one for each organisation.
 */

#ifndef GGI_NGX_RESOURCE_H
#define GGI_NGX_RESOURCE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_call.h"
#include "ggi_chain.h"


/*
 * Starts a chain, at a time in ms since the epoch, with the resources of all organisations
 * of a cycle. node names this gateway; "" names it by the host. Returns 1; the caller frees
 * the chain by ggi_chain_free(). Returns 0 when names are too long, after a message, or when
 * OpenSSL has no random bytes, no SHA-256 or no memory.
 */
ngx_uint_t ggi_resource_start_chain(ggi_chain_t *chain, uint64_t now,
    ngx_cycle_t *cycle, ggi_str_t node);

/* Has the records that follow name an organisation of that cycle, or none: NULL. */
static inline void
ggi_resource_use(ggi_chain_t *chain, const ggi_organisation_t *organisation)
{
    ggi_chain_use(chain, organisation ? organisation->index + 1 : 0);
}


/* Calls ggi_resource_use() where another organisation was named before, which is seldom so. */
static inline void
ggi_resource_change(ggi_chain_t *chain, const ggi_organisation_t *before,
    const ggi_organisation_t *organisation)
{
    if (organisation != before) {
        ggi_resource_use(chain, organisation);
    }
}


#endif
