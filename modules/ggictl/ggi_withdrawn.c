/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_withdrawn.h"


void
ggi_withdrawn_add(ggi_withdrawn_t *withdrawn, const ggi_glance_t *glance)
{
    ggi_withdrawn_call_t  *call;

    if (glance->kind != GGI_LOGGED_IS_WITHDRAWAL || glance->parent == NULL) {
        return;
    }

    if (withdrawn->n == GGI_WITHDRAWN_MAX) {
        withdrawn->any = 1;
        return;
    }

    call = &withdrawn->calls[withdrawn->n++];
    memcpy(call->trace, glance->trace, GGI_TRACE_ID_LEN);
    memcpy(call->span, glance->parent, GGI_SPAN_ID_LEN);
}


int
ggi_withdrawn_has(const ggi_withdrawn_t *withdrawn, const ggi_logged_t *decision)
{
    size_t      i;
    ggi_str_t   trace, span;

    trace = decision->field[GGI_LOGGED_TRACE];
    span = decision->field[GGI_LOGGED_SPAN];

    if (withdrawn->any || trace.len != GGI_TRACE_ID_LEN || span.len != GGI_SPAN_ID_LEN) {
        return withdrawn->any;
    }

    for (i = 0; i < withdrawn->n; i++) {
        if (memcmp(withdrawn->calls[i].span, span.data, GGI_SPAN_ID_LEN) == 0
            && memcmp(withdrawn->calls[i].trace, trace.data, GGI_TRACE_ID_LEN) == 0)
        {
            return 1;
        }
    }

    return 0;
}


int
ggi_withdrawn_in(const ggi_withdrawn_t *withdrawn, const ggi_index_block_t *block)
{
    size_t     i;
    ggi_str_t  trace;

    if (withdrawn->any) {
        return 1;
    }

    for (i = 0; i < withdrawn->n; i++) {
        trace.data = withdrawn->calls[i].trace;
        trace.len = GGI_TRACE_ID_LEN;

        if (ggi_index_block_traces(block, trace)) {
            return 1;
        }
    }

    return 0;
}
