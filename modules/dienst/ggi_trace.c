/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_trace.h"
#include "ggi_uuid.h"


/*
 * Returns 1 when all len bytes are lower-case hexadecimal digits and, if nonzero is
 * set, not all of them are "0"; 0 otherwise.
 */
static int
ggi_trace_hex(const char *p, size_t len, int nonzero)
{
    size_t  i;
    int     seen;

    seen = !nonzero;

    for (i = 0; i < len; i++) {
        if (!((p[i] >= '0' && p[i] <= '9') || (p[i] >= 'a' && p[i] <= 'f'))) {
            return 0;
        }

        seen |= (p[i] != '0');
    }

    return seen;
}


static int
ggi_trace_valid(const char *p, size_t len)
{
    if (len < GGI_TRACEPARENT_LEN || p[2] != '-' || p[35] != '-'
        || p[52] != '-')
    {
        return 0;
    }

    if (!ggi_trace_hex(p, 2, 0) || (p[0] == 'f' && p[1] == 'f')) {
        return 0;
    }

    if (len > GGI_TRACEPARENT_LEN
        && ((p[0] == '0' && p[1] == '0') || p[GGI_TRACEPARENT_LEN] != '-'))
    {
        return 0;
    }

    return ggi_trace_hex(p + 3, GGI_TRACE_ID_LEN, 1)
           && ggi_trace_hex(p + 36, GGI_SPAN_ID_LEN, 1)
           && ggi_trace_hex(p + 53, 2, 0);
}


/* Writes what the API gets: the trace, and the child as its parent. */
static void
ggi_trace_write_parent(ggi_trace_t *trace)
{
    char  *p;

    p = trace->traceparent;
    memcpy(p, "00-", 3);
    memcpy(p + 3, trace->trace_id, GGI_TRACE_ID_LEN);
    p[35] = '-';
    memcpy(p + 36, trace->child_span_id, GGI_SPAN_ID_LEN);
    p[52] = '-';
    memcpy(p + 53, trace->flags, 2);
}


/* Makes a span and its child of GGI_SPANS_RANDOM bytes. */
static void
ggi_trace_spans(ggi_trace_t *trace, const unsigned char *random)
{
    char  digits[2 * GGI_SPANS_RANDOM];

    /* the compiler makes the digits of sixteen bytes at once, and of eight one by one */
    ggi_hex_write(digits, random, GGI_SPANS_RANDOM);
    memcpy(trace->span_id, digits, GGI_SPAN_ID_LEN);
    memcpy(trace->child_span_id, digits + GGI_SPAN_ID_LEN, GGI_SPAN_ID_LEN);
    ggi_trace_write_parent(trace);
}


void
ggi_trace_start(ggi_trace_t *trace, const void *header, size_t len,
    const unsigned char random[GGI_TRACE_RANDOM])
{
    const char  *value;

    value = header;

    trace->has_parent = value && ggi_trace_valid(value, len);

    if (trace->has_parent) {
        memcpy(trace->trace_id, value + 3, GGI_TRACE_ID_LEN);
        memcpy(trace->parent_span_id, value + 36, GGI_SPAN_ID_LEN);
        memcpy(trace->flags, value + 53, 2);

    } else {
        ggi_hex_write(trace->trace_id, random, GGI_TRACE_ID_LEN / 2);
        memset(trace->parent_span_id, '0', GGI_SPAN_ID_LEN);
        memcpy(trace->flags, "01", 2);
    }

    ggi_trace_spans(trace, random + GGI_TRACE_ID_LEN / 2);
}


void
ggi_trace_descend(ggi_trace_t *trace,
    const unsigned char random[GGI_SPANS_RANDOM])
{
    memcpy(trace->parent_span_id, trace->span_id, GGI_SPAN_ID_LEN);
    trace->has_parent = 1;
    ggi_trace_spans(trace, random);
}


void
ggi_trace_branch(ggi_trace_t *trace,
    const unsigned char random[GGI_SPAN_ID_LEN / 2])
{
    ggi_hex_write(trace->child_span_id, random, GGI_SPAN_ID_LEN / 2);
    ggi_trace_write_parent(trace);
}
