/* SPDX-License-Identifier: EUPL-1.2 */

/* Looks at the files that the configuration of a gate names. */

#ifndef GGICTL_DOCTOR_FILES_H
#define GGICTL_DOCTOR_FILES_H

#include <limits.h>
#include <time.h>

#include "ggi_conf.h"
#include "ggi_doctor.h"


/* A path that a directive names, in full. */
typedef struct {
    char  text[PATH_MAX];
} ggictl_doctor_path_t;

/*
 * Writes the path of a file that a directive names as its first argument, which where it is
 * relative begins in the directory of the configuration. Returns 1, or 0 when the argument is
 * missing, or is no path.
 */
int ggictl_doctor_path(ggictl_doctor_path_t *path, const ggi_conf_t *conf,
    const ggi_conf_directive_t *directive);

/*
 * Reads the files that a configuration names, and tells the doctor of certificates that have
 * expired or soon will, of private keys that others can read, and of CAs whose revocation list
 * is missing or soon expires. now is the present time.
 */
void ggictl_doctor_files(ggi_doctor_t *doctor, const ggi_conf_t *conf, time_t now);


#endif
