/* SPDX-License-Identifier: EUPL-1.2 */

/* Shows what "audit match" has found. */

#ifndef GGICTL_MATCH_SHOW_H
#define GGICTL_MATCH_SHOW_H

#include <stdio.h>

#include "ggi_match.h"
#include "ggi_silence.h"


/*
 * Writes an open call as a line, with what may explain that the log of a side does not have it,
 * unless silence is NULL.
 */
void ggictl_match_show_line(FILE *out, const ggi_pair_t *pair, const ggi_silence_t *silence);

/*
 * Writes an open call as an object of JSON, without a newline, to out. silence is what
 * explains that a half of it is missing, or NULL when nothing does.
 */
void ggictl_match_show_json(FILE *out, const ggi_pair_t *pair, const ggi_silence_t *silence);

/* Writes what was counted, as lines; explained is how many of the open calls are. */
void ggictl_match_show_counts(FILE *out, const ggi_match_counts_t *counts, uint64_t explained);

/* Writes what was counted as an object of JSON without a newline. */
void ggictl_match_show_counts_json(FILE *out, const ggi_match_counts_t *counts,
    uint64_t explained);


#endif
