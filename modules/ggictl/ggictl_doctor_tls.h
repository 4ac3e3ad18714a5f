/* SPDX-License-Identifier: EUPL-1.2 */

/* Judges the ciphers of a configuration by the guideline of NCSC-NL of 2025. */

#ifndef GGICTL_DOCTOR_TLS_H
#define GGICTL_DOCTOR_TLS_H

#include "ggi_doctor.h"
#include "ggi_doctor_scope.h"


/*
 * Tells of lists of ciphers, of servers with a dienst, that OpenSSL does not know or that the
 * guideline does not have.
 */
void ggictl_doctor_ciphers(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope);


#endif
