/* SPDX-License-Identifier: EUPL-1.2 */

/* Refusals of callers without an identity: which are recorded, and which are only counted. */

#ifndef GGI_NGX_ANONYMOUS_H
#define GGI_NGX_ANONYMOUS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_anonymous.h"
#include "ggi_call.h"


/* What ggi_audit_anonymous says. */
typedef struct {
    ngx_uint_t              set;        /* there was a directive */
    ngx_uint_t              off;        /* all are recorded */
    ngx_uint_t              rate;       /* a second */
    ngx_uint_t              burst;
    ngx_slab_pool_t        *pool;       /* of the memory that the workers share */
    ggi_anonymous_table_t  *table;      /* in that memory */
} ggi_anonymous_conf_t;


/*
 * Reads the arguments of the directive "ggi_audit_anonymous [rate=10r/s] [burst=50] | off" into
 * conf. Returns NGX_CONF_OK; NGX_CONF_ERROR after a message; or the end of a message that nginx
 * logs.
 */
char *ggi_anonymous_directive(ngx_conf_t *cf, ggi_anonymous_conf_t *conf);

/*
 * Completes conf, in postconfiguration: fills in the defaults where there was no directive, and
 * asks nginx for the shared memory in which the workers count refusals by address, unless the
 * directive said "off". tag is the module that the memory belongs to. conf has to live as long
 * as the configuration. Returns NGX_OK, or NGX_ERROR after a message.
 */
ngx_int_t ggi_anonymous_init(ngx_conf_t *cf, ggi_anonymous_conf_t *conf,
    void *tag);

/*
 * Prepares a worker, when it starts, to count refusals by the rules of conf, which has to live
 * as long as the worker. Nothing is counted yet.
 */
void ggi_anonymous_init_process(ngx_cycle_t *cycle, ggi_anonymous_conf_t *conf);

/*
 * Returns the number under which refusals of the address of a client are counted, for
 * ggi_anonymous_text(): that of an IPv4 address, of the /64 of an IPv6 address, or
 * GGI_ANONYMOUS_UNIX.
 */
uint64_t ggi_anonymous_address(struct sockaddr *sockaddr);

/*
 * Judges whether a refused call is recorded; call it once for each. Returns 1 when
 * the caller has an identity, or its address has not used up what it may have: the
 * call is to be recorded. Returns 0 when the call was counted instead: it is to have
 * no record of its own.
 */
ngx_uint_t ggi_anonymous_recorded(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Adds the records of refusals that were only counted to the trail, when a worker ends. When
 * the trail has no room for them, counts them as lost, and logs that with the level alert.
 */
void ggi_anonymous_flush(ngx_log_t *log);


#endif
