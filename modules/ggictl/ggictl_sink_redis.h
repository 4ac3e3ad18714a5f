/* SPDX-License-Identifier: EUPL-1.2 */

/* What "audit ship" has in Redis: the names of the keys. */

#ifndef GGICTL_SINK_REDIS_H
#define GGICTL_SINK_REDIS_H

#define GGICTL_SINK_REDIS_STREAM  "ggi:audit:"          /* and the id of a chain */
#define GGICTL_SINK_REDIS_PLACE   "ggi:audit:place"     /* hash: of a file how far it was shipped */
#define GGICTL_SINK_REDIS_PACKED  "ggi:audit:packed"    /* hash: packed files, whole */
#define GGICTL_SINK_REDIS_ASIDE   "ggi:audit:aside"     /* hash: lines that were set aside */
#define GGICTL_SINK_REDIS_SINCE   "ggi:audit:aside:since"       /* hash: since when, by the field
                                           of the line, in seconds since the epoch */


#endif
