/* SPDX-License-Identifier: EUPL-1.2 */

/* What is missing or risky in the configuration of a gate. */

#ifndef GGI_DOCTOR_CONF_H
#define GGI_DOCTOR_CONF_H

#include "ggi_doctor.h"
#include "ggi_doctor_scope.h"


/*
 * Looks at the directives that are in force where a dienst is, without the files that they name,
 * and tells the doctor which are missing, weak or let calls through unjudged. Servers without a
 * dienst are not judged, unless one is the default server of a listener of a dienst: its protocols
 * and curves are then those of all callers.
 */
void ggi_doctor_conf(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope);


#endif
