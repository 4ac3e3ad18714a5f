/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * All metrics of a status, one by one, in the order in which they are shown: the texts of
 * Prometheus and JSON are both made of this, and so have the same names. Free of nginx.
 */

#ifndef GGI_STATUS_WALK_H
#define GGI_STATUS_WALK_H

#include "ggi_status.h"


typedef struct {
    const char  *name;
    ggi_str_t    value;                 /* any bytes */
} ggi_label_t;


/* Who is told of the metrics. out is the teller's own. */
typedef struct {
    void  *out;

    /* A metric begins: its samples follow, if it has any. type is that of Prometheus. */
    void  (*begin)(void *out, const char *name, const char *type, const char *help);

    /* A sample of it, with n labels. */
    void  (*sample)(void *out, const ggi_label_t *labels, size_t n, uint64_t value);

    /* A sample of it that is a histogram, of durations that are shown in seconds. */
    void  (*histogram)(void *out, const ggi_label_t *label, const ggi_histogram_t *histogram);

    /* The metric ends. */
    void  (*end)(void *out);
} ggi_status_sink_t;


/*
 * Tells sink of all metrics of the status that there is something to tell of. Counts of 0
 * by a reason are left out, except those of the allowed calls of each dienst.
 */
void ggi_status_walk(const ggi_status_t *status, const ggi_status_sink_t *sink);


#endif
