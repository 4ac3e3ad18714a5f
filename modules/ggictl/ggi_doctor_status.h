/* SPDX-License-Identifier: EUPL-1.2 */

/* What is missing or risky by what a running gate tells of itself. */

#ifndef GGI_DOCTOR_STATUS_H
#define GGI_DOCTOR_STATUS_H

#include "ggi_conf.h"
#include "ggi_doctor.h"


/*
 * Looks at the JSON of ggi_status of a gate, at the time now in seconds since the epoch. conf is
 * the configuration, by which it is known whether the gate has a Redis, or NULL.
 */
void ggi_doctor_status(ggi_doctor_t *doctor, json_t *status, const ggi_conf_t *conf, int64_t now);


#endif
