/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Reads one revocation list (RFC 5280, section 5) into a compact list. The DER is walked
 * once, from beginning to end, while it is read: what was signed is hashed as it passes,
 * and the serial numbers are written as they come and sorted afterwards.
 */

#ifndef GGI_CRL_WALK_H
#define GGI_CRL_WALK_H

#include "ggi_crl_input.h"
#include "ggi_crl_room.h"


/*
 * Reads the list at which input stands, to its end, and adds it to room. Returns 1. Returns 0
 * when the list is malformed or does not fit, and sets *why to a literal that says so; or
 * leaves *why as it is when what stands there is no list at all.
 */
int ggi_crl_walk(ggi_crl_input_t *input, ggi_crl_room_t *room, const char **why);


#endif
