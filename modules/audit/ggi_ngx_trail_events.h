/* SPDX-License-Identifier: EUPL-1.2 */

/* The records beside those of decisions and completions, which the trail of a worker gets. */

#ifndef GGI_NGX_TRAIL_EVENTS_H
#define GGI_NGX_TRAIL_EVENTS_H

#include "ggi_ngx_trail.h"
#include "ggi_record_signal.h"
#include "ggi_record_withdrawal.h"


/*
 * Adds the record that withdraws a decision: the call is refused after all, although its
 * decision record allows it. Returns NGX_OK, or NGX_ERROR when there is no room for it, which
 * is logged and counted as a loss.
 */
ngx_int_t ggi_trail_add_withdrawal(const ggi_call_t *call);

/*
 * Adds the record of refusals that were only counted. Returns NGX_OK, or NGX_ERROR
 * when there is no room for it now: nothing is counted as lost, and the caller tries
 * again later.
 */
ngx_int_t ggi_trail_add_anonymous(const ggi_anonymous_count_t *count);

/*
 * Adds the record of a signal that was given at a call, or, with NULL, without one, for which the
 * organisation of the gateway answers. Returns NGX_OK, or NGX_ERROR when there is no room for it,
 * which is logged and counted as a loss.
 */
ngx_int_t ggi_trail_add_signal(const ggi_signal_told_t *told, const ggi_call_t *call);

/*
 * Writes the pseudonym of a text, as the records of this worker have it, to dst. Returns it, or
 * "" where the text is empty or OpenSSL fails.
 */
ggi_str_t ggi_trail_pseudonym(char dst[GGI_PSEUDONYM_LEN], ggi_str_t text);


#endif
