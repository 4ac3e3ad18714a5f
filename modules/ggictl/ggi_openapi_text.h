/* SPDX-License-Identifier: EUPL-1.2 */

/* The texts of an OpenAPI document that lead somewhere: URLs, path templates and references. */

#ifndef GGI_OPENAPI_TEXT_H
#define GGI_OPENAPI_TEXT_H

#include "ggi_source.h"


/*
 * Writes the URL of a server, an object of a document, to url, with the default of each of its
 * variables in its place, terminated. Returns NULL, or what is wrong, as a text that is constant.
 */
const char *ggi_openapi_url(char url[GGI_SOURCE_TEXT_MAX + 1], json_t *server);

/*
 * Writes base and a path template behind it to pad, terminated, as a pattern of "paden". base
 * is such a pattern without a last "/", or empty; where it is empty and the template is too,
 * pad becomes empty. A segment with a template becomes "*"; that is a warning when there is
 * something else in the segment. where is the JSON path of the template, for faults. Returns 1,
 * or what ggi_fault() returns, when a profile cannot name the path or it has a character that
 * readers might take for something else.
 */
int ggi_openapi_path(char pad[GGI_SOURCE_TEXT_MAX + 1], const char *base, ggi_str_t template,
    const char *where, ggi_fault_t *fault);

/*
 * Returns what a JSON pointer (RFC 6901), written as the fragment of a URI behind its "#", leads
 * to in a document, or NULL when it leads nowhere. It belongs to the document.
 */
json_t *ggi_openapi_pointer(json_t *document, const char *pointer);


#endif
