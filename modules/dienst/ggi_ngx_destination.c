/* SPDX-License-Identifier: EUPL-1.2 */

/* The path that COPY and MOVE write to. */

#include "ggi_ngx_destination.h"
#include "ggi_ngx_headers.h"
#include "ggi_ngx_str.h"
#include "ggi_uri.h"


static const ggi_name_t  ggi_destination_name = ggi_name("Destination", "destination");

const ggi_str_t  ggi_destination_header = ggi_str("Destination");


void
ggi_destination_read(ngx_http_request_t *r, ggi_call_t *call)
{
    char             *buffer;
    ggi_str_t         reference, copy = ggi_str("COPY"), move = ggi_str("MOVE");
    ngx_uint_t        n;
    ngx_table_elt_t  *h;

    call->state.writes = 0;
    call->destination.len = 0;

    if (!ggi_str_eq(call->method, copy) && !ggi_str_eq(call->method, move)) {
        return;
    }

    h = ggi_header_find(r, &ggi_destination_name, &n);

    if (h == NULL) {
        return;
    }

    call->state.writes = 1;
    reference = ggi_from_ngx_str(h->value);
    buffer = ngx_pnalloc(r->pool, reference.len + 1);

    if (buffer == NULL || n != 1 || !ggi_uri_path(reference, buffer, &call->destination)) {
        call->destination.len = 0;
    }
}


/*
 * With "alias" nginx makes the name of a file of what follows the prefix of the location,
 * and takes so many bytes off the destination as well, whatever they are: older versions
 * do so when it has fewer. A location within another one has the alias of that one, so
 * the prefix is compared with that of the request's own path.
 */
ngx_uint_t
ggi_destination_is_other(ngx_http_request_t *r, const ggi_call_t *call)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (!call->state.writes || clcf->handler || clcf->alias == 0
        || clcf->alias == NGX_MAX_SIZE_T_VALUE)
    {
        return 0;
    }

    return call->destination.len < clcf->alias || r->uri.len < clcf->alias
           || ngx_memcmp(call->destination.data, r->uri.data, clcf->alias) != 0;
}
