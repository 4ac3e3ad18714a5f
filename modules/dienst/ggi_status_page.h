/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The figures of ggi_status as a page for a browser, in English or Dutch. It needs nothing
 * from elsewhere, and no script; with its script it renews itself. Free of nginx.
 */

#ifndef GGI_STATUS_PAGE_H
#define GGI_STATUS_PAGE_H

#include "ggi_json.h"
#include "ggi_status.h"


/* Appends the page to out. Sets out->overflow when it does not fit. */
void ggi_status_page(ggi_json_t *out, const ggi_status_t *status, ggi_lang_e lang);


#endif
