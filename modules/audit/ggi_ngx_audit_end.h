/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * How calls end: the completion records of those that were let through, and the
 * decision records of those that no gate got to decide.
 */

#ifndef GGI_NGX_AUDIT_END_H
#define GGI_NGX_AUDIT_END_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * Records, in the LOG phase of every request, what became of its call: the decision,
 * if that is not recorded yet, since the client was gone or nginx gave up before; and
 * the completion of a call that was let through. Does nothing for a request that is
 * no call, and where the audit is off. Returns NGX_OK.
 */
ngx_int_t ggi_audit_record_end(ngx_http_request_t *r);

/*
 * Records the completion of a call that was let through and is still under way when its
 * worker has to end at once. Does nothing for a call whose completion was recorded: one
 * that was let through in two locations is handed to this function twice.
 */
void ggi_audit_record_terminated(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Records a call that waits for a gate when its worker ends: it is refused as
 * GGI_REASON_REQUEST_REJECTED, since nobody will decide about it.
 */
void ggi_audit_record_undecided(ngx_http_request_t *r, ggi_call_t *call);


#endif
