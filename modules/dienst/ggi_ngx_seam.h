/* SPDX-License-Identifier: EUPL-1.2 */

/* The gate's side of the seam: how the module of a gate finds the core. */

#ifndef GGI_NGX_SEAM_H
#define GGI_NGX_SEAM_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Binds the module of a gate to the core, wherever that stands in the order of
 * "load_module", and adds the variables of the gate to nginx: an array that ends with
 * ngx_http_null_variable, or NULL when the gate has none. GGI_NGX_GATE has every gate
 * do so in preconfiguration, before it calls any function of the core. Returns NGX_OK;
 * or NGX_ERROR, after a message that names the remedy, when the core is not loaded, was
 * built with other headers than the gate, or comes from another file at a reload while
 * the gate does not, or when a variable cannot be added.
 */
ngx_int_t ggi_core_bind(ngx_conf_t *cf, const ngx_module_t *module,
    ngx_http_variable_t *variables);


/*
 * Defines the module of a gate: the ngx_module_t that nginx looks up by its name in the
 * .so, with its ngx_http_module_t. It binds itself to the core in preconfiguration.
 *
 *   module      the name, ngx_http_ggi_<gate>_module
 *   directives  the ngx_command_t[]
 *   variables   the ngx_http_variable_t[], or NULL
 *   init        the function for postconfiguration, which registers the gate
 *   cycle       GGI_CYCLE() with what happens when nginx and its processes start and end
 *   ...         GGI_MAIN_CONF(), GGI_SRV_CONF() and GGI_LOC_CONF(), those that it has
 *
 * A function that a gate does not have is NULL.
 */
#define GGI_NGX_GATE(module, directives, variables, init, cycle, ...)          \
    extern ngx_module_t  module;                                               \
                                                                               \
    static ngx_int_t                                                           \
    module##_bind(ngx_conf_t *cf)                                              \
    {                                                                          \
        return ggi_core_bind(cf, &module, variables);                          \
    }                                                                          \
                                                                               \
    static ngx_http_module_t  module##_ctx = {                                 \
        .preconfiguration = module##_bind,                                     \
        .postconfiguration = init,                                             \
        __VA_ARGS__                                                            \
    };                                                                         \
                                                                               \
    ngx_module_t  module = {                                                   \
        NGX_MODULE_V1,                                                         \
        .ctx = &module##_ctx,                                                  \
        .commands = directives,                                                \
        .type = NGX_HTTP_MODULE,                                               \
        cycle                                                                  \
    }

#define GGI_CYCLE(module, process, end_of_process)                             \
    .init_module = (module),                                                   \
    .init_process = (process),                                                 \
    .exit_process = (end_of_process)

#define GGI_MAIN_CONF(create, init)                                            \
    .create_main_conf = (create),                                              \
    .init_main_conf = (init)

#define GGI_SRV_CONF(create, merge)                                            \
    .create_srv_conf = (create),                                               \
    .merge_srv_conf = (merge)

#define GGI_LOC_CONF(create, merge)                                            \
    .create_loc_conf = (create),                                               \
    .merge_loc_conf = (merge)


#endif
