/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Reads YAML 1.2, as far as documents of OpenAPI are written in it, into the JSON that it
 * stands for.
 */

#ifndef GGI_YAML_H
#define GGI_YAML_H

#include "ggi_source.h"

#define GGI_YAML_DEPTH_MAX  200         /* maps and lists in each other */


/*
 * Tells whether a text, which may begin with blanks and line feeds, is to be read as YAML:
 * JSON begins with "{" or "[". Returns 1 or 0.
 */
int ggi_yaml_is(const char *text, size_t len);

/*
 * Reads len bytes as one document of YAML. Scalars without quotes are null, true or false
 * where they are written so (null, ~ or nothing; true; false), and texts otherwise, numbers
 * too: "version: 1.0" is the text "1.0". Returns a new reference, which the caller releases
 * with json_decref(). Returns NULL with a fault that names line and column (the byte, where it is
 * no UTF-8), for what is no YAML, a key that stands twice in a map or is no text, an alias, a
 * second document, or more than GGI_YAML_DEPTH_MAX maps and lists in each other.
 */
json_t *ggi_yaml_parse(const char *text, size_t len, ggi_fault_t *fault);


#endif
