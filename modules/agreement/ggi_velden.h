/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Velden: the fields of an answer that an agreement allows to be asked for. A field is
 * named by its path from the root of one object, with dots, such as "geboorte.datum", and
 * without the indexes of arrays. The name of a group stands for all below it.
 */

#ifndef GGI_VELDEN_H
#define GGI_VELDEN_H

#include <stdint.h>

#include "ggi_str.h"

#define GGI_VELD_MAX  200               /* bytes of the path of a field */

/* What a source of agreements has about a dienst. */
#define GGI_HAS_NOT     0
#define GGI_HAS         1
#define GGI_HAS_VELDEN  2               /* and some of them do not allow all fields */


/*
 * Returns 1 for a byte that the name of a field may have, an ASCII letter, a digit or "_",
 * whatever the locale; 0 for any other one.
 */
static inline int
ggi_veld_char(char ch)
{
    unsigned  byte = (unsigned char) ch;

    static const uint32_t  bits[8] = { 0, 0x03ff0000, 0x87fffffe, 0x07fffffe, 0, 0, 0, 0 };

    return (int) (bits[byte >> 5] >> (byte & 31) & 1);
}


/*
 * Returns 1 when a text can be the path of a field: names of letters, digits and "_" with
 * a dot between them, at most GGI_VELD_MAX bytes in all; 0 otherwise.
 */
int ggi_veld_valid(ggi_str_t veld);

/*
 * Compares two paths by their bytes, where the end of a path is less than any byte. A dot
 * is less than what names are made of, so that all below a group come right after it.
 * Returns less than 0, 0 or more than 0.
 */
int ggi_veld_compare(ggi_str_t a, ggi_str_t b);

/*
 * Returns 1 when the path of a field, veld, is the path of a group or begins with it and a dot,
 * so that the field belongs to the group; 0 otherwise.
 */
int ggi_veld_within(ggi_str_t group, ggi_str_t veld);

/*
 * Returns 1 when a list of n velden of an agreement allows a field to be asked for, 0
 * otherwise. The list is one that ggi_velden_compile() made: in order, with none below
 * another, or with "*" alone, which allows every field. veld is one that
 * ggi_veld_valid() accepts.
 */
int ggi_velden_allow(const ggi_str_t *velden, size_t n, ggi_str_t veld);

/*
 * Returns 1 when such a list names fields and does not allow all, so that calls have to be
 * judged by it, 0 otherwise: there are none, or "*" alone.
 */
static inline int
ggi_velden_limit(const ggi_str_t *velden, size_t n)
{
    return n > 1 || (n == 1 && !(velden[0].len == 1 && velden[0].data[0] == '*'));
}


#endif
