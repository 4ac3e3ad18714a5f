/* SPDX-License-Identifier: EUPL-1.2 */

/* The path of a call: matching it with the patterns of a profile, and telling whether everybody reads it alike. */

#ifndef GGI_PATH_H
#define GGI_PATH_H

#include "ggi_str.h"


/*
 * Returns 1 when a path matches a pattern, byte for byte but for whole segments:
 * "*" is one segment that is not empty, "**" as the last is whatever is left
 * behind the slash before it.
 */
int ggi_path_match(ggi_str_t pattern, ggi_str_t path);

/*
 * Returns 1 when every reader of the path sees the same segments in it. Not so
 * with a backslash, a control character, an empty segment other than the last, a
 * segment "." or "..", nor with an empty name, "." or ".." before a ";": some
 * servers drop the parameter, and then go up or find no segment at all.
 */
int ggi_path_plain(ggi_str_t path);


#endif
