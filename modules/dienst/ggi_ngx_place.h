/* SPDX-License-Identifier: EUPL-1.2 */

/* The types that the configuration of the core and the seam of the gates share. */

#ifndef GGI_NGX_PLACE_H
#define GGI_NGX_PLACE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * The function by which a gate judges a call. It returns
 *   NGX_OK        the call has passed;
 *   NGX_DECLINED  the call is refused, and call->reason says why;
 *   NGX_AGAIN     the gate does not know yet: it calls ggi_call_resume(r) later,
 *                 and is then called again. It must undo its plan in a cleanup of
 *                 the request, since the client may be gone before;
 *   NGX_ERROR     the gate cannot decide: the core refuses the call with the reason that
 *                 the table ggi_gates has for that.
 * The gate GGI_GATE_AUDIT is called for refused calls too.
 *
 * A gate can be asked before its turn, with a call whose state.asked is 1, for what it
 * finds: it then does not call ggi_call_resume() after NGX_AGAIN.
 */
typedef ngx_int_t (*ggi_gate_pt)(ngx_http_request_t *r, ggi_call_t *call);


/* A block of the configuration that serves a dienst. */
typedef struct {
    ngx_str_t                  dienst;
    ggi_role_e                 role;    /* of the gateway there */
    u_char                    *file;    /* where its ggi_dienst stands */
    ngx_uint_t                 line;
    ngx_http_core_srv_conf_t  *server;
} ggi_place_t;


/* All organisations of a configuration. */
typedef struct {
    ngx_array_t                list;    /* of ggi_organisation_t *, each by its index */
    const ggi_organisation_t  *own;     /* answers for what is no call's; NULL: none is told */
} ggi_organisations_t;


#endif
