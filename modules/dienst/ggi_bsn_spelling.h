/* SPDX-License-Identifier: EUPL-1.2 */

/* How the characters of a burgerservicenummer can be spelled, for ggi_bsn.h and its source. */

#ifndef GGI_BSN_SPELLING_H
#define GGI_BSN_SPELLING_H

#include <stddef.h>

#include "ggi_str.h"

#define GGI_BSN_MIN  8                  /* fewest digits, without a leading zero */


/*
 * Looks quickly, before a text is searched: returns 0 when a text of len bytes has fewer
 * than GGI_BSN_MIN digits, so that it cannot hold a BSN, and 1 when it may hold one. Most
 * texts hold none. An escaped digit, such as "%31", counts as the digits of its escape.
 */
int ggi_bsn_possible(const char *text, size_t len);

/*
 * Sets *ch to the character that a text of len bytes, at least one, begins with: "0" to
 * "9" for a digit, be it full-width or Arabic; " " for a blank or dash of Unicode that is
 * escaped as a whole; and otherwise the byte. It may be percent-encoded, as often as the
 * "%" is, or spelled as in "%u0031", "\u0031", "&#49;" or "&#x31;". Returns the number of
 * bytes in which it is spelled, at most len.
 */
size_t ggi_bsn_char(const char *text, size_t len, char *ch);


#endif
