/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The path of a call: matching it with the patterns of a profile, and telling
 * whether everybody reads it alike.
 */

#ifndef GGI_PATH_H
#define GGI_PATH_H

#include "ggi_str.h"


/*
 * Returns 1 when a path matches a pattern, 0 otherwise. They are compared byte by
 * byte, but for two segments of a pattern: "*" matches one segment that is not
 * empty, and "**" at the end matches all that follows the slash before it.
 */
int ggi_path_match(ggi_str_t pattern, ggi_str_t path);

/*
 * Returns 1 when a path begins with "/" and every reader sees the same segments in it,
 * 0 otherwise. Readers disagree about a backslash, a control character, an empty
 * segment other than the last, and a segment "." or "..". They disagree too about a
 * segment whose part before a ";" is empty, "." or "..": some servers drop what
 * follows the ";", and then go up or find no segment at all.
 */
int ggi_path_plain(ggi_str_t path);


#endif
