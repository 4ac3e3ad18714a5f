/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The spelling of an Organisatie-identificatienummer (OIN), the number that identifies
 * an organisation in Dutch government (Logius, OIN-Stelsel).
 */

#ifndef GGI_OIN_H
#define GGI_OIN_H

#include <stdint.h>

#include "ggi_str.h"

#define GGI_OIN_LEN         20
#define GGI_OIN_PREFIX_LEN  8


/*
 * Returns 1 when oin is a valid OIN, 0 otherwise. An OIN has 20 positions: a prefix of
 * 8 digits, a main number of 9 letters or digits (8 digits for the prefix 00000003 of
 * the KvK), and zeros to fill up. The prefix is one of the OIN-Stelsel, 00000001 to
 * 00000010, or one of the n prefixes of 8 digits in extra, which the operator has
 * added; extra may be NULL when n is 0. The test prefix 00000099 is valid only as an
 * extra one. The elfproef is not applied, since published SubOINs fail it.
 */
int ggi_oin_valid(ggi_str_t oin, const ggi_str_t *extra, size_t n);

/*
 * Returns 1 when oin has the length and alphabet of an OIN, 20 digits and letters, 0
 * otherwise. Its prefix and structure are not judged: use this for an OIN that is only
 * compared with others, such as one in a profile.
 */
int ggi_oin_spelled(ggi_str_t oin);

/* Returns 1 when prefix is 8 digits, so that it may be the prefix of an OIN; 0 otherwise. */
int ggi_oin_prefix_valid(ggi_str_t prefix);

/*
 * Returns a hash of the GGI_OIN_LEN bytes of an OIN, for a table of organisations in memory: other
 * versions of the suite and machines of another byte order may make another one.
 */
uint32_t ggi_oin_hash(ggi_str_t oin);


#endif
