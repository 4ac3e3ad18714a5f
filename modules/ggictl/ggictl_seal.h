/* SPDX-License-Identifier: EUPL-1.2 */

/* The command "audit seal": makes seals of an audit log. */

#ifndef GGICTL_SEAL_H
#define GGICTL_SEAL_H

#include <stdint.h>

#include "ggictl_args.h"


/*
 * Runs "audit seal": makes one seal, or with --follow one each interval until SIGTERM, or
 * has a seal say that a file expired. Returns GGICTL_OK; GGICTL_NO when the file was not
 * sealed before; or GGICTL_ERROR after a message.
 */
int ggictl_audit_seal(ggictl_args_t *args);

/*
 * Reads the value of --interval, a number with ms, s, m or h behind it. Returns it in ms,
 * 10 s when text is NULL, or 0 after a message.
 */
int64_t ggictl_seal_interval(const char *text);


#endif
