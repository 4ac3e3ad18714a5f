/* SPDX-License-Identifier: EUPL-1.2 */

/* A small set of OINs. */

#ifndef GGI_OINS_H
#define GGI_OINS_H

#include "ggi_oin.h"

#define GGI_OINS_MAX  64                /* OINs in a set */


/* All zeros is an empty set. */
typedef struct {
    char    oin[GGI_OINS_MAX][GGI_OIN_LEN];
    size_t  n;
} ggi_oins_t;


/* Returns 1 when a set has an OIN, 0 otherwise. */
int ggi_oins_has(const ggi_oins_t *oins, ggi_str_t oin);

/*
 * Adds an OIN to a set. Does nothing when the set has it, when the text has not the length of
 * an OIN, or when the set is full, with GGI_OINS_MAX of them.
 */
void ggi_oins_add(ggi_oins_t *oins, ggi_str_t oin);


#endif
