/* SPDX-License-Identifier: EUPL-1.2 */

/* Writes the figures of ggi_status, as Prometheus text or as JSON. */

#ifndef GGI_STATUS_WRITE_H
#define GGI_STATUS_WRITE_H

#include <stddef.h>

#include "ggi_status.h"


typedef enum { GGI_STATUS_PROMETHEUS, GGI_STATUS_JSON } ggi_status_form_e;


/* Returns a number of bytes that is enough for ggi_status_write() in either form. */
size_t ggi_status_size(const ggi_status_t *status);

/*
 * Writes the status to buf, which has size bytes, as Prometheus text (format 0.0.4) or
 * as JSON with the same names. It begins with the versions of the suite and of nginx.
 * Counts that are 0 are left out, except those of the allowed calls of each dienst. No
 * NUL is added. Returns the length in bytes, or 0 when it does not fit.
 */
size_t ggi_status_write(const ggi_status_t *status, ggi_status_form_e form,
    char *buf, size_t size);


#endif
