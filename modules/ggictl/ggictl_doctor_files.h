/* SPDX-License-Identifier: EUPL-1.2 */

/* Looks at the files that the configuration of a gate names. */

#ifndef GGICTL_DOCTOR_FILES_H
#define GGICTL_DOCTOR_FILES_H

#include <limits.h>
#include <time.h>

#include "ggi_doctor.h"
#include "ggi_doctor_scope.h"


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

/* Writes the path of a file of the name word likewise, and returns as ggictl_doctor_path() does. */
int ggictl_doctor_path_of(ggictl_doctor_path_t *path, const ggi_conf_t *conf, const char *word);

/*
 * Tells the doctor when a certificate of the file cert has expired or soon will, and when others
 * can read the file of its key; either may be NULL. now is the present time.
 */
void ggictl_doctor_identity(ggi_doctor_t *doctor, const char *cert, const char *key, time_t now);

/*
 * Reads the files that the directives in force where a dienst is name, and tells the doctor of
 * certificates that have expired or soon will, of private keys that others can read, and of CAs
 * whose revocation list is missing or soon expires. now is the present time.
 */
void ggictl_doctor_files(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope, time_t now);


#endif
