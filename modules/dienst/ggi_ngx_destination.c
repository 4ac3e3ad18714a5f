/* SPDX-License-Identifier: EUPL-1.2 */

/* The path that COPY and MOVE write to. */

#include "ggi_ngx_destination.h"
#include "ggi_ngx_headers.h"
#include "ggi_ngx_str.h"
#include "ggi_uri.h"


static const ggi_name_t  ggi_destination_name = ggi_name("Destination", "destination");


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
