/* SPDX-License-Identifier: EUPL-1.2 */

/* Whom a call is about: ggi_audit_data_subject. */

#ifndef GGI_NGX_SUBJECT_H
#define GGI_NGX_SUBJECT_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_bsn.h"
#include "ggi_call.h"


/*
 * Reads ggi_audit_data_subject VALUE | off. Returns NGX_CONF_OK; or NGX_CONF_ERROR after a
 * message; or the end of a message that nginx logs.
 */
char *ggi_subject_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Finds the BSN of whom a call is about: in the value that its location names or, when there
 * is none, nine digits in its path, unless clear says that there can be none. Returns it, in
 * the memory of bsn, or "" when it is not known or not to be recorded.
 */
ggi_str_t ggi_subject_find(ngx_http_request_t *r, const ggi_call_t *call, int clear,
    char bsn[GGI_BSN_LEN]);


#endif
