/* SPDX-License-Identifier: EUPL-1.2 */

/* Paths as they are judged: decoded once, without arguments. */

#ifndef GGI_URI_H
#define GGI_URI_H

#include "ggi_str.h"


/*
 * Tells whether a decoded path keeps its meaning when it is sent to the API as
 * it is, without being encoded again: proxy_pass does that with a variable such
 * as $uri or $1. A "?" or "#" would end the path, a blank or a control character
 * the request line, and "%" with two hexadecimal digits would be decoded a
 * second time. Two dots at the end of a segment, or before ";" or a backslash,
 * become a segment ".." where the part before them is replaced by a "/". Returns
 * 0 when the path holds any of these, 1 otherwise.
 */
int ggi_uri_unambiguous(ggi_str_t path);

/*
 * Takes the path out of a reference such as WebDAV's Destination (RFC 4918,
 * 10.3): an absolute URI, or an absolute path. Decodes it once into buffer,
 * which has room for as many bytes as the reference, and sets path to it. Dot
 * segments stay. Returns 1; or 0 when there is no such path, a query or fragment
 * behind it, or a "%" without two hexadecimal digits.
 */
int ggi_uri_path(ggi_str_t reference, char *buffer, ggi_str_t *path);


#endif
