/* SPDX-License-Identifier: EUPL-1.2 */

/* Looks at what a gate depends on while it runs: its log and seals, Redis, and the clock. */

#ifndef GGICTL_DOCTOR_LIVE_H
#define GGICTL_DOCTOR_LIVE_H

#include <time.h>

#include "ggi_conf.h"
#include "ggi_doctor.h"
#include "ggictl_redis_access.h"


/*
 * Looks at each audit log of a configuration, and tells the doctor when there is no file of
 * it, when others can read one or it is never rotated, and when nobody seals the log. now is
 * the present time.
 */
void ggictl_doctor_logs(ggi_doctor_t *doctor, const ggi_conf_t *conf, time_t now);

/*
 * Connects to a Redis, and tells the doctor when it does not answer, keeps nothing on its
 * disk, or is a replica. access has its URL. Waits for Redis no longer than ggictl_redis_open()
 * does.
 */
void ggictl_doctor_redis(ggi_doctor_t *doctor, const ggictl_redis_access_t *access);

/*
 * Asks the system whether something such as NTP keeps its clock right, and tells the doctor of
 * a clock that nothing synchronises.
 */
void ggictl_doctor_clock(ggi_doctor_t *doctor);


#endif
