/* SPDX-License-Identifier: EUPL-1.2 */

/* What is valid in an autorisatieprofiel and most likely wrong. */

#ifndef GGI_ADVICE_H
#define GGI_ADVICE_H

#include <stdint.h>

#include <jansson.h>

#include "ggi_register.h"
#include "ggi_source.h"

#define GGI_ADVICE_EXPIRED_DAYS  90     /* since when a profile is expired for long */


/*
 * Looks through the JSON of a profile, which may have faults, whose JSON path is
 * where. now is in seconds since the epoch. fault->warn is called for each of:
 * an OIN or one of "namens" that no certificate can have, a profile that expired
 * more than GGI_ADVICE_EXPIRED_DAYS ago, a profile without diensten, a name that no
 * "ggi_dienst" can have, a method that nginx rejects, and lists that allow nothing.
 *
 * Unless reg is NULL, each of "doelbindingen" that the register does not have is a
 * fault, and one that has expired or is not for the dienst a warning.
 */
void ggi_advice_profile(json_t *profile, const char *where, int64_t now,
    const ggi_register_t *reg, ggi_fault_t *fault);


#endif
