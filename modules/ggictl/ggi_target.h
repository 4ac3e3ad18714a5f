/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What nginx makes of the start of a request before a gate sees it, without
 * nginx: ngx_http_parse_request_line() and ngx_http_parse_complex_uri() of nginx
 * 1.22 to 1.30, with "merge_slashes on", its default.
 */

#ifndef GGI_TARGET_H
#define GGI_TARGET_H

#include "ggi_str.h"


/*
 * Takes the target of a request line, such as "/brp//personen/a%2Fb?x=1" or
 * "http://host/brp", to the path that nginx makes of it and the gate judges:
 * percent-decoded once, slashes merged, "." and ".." resolved, without query and
 * fragment. The path is written into buf, which takes target.len + 1 bytes; it is
 * not terminated, and may hold any byte but NUL. Returns 1, or 0 when nginx rejects
 * the request with status 400.
 */
int ggi_target_path(ggi_str_t target, char *buf, ggi_str_t *path);

/*
 * Returns 1 when nginx accepts a method: capitals, "_" and "-". It rejects others
 * with status 400, and TRACE and CONNECT, which are methods, with status 405.
 */
int ggi_target_method(ggi_str_t method);


#endif
