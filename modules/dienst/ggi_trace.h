/* SPDX-License-Identifier: EUPL-1.2 */

/* W3C Trace Context: the traceparent header. */

#ifndef GGI_TRACE_H
#define GGI_TRACE_H

#include <stddef.h>

#define GGI_TRACE_ID_LEN      32        /* hexadecimal digits */
#define GGI_SPAN_ID_LEN       16
#define GGI_TRACEPARENT_LEN   55
#define GGI_TRACE_RANDOM      24        /* random bytes for a new trace and span */


typedef struct {
    char  trace_id[GGI_TRACE_ID_LEN];
    char  span_id[GGI_SPAN_ID_LEN];     /* this gateway's */
    char  parent_span_id[GGI_SPAN_ID_LEN];
    char  flags[2];
    int   has_parent;
    char  traceparent[GGI_TRACEPARENT_LEN];     /* for the API */
} ggi_trace_t;


/*
 * Establishes the trace of a call. header of len bytes is the value of its
 * traceparent; of a higher version the first four fields are used, as Trace
 * Context section 3.3 (versioning) asks. A valid one is continued: its
 * trace_id and flags are kept and its span becomes the parent. Otherwise (NULL,
 * malformed, all zero) a new trace with the sampled bit begins. random holds 24
 * bytes: 16 for a trace_id, 8 for the span_id.
 */
void ggi_trace_start(ggi_trace_t *trace, const void *header, size_t len,
    const unsigned char random[GGI_TRACE_RANDOM]);

/* Goes on in a new span below the present one, with 8 random bytes. */
void ggi_trace_descend(ggi_trace_t *trace,
    const unsigned char random[GGI_SPAN_ID_LEN / 2]);


#endif
