/* SPDX-License-Identifier: EUPL-1.2 */

/* Writes the figures of ggi_status, as Prometheus text, as JSON or as a page. */

#ifndef GGI_STATUS_WRITE_H
#define GGI_STATUS_WRITE_H

#include <stddef.h>

#include "ggi_status.h"


typedef enum { GGI_STATUS_PROMETHEUS, GGI_STATUS_JSON, GGI_STATUS_HTML } ggi_status_form_e;


/*
 * Writes the status to buf, which has size bytes, as Prometheus text (format 0.0.4), as the
 * page of ggi_status_page() in status->lang, or as JSON: an object with the same names.
 * There a metric without labels is a number, and one with labels a list of objects, each
 * with its labels and "value", or with "bucket", "sum" and "count" for a histogram.
 * ggi_status_walk() says what is left out. No NUL is added. Returns the length in bytes, or
 * 0 when it does not fit.
 */
size_t ggi_status_write(const ggi_status_t *status, ggi_status_form_e form,
    char *buf, size_t size);


#endif
