/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The values of headers that say who calls and for what: which of them can be judged and
 * recorded, and those that are not UTF-8.
 */

#ifndef GGI_VALUE_H
#define GGI_VALUE_H

#include "ggi_str.h"

#define GGI_VALUE_MAX  1024             /* bytes of such a value */


/*
 * Returns 1 when the value of a header is well-formed, so that it can be
 * judged and recorded: at most GGI_VALUE_MAX bytes of UTF-8 without control characters
 * (C0, DEL, C1). Returns 0 otherwise.
 */
int ggi_value_well_formed(ggi_str_t value);

/*
 * Returns 1 when a free text can be read as ISO-8859-1: at most
 * GGI_VALUE_MAX bytes, none of them a control character (C0, DEL, C1). Returns 0
 * otherwise. Use it for a text that ggi_value_well_formed() rejects: Python and .NET
 * send header values as ISO-8859-1 unless they are told otherwise.
 */
int ggi_value_is_latin1(ggi_str_t value);

/*
 * Converts a text from ISO-8859-1 to UTF-8. Writes it to dst, which has room for twice
 * its length, without a NUL. Returns the number of bytes written.
 */
size_t ggi_value_from_latin1(char *dst, ggi_str_t value);


#endif
