/* SPDX-License-Identifier: EUPL-1.2 */

/* Which data set Redis has, a server or a Cluster, and the command that shows it. */

#ifndef GGICTL_DATASET_SHOW_H
#define GGICTL_DATASET_SHOW_H

#include "ggi_dataset.h"
#include "ggictl_args.h"
#include "ggictl_redis.h"


/*
 * Asks Redis whether it has a data set, in a Cluster in all slots. Returns GGI_DATASET_GOOD,
 * GGI_DATASET_MISSING, GGI_DATASET_MALFORMED, GGI_DATASET_OTHER when slots have other ids than
 * most, or GGI_DATASET_UNREADABLE with redis->error.
 */
ggi_dataset_e ggictl_dataset_look(ggictl_redis_t *redis);

/*
 * Runs "dataset show": prints id and number of the data set in Redis, and who changed it last
 * and when. Returns GGICTL_OK, GGICTL_NO when there is none or it is malformed, or GGICTL_ERROR
 * after a message.
 */
int ggictl_dataset_show(ggictl_args_t *args);


#endif
