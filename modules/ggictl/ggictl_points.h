/* SPDX-License-Identifier: EUPL-1.2 */

/* Where the revocation lists are that "crl fetch" fetches. */

#ifndef GGICTL_POINTS_H
#define GGICTL_POINTS_H

#include "ggi_points.h"
#include "ggictl_args.h"


typedef struct {
    ggi_points_t   all;
    char          *given;               /* 1 for each CA of which arguments say where its list is */
} ggictl_points_t;


/*
 * Finds the distribution points of the CAs of trust. For a CA that an argument "CA=URL" names
 * it is that URL, for one that an argument "CA=none" names there is none, and for all others
 * they are those that certificates name. points has to be zeros before. Returns 1, or 0 after a
 * message. The caller frees points by ggictl_points_free() in either case.
 */
int ggictl_points_find(ggictl_points_t *points, const ggi_trust_t *trust,
    const ggictl_args_t *args);

/* Frees the points with their URLs, and leaves none. points may be all zeros. */
void ggictl_points_free(ggictl_points_t *points);


#endif
