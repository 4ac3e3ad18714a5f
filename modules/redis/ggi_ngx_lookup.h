/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Finds the document of a key for a call, in a file or in Redis through the cache, has
 * the gate judge the call by it, and has the call wait meanwhile if need be.
 *
 * A gate that looks up documents has, in the file of its handler:
 *
 *   GGI_LOOKUP(ggi_functie_lookup, ngx_http_ggi_functie_module, ggi_functie_main_conf_t,
 *              functies, &ggi_functie_kind, GGI_GATE_FUNCTIE, ggi_functie_handler,
 *              ggi_functie_judge, ggi_functie_has, "function of \"ggi_functie_file\"");
 *
 *   return ggi_lookup(&conf->functies, r, call, toepassing);       in its handler
 *
 * where functies is a ggi_lookup_conf_t of its main configuration, and
 * ggi_functie_judge() a ggi_lookup_judge_pt, which also refuses the calls for which there
 * is no document; and in that of its module:
 *
 *   GGI_LOOKUP_MODULE(ggi_functie, ggi_functie_lookup);
 *
 *   GGI_LOOKUP_COMMANDS("ggi_functie_file", "ggi_functie_zone", "ggi_functie_redis",
 *                       ggi_functie_source, ggi_functie_main_conf_t, functies),
 *
 *   conf->functies.lookup = &ggi_functie_lookup;           in create_main_conf
 */

#ifndef GGI_NGX_LOOKUP_H
#define GGI_NGX_LOOKUP_H

#include "ggi_ngx_lookup_status.h"
#include "ggi_ngx_seam.h"


/*
 * Has the gate judge a call by the document of a key, which lives as long as the request.
 * What is no key of the kind has no document. Returns what judge() of the gate does; or
 * NGX_AGAIN when the document has to be waited for: the core calls the gate again when it
 * is there, and the gate calls this once more with the same key; or NGX_ERROR without
 * memory.
 */
ngx_int_t ggi_lookup(ggi_lookup_conf_t *conf, ngx_http_request_t *r,
    ggi_call_t *call, ggi_str_t key);

/*
 * Begins to ask Redis for documents, in the initialisation of a process, if the process
 * serves calls and the gate has a Redis. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_lookup_start(const ggi_lookup_t *lookup, ngx_cycle_t *cycle);

/* Ends what ggi_lookup_start() began, if it began something, at the end of a worker. */
void ggi_lookup_stop(const ggi_lookup_t *lookup);

/*
 * Defines name, the ggi_lookup_t of a gate: its documents are those of kind, and member is
 * the ggi_lookup_conf_t in conf, the main configuration of module. The others are the
 * members of ggi_lookup_t.
 */
#define GGI_LOOKUP(name, module, conf, member, kind, gate, handler, judge, has, part)  \
    static ggi_fetcher_t  name##_fetcher;                                          \
                                                                                   \
    const ggi_lookup_t  name = {                                                   \
        kind, &(module), offsetof(conf, member), gate, handler, judge, has, part,  \
        &name##_fetcher                                                            \
    }

/*
 * Defines the functions that the module of such a gate has for GGI_NGX_GATE: gate##_init()
 * for postconfiguration, and those that GGI_LOOKUP_CYCLE() names.
 */
#define GGI_LOOKUP_MODULE(gate, lookup)                                            \
    static ngx_int_t                                                               \
    gate##_status(ngx_pool_t *pool, ggi_status_t *status)                          \
    {                                                                              \
        return ggi_lookup_status(&(lookup), pool, status);                         \
    }                                                                              \
                                                                                   \
    static ngx_int_t                                                               \
    gate##_init(ngx_conf_t *cf)                                                    \
    {                                                                              \
        return ggi_lookup_init(cf, &(lookup), gate##_status);                      \
    }                                                                              \
                                                                                   \
    static ngx_int_t                                                               \
    gate##_init_process(ngx_cycle_t *cycle)                                        \
    {                                                                              \
        return ggi_lookup_start(&(lookup), cycle);                                 \
    }                                                                              \
                                                                                   \
    static void                                                                    \
    gate##_exit_process(ngx_cycle_t *cycle)                                        \
    {                                                                              \
        ggi_lookup_stop(&(lookup));                                                \
    }

#define GGI_LOOKUP_CYCLE(gate)  GGI_CYCLE(NULL, gate##_init_process, gate##_exit_process)


#endif
