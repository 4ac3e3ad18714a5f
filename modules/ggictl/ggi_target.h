/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Normalises the target of a request as nginx does before a gate sees it, without
 * nginx. It follows ngx_http_parse_request_line() and ngx_http_parse_complex_uri() of
 * nginx 1.22 to 1.30 with "merge_slashes on", the default.
 */

#ifndef GGI_TARGET_H
#define GGI_TARGET_H

#include "ggi_str.h"


/*
 * Computes the path that the gate judges from the target of a request line, such as
 * "/brp//personen/a%2Fb?x=1" or "http://host/brp": percent-decoded once, slashes
 * merged, "." and ".." resolved, without query and fragment. Writes it to buf, which
 * has room for target.len + 1 bytes, and sets *path to it; it is not terminated, and
 * may hold any byte but NUL. Returns 1, or 0 when nginx rejects the target with status
 * 400.
 */
int ggi_target_path(ggi_str_t target, char *buf, ggi_str_t *path);

/*
 * Returns 1 when nginx can parse a method, which is made of capitals, "_" and "-"; 0
 * when nginx rejects it with status 400. TRACE and CONNECT give 1, although nginx
 * rejects them with status 405.
 */
int ggi_target_method(ggi_str_t method);


#endif
