/* SPDX-License-Identifier: EUPL-1.2 */

/* Names that come again in the arguments or the cookies of a request, of which one has a BSN. */

#ifndef GGI_BSN_AGAIN_H
#define GGI_BSN_AGAIN_H

#include "ggi_bsn.h"

#define GGI_BSN_AGAIN_MAX  16           /* names with the BSN that are looked at in a text */


/*
 * Looks at a text of pairs, "name=value" with "&" or ";" between them, such as the arguments of a
 * request or a header of cookies. Returns 1 when the name of a pair that has the BSN, and no
 * other, comes again in a pair that has not: of these an API may read another one than the gate,
 * and a BSN in a spelling that the gate does not know. Returns 1 also when more than
 * GGI_BSN_AGAIN_MAX pairs have the BSN, and 0 otherwise. Names are the same however their
 * characters are escaped, in upper and lower case, with any index in brackets, and with any
 * of blank, "+", "-", "." and "_" in the same place. bsn has GGI_BSN_LEN digits.
 */
int ggi_bsn_comes_again(ggi_str_t text, const char bsn[GGI_BSN_LEN]);


#endif
