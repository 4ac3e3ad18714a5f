/* SPDX-License-Identifier: EUPL-1.2 */

/* Works on paths as the gates judge them: percent-decoded once, and without query. */

#ifndef GGI_URI_H
#define GGI_URI_H

#include "ggi_str.h"


#define GGI_URI_MAX  8192               /* bytes of a path; what is longer cannot be recorded */


/*
 * Returns 1 when a path can be seen at a glance to have one meaning: it begins with a slash,
 * has no empty segment but the last, and no byte but printable ASCII other than "#", "%",
 * ".", ";", "?" and a backslash. Returns 0 when it has to be looked at more closely, as is
 * any path of less than nine bytes or more than GGI_URI_MAX.
 */
int ggi_uri_ordinary(ggi_str_t path);

/*
 * Returns 1 when a decoded path keeps its meaning if it is sent to the API as it is, 0
 * otherwise. proxy_pass with a variable such as $uri or $1 sends it like that, without
 * encoding it again. A path of more than GGI_URI_MAX bytes does not keep it either, since
 * its record does not say how it ends. The path is ambiguous when it holds
 *
 *   - "?" or "#", which would end the path;
 *   - a blank or a control character, which would end the request line;
 *   - "%" with two hexadecimal digits, which would be decoded a second time;
 *   - two dots at the end of a segment, or before ";" or a backslash, which become a
 *     segment ".." when the part before them is replaced by "/".
 */
int ggi_uri_unambiguous(ggi_str_t path);

/*
 * Reads the path from a reference such as that of WebDAV's Destination (RFC 4918,
 * section 10.3): an absolute URI or an absolute path. Decodes it once into buffer,
 * which has room for reference.len bytes, and sets *path to it. Dot segments stay.
 * Returns 1, or 0 when the reference has no path, has a query or a fragment, or holds a
 * "%" without two hexadecimal digits.
 */
int ggi_uri_path(ggi_str_t reference, char *buffer, ggi_str_t *path);

/*
 * Writes a decoded path in such a way that no two paths look alike: each byte that is
 * not part of valid UTF-8 is percent-encoded, and so is each "%" with two hexadecimal
 * digits behind it. So "%FF" stands for a byte, and what has no such "%" stands for
 * itself. dst has room for 3 * path.len bytes; no NUL is added. Returns how many were
 * written.
 */
size_t ggi_uri_show(char *dst, ggi_str_t path);


#endif
