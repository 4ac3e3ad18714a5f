/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Warns of what is valid in an autorisatieprofiel, or in the functions of an application,
 * and probably a mistake.
 */

#ifndef GGI_ADVICE_H
#define GGI_ADVICE_H

#include <stdint.h>

#include <jansson.h>

#include "ggi_register.h"
#include "ggi_source.h"

#define GGI_ADVICE_EXPIRED_DAYS  90     /* days after which it is worth a warning */


/*
 * Looks through the JSON of a profile for probable mistakes; it may have faults as
 * well, which are left to ggi_profile_parse(). where is the profile's own JSON path,
 * now the time in seconds since the epoch. Calls fault->warn for an OIN, also in
 * "namens", that no certificate can have; a profile that expired more than
 * GGI_ADVICE_EXPIRED_DAYS ago; a profile without diensten; a name that no "ggi_dienst"
 * can have; a method that nginx rejects; and lists that allow nothing.
 *
 * When reg is not NULL, each name in "doelbindingen" that the register does not have is
 * a fault, and each that has expired or is not meant for the dienst gives a warning.
 */
void ggi_advice_profile(json_t *profile, const char *where, int64_t now,
    const ggi_register_t *reg, ggi_fault_t *fault);

/*
 * Looks through the JSON of the functions of an application for probable mistakes; it may have
 * faults as well, which are left to ggi_functies_parse(). where is the JSON path of the
 * functions, and now the time in seconds since the epoch; reg may be NULL. Calls fault->warn
 * for functions that expired long ago, for an application without functions and a function
 * without diensten, and for what ggi_advice_profile() finds in diensten.
 */
void ggi_advice_functions(json_t *functions, const char *where, int64_t now,
    const ggi_register_t *reg, ggi_fault_t *fault);

/*
 * Warns, as ggi_advice_profile() does, of what is most likely a mistake in a consent: it expired
 * long ago, or its doelbinding needs no consent by the register. A doelbinding that the register
 * does not have is a fault.
 */
void ggi_advice_consent(json_t *consent, const char *where, int64_t now,
    const ggi_register_t *reg, ggi_fault_t *fault);


#endif
