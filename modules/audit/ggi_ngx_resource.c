/* SPDX-License-Identifier: EUPL-1.2 */

/* What records say of where they come from, and of who answers for them. */

#include "ggi_ngx_organisation.h"
#include "ggi_ngx_resource.h"
#include "ggi_ngx_str.h"
#include "ggi_record_trail.h"

#include <openssl/rand.h>


/* Bytes: names of organisations have no characters that are escaped by more than a backslash. */
#define GGI_RESOURCE_MAX  (300 + 2 * 6 * NGX_MAXHOSTNAMELEN + 2 * GGI_ORGANISATION_NAME_MAX)


/*
 * Writes the resource of the records for which an organisation answers, or for which none
 * does, NULL, to text. Returns it, "" when the names are too long, after a message.
 */
static ggi_str_t
ggi_resource_write(char text[GGI_RESOURCE_MAX], ngx_cycle_t *cycle, ggi_str_t node,
    const ggi_organisation_t *organisation)
{
    ggi_str_t  host, resource, nginx = ggi_str(NGINX_VERSION);

    host = ggi_from_ngx_str(cycle->hostname);
    resource.data = text;
    resource.len = ggi_record_resource(text, GGI_RESOURCE_MAX, node.len ? node : host,
                                       host, nginx, organisation);

    if (resource.len == 0) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "the names of this host and of \"ggi_audit_node\" are too long "
                      "for audit records");
    }

    return resource;
}


ngx_uint_t
ggi_resource_start_chain(ggi_chain_t *chain, uint64_t now, ngx_cycle_t *cycle,
    ggi_str_t node)
{
    ngx_uint_t                   i;
    u_char                       random[GGI_UUID_RANDOM];
    char                         text[GGI_RESOURCE_MAX];
    ggi_str_t                    resource;
    ggi_organisation_t         **organisation;
    const ggi_organisations_t   *organisations;

    resource = ggi_resource_write(text, cycle, node, NULL);

    if (resource.len == 0 || RAND_bytes(random, sizeof(random)) != 1
        || !ggi_chain_start(chain, now, random, resource))
    {
        return 0;
    }

    organisations = ggi_organisations(cycle);
    organisation = organisations->list.elts;

    for (i = 0; i < organisations->list.nelts; i++) {
        resource = ggi_resource_write(text, cycle, node, organisation[i]);

        if (resource.len == 0 || !ggi_chain_add_resource(chain, resource)) {
            ggi_chain_free(chain);
            return 0;
        }
    }

    return 1;
}
