/* SPDX-License-Identifier: EUPL-1.2 */

/* What a call asks, for the targets of what judges it by an agreement. */

#ifndef GGI_FUZZ_QUERY_H
#define GGI_FUZZ_QUERY_H

#include "fuzz.h"

#include "ggi_agreement.h"


/* Reads the dienst, method and path of a call from the next three lines of the input. */
static inline void
fuzz_query(ggi_agreement_query_t *query)
{
    query->dienst = fuzz_line();
    query->method = fuzz_line();
    query->path = fuzz_line();
}


#endif
