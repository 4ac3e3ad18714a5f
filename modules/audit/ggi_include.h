/* SPDX-License-Identifier: EUPL-1.2 */

/* The directives "include" in the text of a configuration file of nginx. */

#ifndef GGI_INCLUDE_H
#define GGI_INCLUDE_H

#include <stddef.h>

#include "ggi_str.h"


/*
 * Finds the next directive "include" with one argument from *pos on, and sets *pos behind
 * it. Begin with *pos 0. Words, quotes, comments and blocks are told apart as nginx does.
 * Returns 1 and writes the argument to path, of size bytes, with a NUL; or 0 when there is
 * no further one. An argument that does not fit is passed over.
 */
int ggi_include_next(ggi_str_t text, size_t *pos, char *path, size_t size);


#endif
