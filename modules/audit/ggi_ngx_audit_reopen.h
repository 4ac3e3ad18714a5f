/* SPDX-License-Identifier: EUPL-1.2 */

/* How the audit log follows SIGUSR1, with which logrotate has nginx open its logs anew. */

#ifndef GGI_NGX_AUDIT_REOPEN_H
#define GGI_NGX_AUDIT_REOPEN_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_slot_file.h"


/*
 * Has the files of the audit log opened anew on SIGUSR1, in the master and in the
 * workers. To hear of that signal, it adds the first file of the log to those that nginx
 * opens itself. Refuses a configuration in which another log, such as an access_log, has
 * one of the files, since its lines would break the chains of records; call this in
 * postconfiguration, when all logs of http are known. log has to live as long as the
 * cycle. Returns NGX_OK; or NGX_ERROR, after a message or without memory.
 */
ngx_int_t ggi_audit_follow_reopen(ngx_conf_t *cf, ggi_slot_conf_t *log);


#endif
