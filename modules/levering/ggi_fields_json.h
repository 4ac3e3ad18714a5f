/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads the fields that a call asks for in the JSON of its body. */

#ifndef GGI_FIELDS_JSON_H
#define GGI_FIELDS_JSON_H

#include "ggi_fields.h"


/*
 * Reads the fields from the member named name, an array of strings, of the object that a
 * body is. The bytes of body have to live as long as fields. The body has to be JSON of
 * RFC 8259 in UTF-8, without a byte order mark, at most 32 levels deep.
 *
 * Returns GGI_REASON_NONE; GGI_REASON_FIELD_MISSING when there is no body, the object has
 * no such member, or the array is empty; or GGI_REASON_FIELDS_MALFORMED when the body is
 * not such JSON, when the member stands there twice or is no array of strings, when a
 * string cannot be a field or has an escape, when there are more than GGI_FIELDS_MAX,
 * or when some reader could take another member for that one: a name of the object is
 * like it (ggi_fields_name.h), has an escape or characters beyond ASCII.
 */
ggi_reason_e ggi_fields_read_json(ggi_fields_t *fields, ggi_str_t name,
    ggi_str_t body);

/*
 * Returns 1 when a Content-Type says that a body is JSON in UTF-8, and no reader could take
 * it for a form: application/json or one that ends in "+json", with whatever parameters but
 * a charset other than UTF-8, a quote or a comma; 0 otherwise.
 */
int ggi_fields_type_is_json(ggi_str_t type);


#endif
