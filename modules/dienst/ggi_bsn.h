/* SPDX-License-Identifier: EUPL-1.2 */

/* The burgerservicenummer (BSN), which is kept out of what is recorded and logged. */

#ifndef GGI_BSN_H
#define GGI_BSN_H

#include <stddef.h>

#include "ggi_bsn_spelling.h"
#include "ggi_str.h"

#define GGI_BSN_LEN           9         /* digits */
#define GGI_BSN_FIND_MAX      8192      /* bytes of a text in which one is looked for */
#define GGI_BSN_SPELLING_MAX  256       /* most bytes of a BSN: full-width digits, escaped twice */


/*
 * Masks each BSN in a text of len bytes, in place: replaces it by as many "*" as its
 * spelling has bytes. Returns the number of BSNs that were masked.
 *
 * A BSN is eight digits, nine digits, or a zero and nine digits, neither preceded nor
 * followed by another digit, that pass the elfproef (eight digits as if a zero stood
 * before them). A digit may be full-width or Arabic. Between digits may stand up to
 * three of blank, tab, "-", ".", "+", "_" and "~", or one blank, dash or byte order mark
 * of Unicode in UTF-8 (a no-break space also in ISO-8859-1). Each byte may be
 * percent-encoded, any number of times, if each further time encodes only the "%"; and a
 * character may be spelled as in "&#49;", "&#x31;", "\u0031" or "%u0031". UUIDs, runs
 * of 32 or 64 hexadecimal digits, and dates such as 2026-11-26 are not masked.
 */
size_t ggi_bsn_mask(char *text, size_t len);

/*
 * Copies a text of len bytes to dst, masks the BSNs in it, and cuts it off after max
 * bytes, in such a way that no part of a BSN or of a UTF-8 character is left at the end.
 * dst has room for max + GGI_BSN_SPELLING_MAX bytes; no NUL is added. Returns the length
 * of the copy, at most max.
 */
size_t ggi_bsn_copy(char *dst, size_t max, const char *text, size_t len);

/*
 * Returns at most max bytes of a text with the BSNs in it masked, in such a way that no
 * part of a BSN is left at the end: the text itself when it has too few digits for one, or
 * a copy in buffer, which has room for max + GGI_BSN_SPELLING_MAX bytes.
 */
ggi_str_t ggi_bsn_masked(char *buffer, size_t max, ggi_str_t text);

/*
 * Looks quickly whether a text can hold a BSN: returns 0 when it has too few digits for one,
 * so that nothing in it would be masked, and 1 otherwise.
 */
static inline int
ggi_bsn_conceivable(ggi_str_t text)
{
    return ggi_bsn_possible(text.data, text.len);
}


/*
 * Finds the first BSN in the first GGI_BSN_FIND_MAX bytes of a text that is spelled in at
 * least so many digits, GGI_BSN_LEN or one fewer. Returns 1 and writes it to bsn as
 * GGI_BSN_LEN digits without a NUL; or returns 0 when there is none.
 */
int ggi_bsn_find(char bsn[GGI_BSN_LEN], ggi_str_t text, unsigned digits);

/*
 * Tells of how many persons a text has BSNs that are spelled in at least so many digits,
 * GGI_BSN_LEN or one fewer: returns 0, 1, or 2 for more than one, and writes the first to bsn as
 * ggi_bsn_find() does. Of a text of more than GGI_BSN_FIND_MAX bytes it returns 2, since nobody
 * knows whose stand in the rest, and bsn is not set; so it does, when eight digits are enough, of
 * one with a number of more than ten digits, in which an API may see a BSN with zeros before it.
 */
unsigned ggi_bsn_persons(char bsn[GGI_BSN_LEN], ggi_str_t text, unsigned digits);


#endif
