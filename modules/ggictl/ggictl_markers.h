/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The markers of the data set in a Cluster, one for each slot: they all have the id of the data
 * set, and each the number of the changes in its slot.
 */

#ifndef GGICTL_MARKERS_H
#define GGICTL_MARKERS_H

#include "ggictl_dataset.h"


/* What all slots have. */
typedef struct {
    char        at[GGI_TIME_TEXT + 1];  /* of the last change */
    char        by[2 * GGICTL_ACTOR_NAME + 2];
    char        ids[GGI_DATASET_EARLIER][GGI_DATASET_ID_MAX + 1];   /* the most frequent first */
    size_t      slots[GGI_DATASET_EARLIER];     /* how many have each id */
    size_t      n;                      /* how many ids there are */
    size_t      unmarked;               /* slots that have none, or a malformed marker */
    char        next[GGI_DATASET_ID_MAX + 1];   /* the id that some of these are about to get */
    size_t      begun;                  /* how many are; 0 when others have another id already */
    uint64_t    number;                 /* of the changes in all slots */
    ggi_dataset_next_t  replaces;       /* the ids of which any slot takes the place */
} ggictl_markers_t;


/* Reads the markers of all slots of a Cluster. Returns 1, or 0 with redis->error. */
int ggictl_markers_look(ggictl_redis_t *redis, ggictl_markers_t *markers);

/*
 * Shows what ggictl_markers_look() has found, as "dataset show" does. Returns GGICTL_OK, or
 * GGICTL_NO when not all slots have the same id.
 */
int ggictl_markers_show(const ggictl_args_t *args, const ggictl_markers_t *markers);


#endif
