/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The trace of a call (W3C Trace Context), which the gateway takes from the header
 * traceparent or begins, and passes on to the API.
 */

#ifndef GGI_TRACE_H
#define GGI_TRACE_H

#include <stddef.h>

#define GGI_TRACE_ID_LEN      32        /* hexadecimal digits */
#define GGI_SPAN_ID_LEN       16
#define GGI_TRACEPARENT_LEN   55
#define GGI_SPANS_RANDOM      16        /* random bytes for a span and the one below it */
#define GGI_TRACE_RANDOM      32        /* random bytes for a new trace and both spans */


typedef struct {
    char  trace_id[GGI_TRACE_ID_LEN];
    char  span_id[GGI_SPAN_ID_LEN];     /* of the decision */
    char  child_span_id[GGI_SPAN_ID_LEN];       /* below it: of the request to the API */
    char  parent_span_id[GGI_SPAN_ID_LEN];      /* above it: of the caller */
    char  flags[2];
    int   has_parent;
    char  traceparent[GGI_TRACEPARENT_LEN];     /* the header's value for the API: the child */
} ggi_trace_t;


/*
 * Sets the trace of a call from the value of its traceparent, the len bytes at header.
 * A valid value is continued: its trace_id and flags are kept, and its span becomes the
 * parent. Of a version higher than 00 the first four fields are used (Trace Context,
 * section 3.3). When header is NULL, malformed or all zeros, a new trace begins, with
 * the sampled flag. random holds GGI_TRACE_RANDOM bytes: 16 for a new trace_id and
 * GGI_SPANS_RANDOM for the spans.
 */
void ggi_trace_start(ggi_trace_t *trace, const void *header, size_t len,
    const unsigned char random[GGI_TRACE_RANDOM]);

/*
 * Begins a new span in the trace of a call, for another decision: the present span becomes its
 * parent, and random bytes make the ids of the new span and of its child. The trace itself
 * stays the same.
 */
void ggi_trace_descend(ggi_trace_t *trace,
    const unsigned char random[GGI_SPANS_RANDOM]);

/*
 * Makes a new id for the span of a request to the API, from 8 random bytes, below the span of
 * the same decision, and writes it into trace->traceparent as well. Call it for each further
 * request to an API that a call makes.
 */
void ggi_trace_branch(ggi_trace_t *trace,
    const unsigned char random[GGI_SPAN_ID_LEN / 2]);


#endif
