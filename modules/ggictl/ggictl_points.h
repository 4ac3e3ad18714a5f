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
 * Finds the points of the CAs of trust: those that the arguments CA=URL give, of none for
 * CA=none, and of the other CAs those that certificates name. points is zeros. Returns 1, or 0
 * after a message. The caller frees by ggictl_points_free() either way.
 */
int ggictl_points_find(ggictl_points_t *points, const ggi_trust_t *trust,
    const ggictl_args_t *args);

/* Frees the points with their URLs, and leaves none. points may be all zeros. */
void ggictl_points_free(ggictl_points_t *points);


#endif
