/* SPDX-License-Identifier: EUPL-1.2 */

/* Looks at what a gate depends on while it runs: its log and seals, Redis, and the clock. */

#ifndef GGICTL_DOCTOR_LIVE_H
#define GGICTL_DOCTOR_LIVE_H

#include <time.h>

#include "ggi_conf.h"
#include "ggi_doctor.h"


/* Tells of audit logs that others can read, that are never rotated, or that nobody seals. */
void ggictl_doctor_logs(ggi_doctor_t *doctor, const ggi_conf_t *conf, time_t now);

/*
 * Tells of a Redis that does not answer, keeps nothing on its disk, or is a replica. url and ca
 * are as ggictl_redis_open() takes them.
 */
void ggictl_doctor_redis(ggi_doctor_t *doctor, const char *url, const char *ca);

/* Tells of a clock that nothing synchronises. */
void ggictl_doctor_clock(ggi_doctor_t *doctor);


#endif
