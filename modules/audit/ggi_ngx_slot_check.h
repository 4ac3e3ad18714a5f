/* SPDX-License-Identifier: EUPL-1.2 */

/* Checks, while the configuration is read, whether an audit log can be kept at its path. */

#ifndef GGI_NGX_SLOT_CHECK_H
#define GGI_NGX_SLOT_CHECK_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_slot_file.h"


/*
 * Checks that the path of the log is short enough and not in /dev or /proc, that
 * nothing but regular files stands at the paths of the log and of its files, and
 * that the first file is there or can be created, which is done unless nginx only
 * sends a signal. Returns NGX_OK, or NGX_ERROR after a message with the line of the
 * directive that is being read.
 */
ngx_int_t ggi_slot_check(ngx_conf_t *cf, const ggi_slot_conf_t *conf);


#endif
