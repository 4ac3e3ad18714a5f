/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Signals about the gateway itself: what it has that expires, such as lists, certificates of
 * servers and CAs; and its clock. They are given without calls as well.
 */

#ifndef GGI_NGX_SIGNAL_OWN_H
#define GGI_NGX_SIGNAL_OWN_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_signal_conf.h"


/*
 * Has a signal that some block asks for given by a rule of it, in postconfiguration, if it is one
 * about the gateway itself; does nothing otherwise, or when another block has the same rule. rule
 * has to live as long as the configuration. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_signal_own_add(ngx_conf_t *cf, ggi_signal_conf_t *conf, ggi_signal_e signal,
    const ggi_signal_rule_t *rule);

/*
 * Prepares a worker, when it starts. The first worker then looks a second later, and once a minute
 * from then on, at what the gates tell of what expires and at the clock, and tells of it in the
 * audit log and in the error log. Its timer does not keep a worker alive that shuts down. conf has
 * to live as long as the worker.
 */
void ggi_signal_own_init_process(ngx_cycle_t *cycle, ggi_signal_conf_t *conf);

/*
 * Looks, at a call, whether the clock was set since this worker looked last, so that it is told of
 * before the next minute. Costs a few subtractions when it was not, or when no block asks for it.
 */
void ggi_signal_own_call(void);


#endif
