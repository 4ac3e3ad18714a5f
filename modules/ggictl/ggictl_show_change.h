/* SPDX-License-Identifier: EUPL-1.2 */

/* Shows a change that somebody made by ggictl. */

#ifndef GGICTL_SHOW_CHANGE_H
#define GGICTL_SHOW_CHANGE_H

#include <stdio.h>

#include "ggi_joined.h"


/*
 * Writes a change: two blanks, the command and what was changed, where, from which version to
 * which, by whom, and what came of it, or that there is no outcome. With colour the result has
 * one.
 */
void ggictl_show_change(FILE *out, const ggi_joined_t *joined, int colour);


#endif
