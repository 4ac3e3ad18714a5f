/* SPDX-License-Identifier: EUPL-1.2 */

/* Which signals are given where, and the memory in which the workers count for them. */

#ifndef GGI_NGX_SIGNAL_CONF_H
#define GGI_NGX_SIGNAL_CONF_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_hours.h"
#include "ggi_signal.h"


/* When a signal is given. */
typedef struct {
    uint32_t             threshold;     /* 0: it is not given */
    uint64_t             period;        /* in ms */
    time_t               within;        /* in s before an expiry; 0: it is not about one */
    uint64_t             hash;          /* tells it from one that says something else */
    u_char              *file;          /* where its directive stands */
    ngx_uint_t           line;
} ggi_signal_rule_t;

/* Those of a block. */
typedef struct {
    ggi_signal_rule_t    rules[GGI_SIGNALS];
    ggi_hours_t          hours;         /* of outside_hours */
    unsigned             known;         /* see ggi_ngx_signal_check.c */
} ggi_signal_rules_t;

/* What http says of them. */
typedef struct {
    size_t               size;          /* of the memory; 0: the default */
    ngx_uint_t           used;          /* 1: some block asks for a signal */
    ngx_array_t          own;           /* rules about the gateway; see ggi_ngx_signal_own.c */
    uint32_t             clock;         /* lowest threshold of clock; 0: no block asks for it */
    ngx_slab_pool_t     *pool;          /* of the memory that the workers share */
    ggi_signal_table_t  *table;         /* in that memory; NULL: no block asks for a signal */
} ggi_signal_conf_t;


/*
 * Reads ggi_audit_signals zone=SIZE into conf. Returns NGX_CONF_OK; NGX_CONF_ERROR after a
 * message; or the end of a message that nginx logs.
 */
char *ggi_signal_zone_directive(ngx_conf_t *cf, ggi_signal_conf_t *conf);

/*
 * Reads ggi_audit_signal NAME [threshold=N] [period=TIME] [days=DAYS] [hours=HOURS] [within=TIME]
 * | off into the rules of a block: NGX_CONF_UNSET_PTR before its first such directive, and NULL
 * after "off".
 * Notes in conf that memory is needed. Returns NGX_CONF_OK; NGX_CONF_ERROR after a message; or
 * the end of a message that nginx logs.
 */
char *ggi_signal_directive(ngx_conf_t *cf, ngx_command_t *cmd, ggi_signal_rules_t **rules,
    ggi_signal_conf_t *conf);

/*
 * Asks nginx for the memory, in postconfiguration, when some block asks for a signal. tag is the
 * module that the memory belongs to. conf has to live as long as the configuration. Returns
 * NGX_OK, or NGX_ERROR after a message.
 */
ngx_int_t ggi_signal_init(ngx_conf_t *cf, ggi_signal_conf_t *conf, void *tag);


#endif
