/* SPDX-License-Identifier: EUPL-1.2 */

/* The gate of the audit: a call goes on once its decision is recorded. */

#ifndef GGI_NGX_AUDIT_GATE_H
#define GGI_NGX_AUDIT_GATE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * Judges a call that the other gates have allowed or refused. Returns NGX_AGAIN while
 * its decision record is not as durable as is configured; NGX_OK when it is, or when
 * the refusal is counted instead of recorded; NGX_DECLINED when the record could not
 * be kept; and NGX_ERROR without memory.
 */
ngx_int_t ggi_audit_judge(ngx_http_request_t *r, ggi_call_t *call);


#endif
