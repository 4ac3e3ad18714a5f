/* SPDX-License-Identifier: EUPL-1.2 */

/* What can be told of a line of an audit log by its end, without reading the line. */

#ifndef GGI_GLANCE_H
#define GGI_GLANCE_H

#include "ggi_logged.h"


typedef struct {
    ggi_logged_kind_e  kind;
    uint64_t           time;            /* 0: not known */
    const char        *trace;           /* GGI_TRACE_ID_LEN bytes in the line; NULL: none */
    const char        *span;            /* GGI_SPAN_ID_LEN bytes */
    const char        *parent;          /* GGI_SPAN_ID_LEN bytes; NULL: none */
} ggi_glance_t;


/*
 * Tells what a line of len bytes is, by its last bytes, if it is written as the gate writes it.
 * The end of a decision tells nothing: each line whose end tells nothing is called a decision,
 * without a time and spans. What glance points to is in the line.
 */
void ggi_glance_line(const char *line, size_t len, ggi_glance_t *glance);


#endif
