/* SPDX-License-Identifier: EUPL-1.2 */

/* What is missing or risky in the configuration of a gate. */

#ifndef GGI_DOCTOR_CONF_H
#define GGI_DOCTOR_CONF_H

#include "ggi_conf.h"
#include "ggi_doctor.h"


/*
 * Looks at the directives of a configuration, without the files that they name, and tells the
 * doctor which are missing, weak or let calls through unjudged.
 */
void ggi_doctor_conf(ggi_doctor_t *doctor, const ggi_conf_t *conf);


#endif
