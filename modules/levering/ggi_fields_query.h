/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads the fields that a call asks for in the query of its URL. */

#ifndef GGI_FIELDS_QUERY_H
#define GGI_FIELDS_QUERY_H

#include "ggi_fields.h"


/*
 * Reads the fields from the arguments named name of a query, which stands in args without
 * the "?". Each argument has fields with commas between them; there may be several, and
 * all are read, since a source may take any of them. room has args.len bytes, holds the
 * decoded fields, and has to live as long as fields.
 *
 * Returns GGI_REASON_NONE; GGI_REASON_FIELD_MISSING when there is no such argument or one
 * of them is empty; or GGI_REASON_FIELDS_MALFORMED when a field cannot be one, there are
 * more than GGI_FIELDS_MAX, or some reader could take an argument for one of that name
 * that another does not: one whose name is like it (ggi_fields_name.h) when decoded, or that
 * stands beside a ";", or beside an encoded ";" or "&".
 */
ggi_reason_e ggi_fields_read_query(ggi_fields_t *fields, ggi_str_t name,
    ggi_str_t args, char *room);

/*
 * Returns 1 when some reader could take an argument of a query for one of that name, 0
 * otherwise.
 */
int ggi_fields_query_has(ggi_str_t args, ggi_str_t name);

/*
 * Returns 1 when some reader could take a cookie of a header Cookie, or of several joined by
 * commas, for an argument of that name, 0 otherwise. Names are compared as those of arguments.
 */
int ggi_fields_cookie_has(ggi_str_t cookies, ggi_str_t name);


#endif
