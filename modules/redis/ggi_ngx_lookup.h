/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Finds the document of a key for a call, in a file or in Redis through the cache, has
 * the gate judge the call by it, and has the call wait meanwhile if need be.
 *
 * A gate that looks up documents has:
 *
 *   static ggi_fetcher_t       ggi_functie_fetcher;
 *   static const ggi_lookup_t  ggi_functie_lookup = {
 *       &ggi_functie_kind, &ngx_http_ggi_functie_module, ggi_functie_judge,
 *       &ggi_functie_fetcher
 *   };
 *
 *   GGI_SOURCE_COMMAND("ggi_functie_file", ggi_lookup_file, ggi_functie_main_conf_t,
 *                      functies.file, ggi_functie_source),
 *   GGI_LOOKUP_COMMAND("ggi_functie_zone", ggi_lookup_zone, ggi_functie_main_conf_t,
 *                      functies),
 *   GGI_LOOKUP_COMMAND("ggi_functie_redis", ggi_lookup_redis, ggi_functie_main_conf_t,
 *                      functies),
 *
 *   conf->functies.lookup = &ggi_functie_lookup;           in create_main_conf
 *   ggi_lookup_conf_complete(cf, &conf->functies);         in postconfiguration
 *   ggi_lookup_start(&conf->functies, cycle->log);         in init_process
 *   ggi_lookup_stop(&ggi_functie_lookup);                  in exit_process
 *   return ggi_lookup(&conf->functies, r, call, toepassing);       in its handler
 *
 * where functies is a ggi_lookup_conf_t of its main configuration, and
 * ggi_functie_judge() a ggi_lookup_judge_pt, which also refuses the calls for which there
 * is no document.
 */

#ifndef GGI_NGX_LOOKUP_H
#define GGI_NGX_LOOKUP_H

#include "ggi_ngx_lookup_conf.h"


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
 * Begins to ask Redis for documents, in the initialisation of a worker, if conf has a
 * Redis. Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_lookup_start(ggi_lookup_conf_t *conf, ngx_log_t *log);

/* Ends what ggi_lookup_start() began, if it began something, at the end of a worker. */
void ggi_lookup_stop(const ggi_lookup_t *lookup);


#endif
