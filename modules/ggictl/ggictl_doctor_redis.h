/* SPDX-License-Identifier: EUPL-1.2 */

/* Finds the Redis that the doctor looks at: the one that is named, or those of a configuration. */

#ifndef GGICTL_DOCTOR_REDIS_H
#define GGICTL_DOCTOR_REDIS_H

#include <time.h>

#include "ggi_conf.h"
#include "ggi_doctor.h"
#include "ggictl_args.h"


/*
 * Looks at the Redis that --redis names, or GGI_REDIS of the environment where the configuration
 * has any; or else at each Redis of the configuration, with the files, and the user and password of
 * the Sentinels, that stand there. Of these it also tells when a client certificate expires, or
 * others can read its key. now is the present time.
 */
void ggictl_doctor_look_redis(ggi_doctor_t *doctor, const ggi_conf_t *conf,
    const ggictl_args_t *args, time_t now);


#endif
