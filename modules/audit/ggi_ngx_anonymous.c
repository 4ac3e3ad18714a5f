/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A caller without a certificate can be refused as often as a machine can connect. A
 * record for each refusal would fill the disk and bury the others. So the workers share
 * how much each address has used of its allowance. Beyond that a worker counts the
 * refusals, and adds one record a second for each address.
 */

#include "ggi_call.h"
#include "ggi_ngx_anonymous.h"
#include "ggi_ngx_commit_queue.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_pool.h"
#include "ggi_ngx_trail_events.h"


#define GGI_ANONYMOUS_RATE      10
#define GGI_ANONYMOUS_BURST     50
#define GGI_ANONYMOUS_MOST      1000000         /* highest rate and burst */
#define GGI_ANONYMOUS_ZONE      (1024 * 1024)   /* bytes of shared memory */
#define GGI_ANONYMOUS_ENTRIES   (32 * 1024)     /* of 24 bytes; the rest is the zone's own */
#define GGI_ANONYMOUS_INTERVAL  1000            /* ms between two records of an address */


static ngx_int_t ggi_anonymous_init_zone(ngx_shm_zone_t *zone, void *data);
static void ggi_anonymous_tick(ngx_event_t *ev);


static ngx_str_t  ggi_anonymous_zone_name = ngx_string("ggi_audit_anonymous");

/* The state of this worker. */
static ggi_anonymous_conf_t    *ggi_anonymous_conf;
static ggi_anonymous_counts_t   ggi_anonymous_counts;
static ngx_event_t              ggi_anonymous_event;


/*
 * Returns the number that stands in a parameter between its beginning and its end, or
 * NGX_ERROR when there is none or it exceeds GGI_ANONYMOUS_MOST.
 */
static ngx_int_t
ggi_anonymous_number(ngx_str_t *parameter, const char *before,
    const char *after)
{
    size_t     head, tail;
    ngx_int_t  n;

    head = ngx_strlen(before);
    tail = ngx_strlen(after);

    if (parameter->len <= head + tail
        || ngx_strncmp(parameter->data, before, head) != 0
        || ngx_strcmp(parameter->data + parameter->len - tail, after) != 0)
    {
        return NGX_ERROR;
    }

    n = ngx_atoi(parameter->data + head, parameter->len - head - tail);

    return (n > GGI_ANONYMOUS_MOST) ? NGX_ERROR : n;
}


static ngx_int_t
ggi_anonymous_parameter(ggi_anonymous_conf_t *conf, ngx_str_t *parameter)
{
    ngx_int_t  n;

    n = ggi_anonymous_number(parameter, "rate=", "r/s");

    if (n > 0) {
        conf->rate = (ngx_uint_t) n;
        return NGX_OK;
    }

    n = ggi_anonymous_number(parameter, "burst=", "");

    if (n == NGX_ERROR) {
        return NGX_ERROR;
    }

    conf->burst = (ngx_uint_t) n;

    return NGX_OK;
}


char *
ggi_anonymous_directive(ngx_conf_t *cf, ggi_anonymous_conf_t *conf)
{
    ngx_str_t   *value;
    ngx_uint_t   i;

    if (conf->set) {
        return "is duplicate";
    }

    if (ggi_parameters_once(cf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    conf->set = 1;
    conf->rate = GGI_ANONYMOUS_RATE;
    conf->burst = GGI_ANONYMOUS_BURST;
    value = cf->args->elts;

    if (ggi_argument_is(cf, "off")) {
        conf->off = 1;
        return NGX_CONF_OK;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        if (ggi_anonymous_parameter(conf, &value[i]) != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" of "
                               "\"ggi_audit_anonymous\": expected rate=1r/s to "
                               "rate=%dr/s, burst=0 to burst=%d, or off alone",
                               &value[i], GGI_ANONYMOUS_MOST,
                               GGI_ANONYMOUS_MOST);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


ngx_int_t
ggi_anonymous_init(ngx_conf_t *cf, ggi_anonymous_conf_t *conf, void *tag)
{
    if (!conf->set) {
        conf->rate = GGI_ANONYMOUS_RATE;
        conf->burst = GGI_ANONYMOUS_BURST;
    }

    if (conf->off) {
        return NGX_OK;
    }

    return ggi_zone_add(cf, &ggi_anonymous_zone_name, GGI_ANONYMOUS_ZONE, tag,
                        ggi_anonymous_init_zone, conf)
           ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ggi_anonymous_init_zone(ngx_shm_zone_t *zone, void *data)
{
    void                  *table;
    ngx_int_t              rc;
    ggi_anonymous_conf_t  *conf;

    conf = zone->data;
    rc = ggi_zone_root(zone, data, sizeof(ggi_anonymous_table_t)
                       + GGI_ANONYMOUS_ENTRIES * sizeof(ggi_anonymous_entry_t), &conf->pool,
                       &table);
    conf->table = table;

    if (rc == NGX_DONE) {
        conf->table->n = GGI_ANONYMOUS_ENTRIES;
    }

    return (rc == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


void
ggi_anonymous_init_process(ngx_cycle_t *cycle, ggi_anonymous_conf_t *conf)
{
    ggi_anonymous_conf = conf;
    ngx_memzero(&ggi_anonymous_counts, sizeof(ggi_anonymous_counts_t));
    ngx_memzero(&ggi_anonymous_event, sizeof(ngx_event_t));
    ggi_anonymous_event.handler = ggi_anonymous_tick;
    ggi_anonymous_event.log = cycle->log;
    ggi_anonymous_event.data = &ggi_anonymous_counts;
    ggi_anonymous_event.cancelable = 1;
}


uint64_t
ggi_anonymous_address(struct sockaddr *sockaddr)
{
    struct sockaddr_in   *sin;
#if (NGX_HAVE_INET6)
    struct sockaddr_in6  *sin6;
#endif

    switch (sockaddr->sa_family) {

    case AF_INET:
        sin = (struct sockaddr_in *) sockaddr;
        return ggi_anonymous_ipv4((u_char *) &sin->sin_addr);

#if (NGX_HAVE_INET6)
    case AF_INET6:
        sin6 = (struct sockaddr_in6 *) sockaddr;
        return ggi_anonymous_ipv6(sin6->sin6_addr.s6_addr);
#endif

    default:
        return GGI_ANONYMOUS_UNIX;
    }
}


ngx_uint_t
ggi_anonymous_recorded(ngx_http_request_t *r, ggi_call_t *call)
{
    uint64_t               address;
    ngx_uint_t             pass;
    ggi_anonymous_conf_t  *conf;

    conf = ggi_anonymous_conf;

    if (conf == NULL || conf->off || call->state.admitted
        || ggi_call_identified(call) || call->found.certificate_trusted)
    {
        return 1;
    }

    address = ggi_anonymous_address(r->connection->sockaddr);

    ngx_shmtx_lock(&conf->pool->mutex);
    pass = (ngx_uint_t) ggi_anonymous_pass(conf->table, address,
                                           ngx_current_msec,
                                           (unsigned) conf->rate,
                                           (unsigned) conf->burst);
    ngx_shmtx_unlock(&conf->pool->mutex);

    if (pass) {
        return 1;
    }

    ggi_anonymous_add(&ggi_anonymous_counts, address, ggi_trail_now());
    ggi_metric_add(GGI_METRIC_AUDIT_ANONYMOUS, 1);

    if (!ggi_anonymous_event.timer_set) {
        ngx_add_timer(&ggi_anonymous_event, GGI_ANONYMOUS_INTERVAL);
    }

    return 0;
}


/*
 * Adds the record of a count that is not 0, and empties the count. Returns NGX_OK, or
 * NGX_ERROR when the trail has no room for it now.
 */
static ngx_int_t
ggi_anonymous_record(ggi_anonymous_count_t *count)
{
    if (count->refusals == 0) {
        return NGX_OK;
    }

    if (ggi_trail_add_anonymous(count) != NGX_OK) {
        return NGX_ERROR;
    }

    count->refusals = 0;

    return NGX_OK;
}


/* Returns the number of counts that are not 0, each of which needs a record. */
static ngx_uint_t
ggi_anonymous_due(void)
{
    ngx_uint_t  i, n;

    n = (ggi_anonymous_counts.others.refusals != 0);

    for (i = 0; i < GGI_ANONYMOUS_COUNTS; i++) {
        n += (ggi_anonymous_counts.counts[i].refusals != 0);
    }

    return n;
}


/*
 * Adds the records of all counts. Returns NGX_OK, or NGX_ERROR when the trail has no
 * room now for all; the counts without a record stay.
 */
static ngx_int_t
ggi_anonymous_write(void)
{
    ngx_uint_t  i;

    for (i = 0; i < GGI_ANONYMOUS_COUNTS; i++) {
        if (ggi_anonymous_record(&ggi_anonymous_counts.counts[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (ggi_anonymous_record(&ggi_anonymous_counts.others) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_memzero(&ggi_anonymous_counts, sizeof(ggi_anonymous_counts_t));

    return NGX_OK;
}


static void
ggi_anonymous_tick(ngx_event_t *ev)
{
    if (ggi_anonymous_write() != NGX_OK) {
        ngx_add_timer(ev, GGI_ANONYMOUS_INTERVAL);
    }

    ggi_commit_schedule_write();
}


void
ggi_anonymous_flush(ngx_log_t *log)
{
    if (ggi_anonymous_write() != NGX_OK) {
        ggi_trail_count_lost(ggi_anonymous_due());
        ngx_log_error(NGX_LOG_ALERT, log, 0,
                      "the numbers of refusals of callers without an identity "
                      "are lost with this worker: the audit log has no room");
    }

    if (ggi_anonymous_event.timer_set) {
        ngx_del_timer(&ggi_anonymous_event);
    }

    ggi_anonymous_conf = NULL;
}
