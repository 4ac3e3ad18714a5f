/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The seam between the core and the gates: a gate is a module of its own, which
 * binds itself to the core (ggi_ngx_seam.h) and registers a function that judges
 * calls. What else a gate may ask of the core stands in the headers that
 * modules/README.md lists; each function has its line in ggi_ngx_core.h as well.
 */

#ifndef GGI_NGX_GATE_H
#define GGI_NGX_GATE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"
#include "ggi_ngx_place.h"


/* What the core knows of a gate beforehand. */
typedef struct {
    const char   *name;                 /* of the gate's directive */
    ngx_uint_t    required;             /* 1: it is on wherever there is a dienst */
    ggi_reason_e  undecided;            /* the reason of a refusal when it cannot decide */
    ngx_uint_t    roles;                /* those in which it judges: bits of GGI_ROLE() */
} ggi_gate_info_t;

#define GGI_ROLE(role)  ((ngx_uint_t) 1 << GGI_ROLE_##role)
#define GGI_ROLES       (GGI_ROLE(AANBIEDER) | GGI_ROLE(AFNEMER))

extern const ggi_gate_info_t  ggi_gates[GGI_GATES];


/*
 * Registers the function by which a gate judges calls, in the postconfiguration of its module.
 * Returns NGX_OK always, so that postconfiguration can return that.
 */
ngx_int_t ggi_gate_register(ngx_conf_t *cf, ggi_gate_e gate,
    ggi_gate_pt handler);

/*
 * Iterates over the places where a gate is not off: pass NULL for the first;
 * NULL is returned after the last. Call in postconfiguration only.
 */
const ggi_place_t *ggi_gate_next_place(ngx_conf_t *cf, ggi_gate_e gate,
    const ggi_place_t *place);

/* Sets the mode of a gate for the block in which a directive is being read. */
void ggi_gate_set_mode(ngx_conf_t *cf, ggi_gate_e gate, ggi_mode_e mode);

/* Returns what the core knows of a gate beforehand. */
const ggi_gate_info_t *ggi_gate_info(ggi_gate_e gate);

/* Returns the mode of a gate in the location that serves the request. */
ggi_mode_e ggi_gate_mode(ngx_http_request_t *r, ggi_gate_e gate);


/*
 * Returns 1 when the process that is being initialised will serve calls, 0 otherwise.
 * Workers serve calls, and so does nginx's only process. The manager and the loader of
 * a cache, which nginx initialises in the same way, do not.
 */
static inline ngx_uint_t
ggi_process_serves(void)
{
    return ngx_process == NGX_PROCESS_WORKER
           || ngx_process == NGX_PROCESS_SINGLE;
}

/*
 * Returns the main configuration of a module when the process that is being
 * initialised will serve calls. Returns NULL when it will not, or when the
 * configuration of nginx has no "http".
 */
static inline void *
ggi_process_conf(ngx_cycle_t *cycle, const ngx_module_t *module)
{
    return ggi_process_serves()
           ? ngx_http_cycle_get_module_main_conf(cycle, (*module)) : NULL;
}


/*
 * For the core alone: iterates over places as ggi_gate_next_place() does for gates, but the
 * caller may write to them. Pass NULL for the first place; returns the place after the given
 * one, or NULL after the last.
 */
ggi_place_t *ggi_gate_next_noted(ngx_conf_t *cf, ggi_gate_e gate, const ggi_place_t *place);

/*
 * For the core alone: logs the version of the core, and that of the module of each
 * gate, when nginx starts or reads its configuration again, which can name modules
 * in other files. Logs nothing for nginx -t. Call in the initialisation of the
 * module.
 */
void ggi_gate_tell_versions(ngx_cycle_t *cycle);


#endif
