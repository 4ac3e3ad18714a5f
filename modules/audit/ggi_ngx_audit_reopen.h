/* SPDX-License-Identifier: EUPL-1.2 */

/* How the audit log follows SIGUSR1, with which logrotate has nginx open its logs anew. */

#ifndef GGI_NGX_AUDIT_REOPEN_H
#define GGI_NGX_AUDIT_REOPEN_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_slot_file.h"


/*
 * Has nginx tell the master and the workers of SIGUSR1: makes the first file of the
 * log one of those that nginx opens itself. Call in postconfiguration, when all of
 * http has been read: a line of another log in one of the files would break the
 * chains, and that the other log has the same file is only known then. The log's
 * configuration has to live as long as the cycle. Returns NGX_OK, or NGX_ERROR, after
 * a message or without memory.
 */
ngx_int_t ggi_audit_follow_reopen(ngx_conf_t *cf, ggi_slot_conf_t *log);


#endif
