/* SPDX-License-Identifier: EUPL-1.2 */

/* Keeping citizens out of what is recorded and logged. */

#ifndef GGI_PRIVACY_H
#define GGI_PRIVACY_H

#include <stddef.h>

#define GGI_BSN_LEN           9         /* digits */
#define GGI_BSN_SPELLING_MAX  128       /* bytes of a BSN, escaped three times, that are seen at the end of a cut text */


/*
 * Replaces each BSN in a text, in place, by as many "*" as its spelling has
 * bytes. A BSN is eight digits, nine digits, or a zero and nine digits, neither
 * preceded nor followed by another digit, that pass the elfproef (eight are read
 * as if a zero stood before them). Between its digits may stand up to three of
 * blank, tab, "-", ".", "+" and "_", or one blank, dash or byte order mark of
 * Unicode in UTF-8 (a no-break space in ISO-8859-1 too); each byte may be
 * percent-encoded, any number of times, of which each encodes the "%" alone. Left alone are UUIDs, runs of 32 or 64 hexadecimal digits,
 * and dates such as 2026-11-26. Returns how many BSNs there were.
 */
size_t ggi_bsn_mask(char *text, size_t len);

/*
 * Copies a text of len bytes with its BSNs masked, and cuts it off after max
 * bytes, where no part of a BSN is left. dst has room for max +
 * GGI_BSN_SPELLING_MAX bytes. Returns the length of the copy, at most max.
 */
size_t ggi_bsn_copy(char *dst, size_t max, const char *text, size_t len);

/*
 * Takes out of a log message, in place, what a caller may have put there: query
 * strings, from "?" to the next quote or blank; the quoted values of headers and
 * of arguments, of which "..." remains; and BSNs. Returns the new length, which
 * is not more than len.
 */
size_t ggi_message_scrub(char *text, size_t len);


#endif
