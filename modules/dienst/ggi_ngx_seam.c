/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The gate's side of the seam, linked into the module of every gate and not into
 * the core: finds the core, and passes each call of a function of the core on.
 */

#include "ggi_ngx_core.h"
#include "ggi_ngx_seam.h"
#include "ggi_seam_digest.h"
#include "ggi_version.h"


/* The table of the core that this module is bound to; NULL: none yet. */
static const ggi_core_t  *ggi_bound;


/* Returns the module of the core among those of the configuration that is being read, or NULL. */
static ngx_module_t *
ggi_core_find(ngx_cycle_t *cycle)
{
    ngx_uint_t  i;

    for (i = 0; cycle->modules[i]; i++) {
        if (ngx_strcmp(cycle->modules[i]->name, "ngx_http_ggi_dienst_module")
            == 0)
        {
            return cycle->modules[i];
        }
    }

    return NULL;
}


ngx_int_t
ggi_core_bind(ngx_conf_t *cf, const ngx_module_t *module,
    ngx_http_variable_t *variables)
{
    ngx_module_t      *found;
    const ggi_core_t  *core;

    found = ggi_core_find(cf->cycle);

    if (found == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "%s needs the module ngx_http_ggi_dienst_module, which is "
                      "not loaded: add \"load_module\" of "
                      "ngx_http_ggi_dienst_module.so, before or after that of "
                      "%s.so", module->name, module->name);
        return NGX_ERROR;
    }

    core = (const ggi_core_t *) found->spare_hook0;

    if (core == NULL || ngx_strcmp(core->seam, GGI_SEAM) != 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "%s has version %s with interface %s, and %s has version "
                      "%s with interface %s: install the modules of one build, "
                      "and restart nginx", module->name, GGI_VERSION, GGI_SEAM,
                      found->name, core ? core->version : "unknown",
                      core ? core->seam : "unknown");
        return NGX_ERROR;
    }

    if (ggi_bound && ggi_bound != core) {
        /* the configuration in use would lose its core, if this one were then given up */
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "%s.so comes from another file than before this reload, "
                      "and %s.so does not: load all modules from one folder, "
                      "or restart nginx", found->name, module->name);
        return NGX_ERROR;
    }

    ggi_bound = core;

    return variables ? ggi_variables_add(cf, variables) : NGX_OK;
}


ngx_int_t
ggi_gate_register(ngx_conf_t *cf, ggi_gate_e gate, ggi_gate_pt handler)
{
    return ggi_bound->ggi_gate_register(cf, gate, handler);
}


const ggi_place_t *
ggi_gate_next_place(ngx_conf_t *cf, ggi_gate_e gate, const ggi_place_t *place)
{
    return ggi_bound->ggi_gate_next_place(cf, gate, place);
}


ngx_int_t
ggi_gate_require(ngx_conf_t *cf, ggi_gate_e gate, const char *what)
{
    return ggi_bound->ggi_gate_require(cf, gate, what);
}


ngx_int_t
ggi_gate_lack(ngx_conf_t *cf, ggi_gate_e gate, const ggi_place_t *place,
    const char *what)
{
    return ggi_bound->ggi_gate_lack(cf, gate, place, what);
}


ngx_int_t
ggi_conf_lack(ngx_conf_t *cf, const char *what, u_char *file, ngx_uint_t line)
{
    return ggi_bound->ggi_conf_lack(cf, what, file, line);
}


void
ggi_gate_warn_diensten(ngx_conf_t *cf, ggi_gate_e gate,
    int (*has)(const void *data, ggi_str_t dienst), const void *data,
    const char *what)
{
    ggi_bound->ggi_gate_warn_diensten(cf, gate, has, data, what);
}


void
ggi_gate_note_fields(ngx_conf_t *cf, ngx_uint_t (*said)(const ggi_place_t *place))
{
    ggi_bound->ggi_gate_note_fields(cf, said);
}


ngx_int_t
ggi_setting_note(ngx_conf_t *cf, ngx_command_t *cmd)
{
    return ggi_bound->ggi_setting_note(cf, cmd);
}


ngx_int_t
ggi_parameters_once(ngx_conf_t *cf)
{
    return ggi_bound->ggi_parameters_once(cf);
}


char *
ggi_words_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ggi_bound->ggi_words_slot(cf, cmd, conf);
}


char *
ggi_enum_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ggi_bound->ggi_enum_slot(cf, cmd, conf);
}


char *
ggi_name_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ggi_bound->ggi_name_slot(cf, cmd, conf);
}


void
ggi_gate_set_mode(ngx_conf_t *cf, ggi_gate_e gate, ggi_mode_e mode)
{
    ggi_bound->ggi_gate_set_mode(cf, gate, mode);
}


const ggi_gate_info_t *
ggi_gate_info(ggi_gate_e gate)
{
    return ggi_bound->ggi_gate_info(gate);
}


ggi_mode_e
ggi_gate_mode(ngx_http_request_t *r, ggi_gate_e gate)
{
    return ggi_bound->ggi_gate_mode(r, gate);
}


const ggi_organisations_t *
ggi_organisations(ngx_cycle_t *cycle)
{
    return ggi_bound->ggi_organisations(cycle);
}


ggi_call_t *
ggi_call_ended(ngx_http_request_t *r)
{
    return ggi_bound->ggi_call_ended(r);
}


ngx_uint_t
ggi_part_is_update(ngx_http_request_t *r)
{
    return ggi_bound->ggi_part_is_update(r);
}


ngx_int_t
ggi_call_branch(ggi_call_t *call)
{
    return ggi_bound->ggi_call_branch(call);
}


void
ggi_status_count(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_bound->ggi_status_count(r, call);
}


void
ggi_call_each_undecided(void (*handler)(ngx_http_request_t *r,
    ggi_call_t *call))
{
    ggi_bound->ggi_call_each_undecided(handler);
}


void
ggi_call_resume(ngx_http_request_t *r)
{
    ggi_bound->ggi_call_resume(r);
}


void
ggi_metric_add(ggi_metric_e metric, ngx_uint_t n)
{
    ggi_bound->ggi_metric_add(metric, n);
}


void
ggi_metric_set(ggi_metric_e metric, ngx_uint_t value)
{
    ggi_bound->ggi_metric_set(metric, value);
}


void
ggi_metric_show(ngx_conf_t *cf, ggi_metric_e from, ggi_metric_e to)
{
    ggi_bound->ggi_metric_show(cf, from, to);
}


ngx_uint_t
ggi_metric_shown(ngx_conf_t *cf, ggi_metric_e metric)
{
    return ggi_bound->ggi_metric_shown(cf, metric);
}


ngx_int_t
ggi_status_add(ngx_pool_t *pool, ggi_status_t *status, const ggi_status_family_t *family)
{
    return ggi_bound->ggi_status_add(pool, status, family);
}


ngx_int_t
ggi_status_provide(ngx_conf_t *cf, ggi_status_pt provider)
{
    return ggi_bound->ggi_status_provide(cf, provider);
}


ngx_int_t
ggi_status_provided(ngx_pool_t *pool, ggi_status_t *status)
{
    return ggi_bound->ggi_status_provided(pool, status);
}


char *
ggi_source_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ggi_bound->ggi_source_slot(cf, cmd, conf);
}


ngx_int_t
ggi_variables_add(ngx_conf_t *cf, ngx_http_variable_t *variables)
{
    return ggi_bound->ggi_variables_add(cf, variables);
}


ngx_int_t
ggi_call_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    return ggi_bound->ggi_call_variable(r, v, data);
}


void
ggi_variable_set(ngx_http_variable_value_t *v, ggi_str_t value)
{
    ggi_bound->ggi_variable_set(v, value);
}


ngx_uint_t
ggi_name_is(const ggi_name_t *name, const ggi_name_t *other)
{
    return ggi_bound->ggi_name_is(name, other);
}


ngx_int_t
ggi_header_claim(ngx_conf_t *cf, ggi_gate_e gate, const ggi_name_t *name,
    size_t offset, size_t outside)
{
    return ggi_bound->ggi_header_claim(cf, gate, name, offset, outside);
}


ngx_int_t
ggi_header_withhold(ngx_conf_t *cf, const ggi_name_t *name)
{
    return ggi_bound->ggi_header_withhold(cf, name);
}


ngx_int_t
ggi_header_inside(ngx_conf_t *cf, const ggi_name_t *name, size_t offset)
{
    return ggi_bound->ggi_header_inside(cf, name, offset);
}


ngx_int_t
ggi_header_value(ngx_http_request_t *r, const ggi_name_t *name,
    ngx_uint_t free_text, ggi_str_t *value)
{
    return ggi_bound->ggi_header_value(r, name, free_text, value);
}


ggi_str_t
ggi_header_list_value(ngx_http_request_t *r, const ggi_name_t *name)
{
    return ggi_bound->ggi_header_list_value(r, name);
}


ngx_int_t
ggi_body_read(ngx_http_request_t *r, ggi_call_t *call)
{
    return ggi_bound->ggi_body_read(r, call);
}


ngx_int_t
ggi_value_read(ngx_http_request_t *r, ggi_str_t sent, ngx_uint_t free_text,
    ggi_str_t *value)
{
    return ggi_bound->ggi_value_read(r, sent, free_text, value);
}


ngx_int_t
ggi_provider_expect(ngx_conf_t *cf, ngx_array_t *oins)
{
    return ggi_bound->ggi_provider_expect(cf, oins);
}


void
ggi_provider_judged_by(ngx_conf_t *cf, const ggi_provider_judge_t *judge)
{
    ggi_bound->ggi_provider_judged_by(cf, judge);
}


void
ggi_person_judged_by(ngx_conf_t *cf, const ggi_person_judge_t *judge)
{
    ggi_bound->ggi_person_judged_by(cf, judge);
}


void
ggi_person_needed(ngx_conf_t *cf, ggi_gate_e gate,
    ngx_uint_t (*needed)(ngx_conf_t *cf, const ggi_place_t *place))
{
    ggi_bound->ggi_person_needed(cf, gate, needed);
}


ggi_person_e
ggi_person_compare(ngx_http_request_t *r, const ggi_call_t *call, ggi_str_t pseudonym)
{
    return ggi_bound->ggi_person_compare(r, call, pseudonym);
}
