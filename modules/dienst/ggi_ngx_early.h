/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What "if", "set", "rewrite" and "return" read of a call: they run before the
 * gates. A variable gives them what it will give after the gates, as far as that
 * can be known by then, and never what the caller merely claims.
 */

#ifndef GGI_NGX_EARLY_H
#define GGI_NGX_EARLY_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/* A variable that gives what a gate finds. */
typedef struct {
    ggi_str_t    name;                  /* of the variable, without "$" */
    size_t       offset;                /* of a ggi_str_t in ggi_findings_t */
    ggi_early_e  early;
    ggi_gate_e   gate;                  /* gate to ask before its turn; GGI_GATES: none */
} ggi_finding_t;

/*
 * The get_handler of a variable that gives what a gate finds; data points to its
 * ggi_finding_t, which lives as long as the module. When it is read before the gates
 * have run, it asks its gate by the rules of the location. If that is not possible, the
 * call will be refused. In a location without a dienst the variable is "". Returns
 * NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_call_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);

/* A ggi_finding_t, which lives as long as the module when it stands outside of functions. */
#define GGI_FINDING(variable, member, known, asked)                            \
    ((const ggi_finding_t){ ggi_str(variable),                                 \
                            offsetof(ggi_findings_t, member), known, asked })

/*
 * A row of the ngx_http_variable_t[] of a gate: a variable that gives member, a
 * ggi_str_t of ggi_findings_t. known is its ggi_early_e, and asked the gate to ask for
 * it before its turn, or GGI_GATES when none is asked.
 */
#define GGI_FOUND_VARIABLE(variable, member, known, asked)                     \
    { ngx_string(variable), NULL, ggi_call_variable,                           \
      (uintptr_t) &GGI_FINDING(variable, member, known, asked),                \
      NGX_HTTP_VAR_NOCACHEABLE, 0 }


/*
 * How far a request has come on its way to the gates. Everything from here on is for
 * the core alone.
 */
typedef enum {
    GGI_STAGE_LATE,                     /* it was judged, or is not going to be */
    GGI_STAGE_SERVER,                   /* its location is not known yet */
    GGI_STAGE_DIENST,                   /* in a location with a dienst */
    GGI_STAGE_AGAIN,                    /* it was judged, and will be judged again */
    GGI_STAGE_PLAIN                     /* in a location without one, perhaps redirected to one */
} ggi_stage_e;

/* For the core alone: returns how far a request has come on its way to the gates. */
ggi_stage_e ggi_early_stage(ngx_http_request_t *r);

/*
 * For the core alone: asks a gate before its turn, by the rules of the location or
 * server that the request is in now. offset is that of a ggi_str_t in ggi_findings_t.
 * Returns the string that the gate finds. Returns "" when the gate is off, and when it
 * is on and would refuse the call; a gate that observes gives what it finds.
 */
ggi_str_t ggi_early_ask(ngx_http_request_t *r, ggi_gate_e gate, size_t offset);

/*
 * For the core alone: returns the record of what variables have given before the gates,
 * for the call that a request has or will have, so that more can be added to it.
 * Returns NULL without memory or random bytes for the call.
 */
ggi_early_t *ggi_early_get(ngx_http_request_t *r);

/*
 * For the core alone: remembers the value that a variable gave before the gates; name
 * is the variable's. If the gates find another value, the call is refused. Returns
 * NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_early_note(ngx_http_request_t *r, ggi_early_e what,
    ggi_str_t name, ggi_str_t value);

/*
 * For the core alone: remembers that a variable was read before the gates whose value
 * they cannot confirm, so that the call will be refused; name is the variable's.
 * Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_early_unsettle(ngx_http_request_t *r, ggi_str_t name);

/*
 * For the core alone: has the call refused, because a variable that has no value before
 * the verdict was read before the gates; name is the variable's. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_early_verdict(ngx_http_request_t *r, ggi_str_t name);

/*
 * For the core alone: remembers the dienst that $ggi_dienst gave before the location
 * was known. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_early_dienst(ngx_http_request_t *r, ggi_str_t dienst);

/*
 * For the core alone: returns the call of a request that is in a dienst or on its way
 * to one, and makes it when the gates have not begun. Returns NULL when the request is
 * on its way to none, or there is no memory.
 */
ggi_call_t *ggi_early_call(ngx_http_request_t *r);


#endif
