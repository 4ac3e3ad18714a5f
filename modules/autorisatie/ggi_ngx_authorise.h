/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Judges a call by the profile of the organisation that calls, waiting for the
 * profile if need be.
 */

#ifndef GGI_NGX_AUTHORISE_H
#define GGI_NGX_AUTHORISE_H

#include "ggi_ngx_autorisatie_conf.h"
#include "ggi_ngx_gate.h"


/*
 * The function of the gate, as ggi_gate_register() takes it. Returns NGX_OK when
 * the profile allows the call; NGX_DECLINED with the reason in the call when it
 * does not, or there is no profile; NGX_AGAIN when the profile has to be waited
 * for: the core calls the gate again when it is there; NGX_ERROR without memory.
 */
ngx_int_t ggi_autorisatie_handler(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Begins to ask Redis for profiles, in the initialisation of a worker. Call it
 * only when the configuration has a Redis. Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_authorise_start(ggi_autorisatie_main_conf_t *amcf,
    ngx_log_t *log);

/* Ends what ggi_authorise_start() began, if it was called, at the end of a worker. */
void ggi_authorise_stop(void);


#endif
