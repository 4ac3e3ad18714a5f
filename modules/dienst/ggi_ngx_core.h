/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * How the module of a gate reaches the core. nginx opens modules in the order of
 * "load_module", and refuses a gate with symbols of a core that is not open yet.
 * So a gate has no such symbols: it carries a function of the same name for each
 * function of the core that it calls (ggi_ngx_seam.c), which goes through this
 * table. The gate finds the table when nginx begins to read "http".
 */

#ifndef GGI_NGX_CORE_H
#define GGI_NGX_CORE_H

#include "ggi_ngx_body.h"
#include "ggi_ngx_call.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_early.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_headers.h"
#include "ggi_ngx_judge.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_name.h"
#include "ggi_ngx_organisation.h"
#include "ggi_ngx_parts.h"
#include "ggi_ngx_person.h"
#include "ggi_ngx_provider.h"
#include "ggi_ngx_rejected.h"
#include "ggi_ngx_source.h"
#include "ggi_ngx_value.h"
#include "ggi_ngx_variables.h"


/*
 * The names, without "ggi_", of all functions of the core that a gate calls. Each has
 * a function in ggi_ngx_seam.c; scripts/build fails when a gate calls one that has
 * none.
 *
 * X(name)
 */
#define GGI_CORE_FUNCTIONS(X)                                                  \
    X(gate_register)                                                           \
    X(gate_next_place)                                                         \
    X(gate_require)                                                            \
    X(gate_lack)                                                               \
    X(conf_lack)                                                               \
    X(gate_warn_diensten)                                                      \
    X(gate_note_fields)                                                        \
    X(setting_note)                                                            \
    X(parameters_once)                                                         \
    X(words_slot)                                                              \
    X(enum_slot)                                                               \
    X(name_slot)                                                               \
    X(gate_set_mode)                                                           \
    X(gate_info)                                                               \
    X(gate_mode)                                                               \
    X(organisations)                                                           \
    X(call_ended)                                                              \
    X(part_is_update)                                                          \
    X(call_branch)                                                             \
    X(status_count)                                                            \
    X(call_each_undecided)                                                     \
    X(call_resume)                                                             \
    X(body_read)                                                               \
    X(metric_add)                                                              \
    X(metric_set)                                                              \
    X(metric_show)                                                             \
    X(metric_shown)                                                            \
    X(status_add)                                                              \
    X(status_provide)                                                          \
    X(status_provided)                                                         \
    X(source_slot)                                                             \
    X(variables_add)                                                           \
    X(call_variable)                                                           \
    X(variable_set)                                                            \
    X(name_is)                                                                 \
    X(header_claim)                                                            \
    X(header_withhold)                                                         \
    X(header_inside)                                                           \
    X(header_value)                                                            \
    X(header_list_value)                                                       \
    X(value_read)                                                              \
    X(provider_expect)                                                         \
    X(provider_judged_by)                                                      \
    X(person_judged_by)                                                        \
    X(person_needed)                                                           \
    X(person_compare)


/* The first two members stay what they are: a gate reads them of a core of any build. */
typedef struct {
    const char   *seam;                 /* digest of the headers that the core was built with */
    const char   *version;              /* of the suite */
#define GGI_CORE_MEMBER(name)  __typeof__(ggi_##name) *ggi_##name;
    GGI_CORE_FUNCTIONS(GGI_CORE_MEMBER)
#undef GGI_CORE_MEMBER
} ggi_core_t;


/*
 * The table of the core itself. The first of nginx's spare hooks in the core's module
 * points to it.
 */
extern const ggi_core_t  ggi_core;


#endif
