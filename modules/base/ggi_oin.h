/* SPDX-License-Identifier: EUPL-1.2 */

/* The Organisatie-identificatienummer (Logius, OIN-Stelsel). */

#ifndef GGI_OIN_H
#define GGI_OIN_H

#include "ggi_str.h"

#define GGI_OIN_LEN         20
#define GGI_OIN_PREFIX_LEN  8


/*
 * Returns 1 when oin is an OIN: 8 digits of prefix, a main number of 9 letters or
 * digits (8 for KvK, prefix 00000003), filled up with zeros to 20 positions.
 * The prefix is one of the OIN-Stelsel, 00000001 to 00000010, or one of the n
 * extra ones of 8 digits each; the test prefix 00000099 only as an extra one.
 * No elfproef: published SubOINs fail it.
 */
int ggi_oin_valid(ggi_str_t oin, const ggi_str_t *extra, size_t n);

/*
 * Returns 1 when oin has the length and the characters of an OIN: 20 digits and
 * letters. For an OIN that is only compared, such as the one of a profile, so
 * that its prefix does not matter.
 */
int ggi_oin_spelled(ggi_str_t oin);

/* Returns 1 when prefix is 8 digits. */
int ggi_oin_prefix_valid(ggi_str_t prefix);


#endif
