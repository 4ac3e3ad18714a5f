/* SPDX-License-Identifier: EUPL-1.2 */

/* Writes HTML into a buffer of the caller. Free of nginx. */

#ifndef GGI_HTML_H
#define GGI_HTML_H

#include "ggi_json.h"


/* Appends markup as it is: a literal. Sets out->overflow when it does not fit. */
void ggi_html_put(ggi_json_t *out, const char *markup);

/*
 * Appends a text of any bytes, so that it can stand in an element or in an attribute with
 * quotes: what has a meaning in HTML is escaped, and a control character, and what is not
 * valid UTF-8, becomes U+FFFD. Sets out->overflow when it does not fit.
 */
void ggi_html_text(ggi_json_t *out, ggi_str_t text);

/* Appends a number in decimal digits. Sets out->overflow when it does not fit. */
void ggi_html_number(ggi_json_t *out, uint64_t number);


#endif
