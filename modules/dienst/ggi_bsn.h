/* SPDX-License-Identifier: EUPL-1.2 */

/* The burgerservicenummer (BSN), which is kept out of what is recorded and logged. */

#ifndef GGI_BSN_H
#define GGI_BSN_H

#include <stddef.h>

#define GGI_BSN_LEN           9         /* digits */
#define GGI_BSN_SPELLING_MAX  128       /* bytes of a BSN, escaped three times, at the end of a cut text */


/*
 * Replaces each BSN in a text, in place, by as many "*" as its spelling has
 * bytes. Returns how many BSNs there were.
 *
 * A BSN is eight digits, nine digits, or a zero and nine digits, neither preceded
 * nor followed by another digit, that pass the elfproef (eight are read as if a
 * zero stood before them). Between its digits may stand up to three of blank, tab,
 * "-", ".", "+" and "_", or one blank, dash or byte order mark of Unicode in UTF-8
 * (a no-break space in ISO-8859-1 too). Each byte may be percent-encoded, any
 * number of times, where each encoding but the first encodes the "%" alone. UUIDs,
 * runs of 32 or 64 hexadecimal digits, and dates such as 2026-11-26 are left
 * alone.
 */
size_t ggi_bsn_mask(char *text, size_t len);

/*
 * Copies a text of len bytes with its BSNs masked, and cuts it off after max
 * bytes, where no part of a BSN is left. dst has room for max +
 * GGI_BSN_SPELLING_MAX bytes. Returns the length of the copy, at most max.
 */
size_t ggi_bsn_copy(char *dst, size_t max, const char *text, size_t len);


#endif
