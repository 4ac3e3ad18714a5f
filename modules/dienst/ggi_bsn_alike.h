/* SPDX-License-Identifier: EUPL-1.2 */

/* What has the digits of a BSN and is none: a part of an identifier, or a date. */

#ifndef GGI_BSN_ALIKE_H
#define GGI_BSN_ALIKE_H

#include <stddef.h>


/*
 * Returns 1 when the bytes from start to end of a text of len bytes are part of a UUID, or of a
 * run of 32 or 64 hexadecimal digits, such as a trace or a hash; 0 otherwise.
 */
int ggi_bsn_in_identifier(const char *text, size_t len, size_t start, size_t end);

/*
 * Returns 1 when eight digits that are written in three groups, the second of which has two
 * digits, are a date of the years 1800 to 2199: year, month and day, or the reverse. first is the
 * number of digits in the first group. Returns 0 otherwise.
 */
int ggi_bsn_is_date(const char *digits, unsigned first);


#endif
