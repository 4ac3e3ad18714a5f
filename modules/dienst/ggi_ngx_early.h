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
 * The get_handler of such a variable, whose data is a ggi_finding_t that lives as
 * long as the module. Before the gates it asks the gate by the rules of the
 * location; where that is not possible, the call will be refused. Returns
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_call_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


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

/* Returns how far a request has come. */
ggi_stage_e ggi_early_stage(ngx_http_request_t *r);

/*
 * Asks a gate before its turn, by the rules of the location or server that the
 * request is in now, and returns what it finds: the ggi_str_t at offset in its
 * findings; empty where the gate would refuse, or where it is off.
 */
ggi_str_t ggi_early_ask(ngx_http_request_t *r, ggi_gate_e gate, size_t offset);

/*
 * Returns what was read early of the call that a request has or will have, so that more
 * can be remembered in it. Returns NULL without memory or random bytes for the call.
 */
ggi_early_t *ggi_early_get(ngx_http_request_t *r);

/*
 * Remembers what the variable of a name gave, which has to be what the gates
 * find. Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_early_note(ngx_http_request_t *r, ggi_early_e what,
    ggi_str_t name, ggi_str_t value);

/*
 * Remembers that a variable was read whose value cannot stand: the call will be
 * refused. Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_early_unsettle(ngx_http_request_t *r, ggi_str_t name);

/*
 * Has a call refused when a variable that has no value before there is a verdict
 * is read before the gates. Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_early_verdict(ngx_http_request_t *r, ggi_str_t name);

/*
 * Remembers what $ggi_dienst gave where the location was not known yet. Returns
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_early_dienst(ngx_http_request_t *r, ggi_str_t dienst);

/* Returns the call of a request that is in a dienst or on its way to one, or NULL. */
ggi_call_t *ggi_early_call(ngx_http_request_t *r);


#endif
