/* SPDX-License-Identifier: EUPL-1.2 */

/* The ways of a configuration that lead past the gates. */

#ifndef GGI_DOCTOR_OPEN_H
#define GGI_DOCTOR_OPEN_H

#include "ggi_doctor.h"
#include "ggi_doctor_scope.h"


/*
 * Tells of each block with a directive such as "proxy_pass" that is outside of a dienst, and leads
 * to where a dienst leads, in whatever server of http or stream it is, or else is in a server that
 * has a dienst. A block with "ggi_dienst off" is meant to be open. An internal location counts only
 * when a redirect from outside of a dienst leads there, as by "try_files" or "error_page"; a named
 * one does not count when redirects from within a dienst alone do. Tells also of a server of this
 * nginx to which a dienst leads, and to which others than this machine can come. Tells nothing when
 * there is no memory.
 */
void ggi_doctor_open(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope);


#endif
