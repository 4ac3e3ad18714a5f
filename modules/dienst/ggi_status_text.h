/* SPDX-License-Identifier: EUPL-1.2 */

/* The figures of ggi_status as Prometheus text, format 0.0.4. */

#ifndef GGI_STATUS_TEXT_H
#define GGI_STATUS_TEXT_H

#include "ggi_json.h"
#include "ggi_status.h"


/*
 * Appends all figures of a status to out as Prometheus text. Sets out->overflow when they do
 * not fit.
 */
void ggi_status_text(ggi_json_t *out, const ggi_status_t *status);


#endif
