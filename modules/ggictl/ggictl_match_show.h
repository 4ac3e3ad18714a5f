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

/*
 * Writes the counts of a matching to out as lines for people. explained tells for how many of
 * the open calls the logs have an explanation.
 */
void ggictl_match_show_counts(FILE *out, const ggi_match_counts_t *counts, uint64_t explained);

/*
 * Writes the counts of a matching to out as an object of JSON, without a newline. explained
 * tells for how many of the open calls the logs have an explanation.
 */
void ggictl_match_show_counts_json(FILE *out, const ggi_match_counts_t *counts,
    uint64_t explained);


#endif
