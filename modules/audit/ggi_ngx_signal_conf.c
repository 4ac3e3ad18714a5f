/* SPDX-License-Identifier: EUPL-1.2 */

/* The directives of signals, and their zone of shared memory. */

#include "ggi_ngx_check.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_pool.h"
#include "ggi_ngx_signal_conf.h"
#include "ggi_ngx_str.h"

#include <openssl/rand.h>


#define GGI_SIGNAL_ZONE      (1024 * 1024)      /* bytes of shared memory, by default */
#define GGI_SIGNAL_ZONE_MIN  (64 * 1024)
#define GGI_SIGNAL_DAY       (24 * 3600)
#define GGI_SIGNAL_YEAR      (365 * GGI_SIGNAL_DAY)


static ngx_str_t  ggi_signal_zone_name = ngx_string("ggi_audit_signals");


char *
ggi_signal_zone_directive(ngx_conf_t *cf, ggi_signal_conf_t *conf)
{
    ssize_t     size;
    ngx_str_t  *value, text;

    if (conf->size) {
        return "is duplicate";
    }

    value = cf->args->elts;
    size = NGX_ERROR;

    if (ngx_strncmp(value[1].data, "zone=", 5) == 0) {
        text.data = value[1].data + 5;
        text.len = value[1].len - 5;
        size = ngx_parse_size(&text);
    }

    if (size < GGI_SIGNAL_ZONE_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" of \"ggi_audit_signals\": expected "
                           "\"zone=\" with a size from 64k, such as \"zone=4m\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    conf->size = (size_t) size;

    return NGX_CONF_OK;
}


/* Reads the value of a threshold. Returns NGX_OK, or NGX_ERROR when it is not valid. */
static ngx_int_t
ggi_signal_read_threshold(ggi_signal_rule_t *rule, ggi_signal_e signal, ngx_str_t *value)
{
    ngx_int_t  n;

    n = ngx_atoi(value->data, value->len);

    if (n < 1 || (ngx_uint_t) n > ggi_signal_most(signal)) {
        return NGX_ERROR;
    }

    rule->threshold = (uint32_t) n;

    return NGX_OK;
}


/* Reads the value of a period. Returns NGX_OK, or NGX_ERROR when it is not valid. */
static ngx_int_t
ggi_signal_read_period(ggi_signal_rule_t *rule, ggi_signal_e signal, ngx_str_t *value)
{
    ngx_int_t  n;

    n = ngx_parse_time(value, 1);

    if (n < 1 || n > (ngx_int_t) ggi_signal_longest(signal) * GGI_SIGNAL_DAY) {
        return NGX_ERROR;
    }

    rule->period = (uint64_t) n * 1000;

    return NGX_OK;
}


/* Reads how long before its expiry something counts. Returns NGX_OK, or NGX_ERROR. */
static ngx_int_t
ggi_signal_read_within(ggi_signal_rule_t *rule, ngx_str_t *value)
{
    ngx_int_t  n;

    n = ngx_parse_time(value, 1);

    if (n < 1 || n > GGI_SIGNAL_YEAR) {
        return NGX_ERROR;
    }

    rule->within = (time_t) n;

    return NGX_OK;
}


/* Reads a parameter of outside_hours. Returns 1, or 0 when it is not valid. */
static int
ggi_signal_read_hours(ggi_hours_t *hours, const ngx_str_t *name, ggi_str_t value)
{
    if (ngx_strncmp(name->data, "days=", 5) == 0) {
        return ggi_hours_read_days(hours, value);
    }

    return ngx_strncmp(name->data, "hours=", 6) == 0 && ggi_hours_read(hours, value);
}


/* Reads a parameter of a signal. Returns NGX_OK, or NGX_ERROR when it is not valid. */
static ngx_int_t
ggi_signal_parameter(ggi_signal_rules_t *rules, ggi_signal_e signal,
    const ngx_str_t *parameter)
{
    u_char     *p;
    ngx_str_t   name, value;

    p = (u_char *) ngx_strchr(parameter->data, '=');

    if (p == NULL) {
        return NGX_ERROR;
    }

    name.data = parameter->data;
    name.len = (size_t) (p - parameter->data);
    value.data = p + 1;
    value.len = parameter->len - name.len - 1;

    if (ngx_strncmp(name.data, "threshold=", 10) == 0) {
        return ggi_signal_read_threshold(&rules->rules[signal], signal, &value);
    }

    if (ngx_strncmp(name.data, "period=", 7) == 0) {
        return ggi_signal_read_period(&rules->rules[signal], signal, &value);
    }

    if (ggi_signal_info(signal)->within && ngx_strncmp(name.data, "within=", 7) == 0) {
        return ggi_signal_read_within(&rules->rules[signal], &value);
    }

    return (signal == GGI_SIGNAL_OUTSIDE_HOURS
            && ggi_signal_read_hours(&rules->hours, &name, ggi_from_ngx_str(value)))
           ? NGX_OK : NGX_ERROR;
}


/* Reads the parameters of a signal. Returns NGX_OK, or NGX_ERROR after a message. */
static ngx_int_t
ggi_signal_parameters(ngx_conf_t *cf, ggi_signal_rules_t *rules, ggi_signal_e signal)
{
    ngx_str_t   *value;
    ngx_uint_t   i;

    value = cf->args->elts;

    for (i = 2; i < cf->args->nelts; i++) {
        if (ggi_signal_parameter(rules, signal, &value[i]) != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" of \"ggi_audit_signal %V\": expected "
                               "threshold=1 to threshold=%uD, period=1s to period=%uid, for "
                               "outside_hours such as days=mon-fri and hours=08:00-18:00, and for "
                               "what expires within=1s to within=365d",
                               &value[i], &value[1], ggi_signal_most(signal),
                               (ngx_uint_t) ggi_signal_longest(signal));
            return NGX_ERROR;
        }
    }

    if (signal == GGI_SIGNAL_OUTSIDE_HOURS && (rules->hours.days == 0 || rules->hours.to == 0)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"ggi_audit_signal outside_hours\" does not say when the office is "
                           "open: add such as \"days=mon-fri hours=08:00-18:00\"");
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* Logs that there is no signal of a name, and which there are. */
static void
ggi_signal_unknown(ngx_conf_t *cf, const ngx_str_t *name)
{
    u_char        text[256], *p;
    ggi_str_t     known;
    ggi_signal_e  signal;

    p = text;

    for (signal = 0; signal < GGI_SIGNALS; signal++) {
        known = ggi_signal_info(signal)->name;
        p = ngx_slprintf(p, text + sizeof(text), "\"%*s\", ", known.len, known.data);
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "there is no signal \"%V\" for \"ggi_audit_signal\": expected %*s"
                       "or \"off\" alone", name, (size_t) (p - text), text);
}


/* Hashes all that a rule says, by which what others count is told apart, also after a reload. */
static void
ggi_signal_hash_rule(ggi_signal_rules_t *rules, ggi_signal_e signal)
{
    uint64_t            said[6];
    ggi_str_t           text;
    ggi_signal_rule_t  *rule;

    rule = &rules->rules[signal];
    ngx_memzero(said, sizeof(said));
    said[0] = rule->threshold;
    said[1] = rule->period;

    said[2] = (uint64_t) rule->within;

    if (signal == GGI_SIGNAL_OUTSIDE_HOURS) {
        said[3] = rules->hours.days;
        said[4] = rules->hours.from;
        said[5] = rules->hours.to;
    }

    text.data = (char *) said;
    text.len = sizeof(said);
    rule->hash = ggi_signal_hash(0, &text, 1);
}


/* Adds a signal to the rules of a block. Returns NGX_CONF_OK, or as nginx has it. */
static char *
ggi_signal_add_rule(ngx_conf_t *cf, ggi_signal_rules_t *rules)
{
    ngx_str_t                *value;
    ggi_signal_e              signal;
    const ggi_signal_info_t  *info;

    value = cf->args->elts;
    signal = ggi_signal_find(ggi_from_ngx_str(value[1]));

    if (signal == GGI_SIGNALS) {
        ggi_signal_unknown(cf, &value[1]);
        return NGX_CONF_ERROR;
    }

    if (rules->rules[signal].threshold) {
        return "is duplicate: the block has this signal already";
    }

    info = ggi_signal_info(signal);
    rules->rules[signal].file = cf->conf_file->file.name.data;
    rules->rules[signal].line = cf->conf_file->line;
    rules->rules[signal].threshold = info->threshold;
    rules->rules[signal].period = info->period * 1000;

    rules->rules[signal].within = (time_t) info->within;

    if (ggi_signal_parameters(cf, rules, signal) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    ggi_signal_hash_rule(rules, signal);

    return NGX_CONF_OK;
}


char *
ggi_signal_directive(ngx_conf_t *cf, ngx_command_t *cmd, ggi_signal_rules_t **rules,
    ggi_signal_conf_t *conf)
{
    if (ggi_setting_note(cf, cmd) != NGX_OK || ggi_parameters_once(cf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ggi_argument_is(cf, "off")) {
        if (*rules != NGX_CONF_UNSET_PTR) {
            return "says \"off\" in a block that asks for signals";
        }

        *rules = NULL;
        return NGX_CONF_OK;
    }

    if (*rules == NULL) {
        return "asks for a signal in a block that says \"off\"";
    }

    if (*rules == NGX_CONF_UNSET_PTR) {
        *rules = ngx_pcalloc(cf->pool, sizeof(ggi_signal_rules_t));

        if (*rules == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    conf->used = 1;

    return ggi_signal_add_rule(cf, *rules);
}


static ngx_int_t
ggi_signal_init_zone(ngx_shm_zone_t *zone, void *data)
{
    void               *table;
    size_t              size;
    uint64_t            seed;
    ngx_int_t           rc;
    ggi_signal_conf_t  *conf;

    conf = zone->data;
    /* nginx needs some of the zone to keep account of its pages */
    size = zone->shm.size - zone->shm.size / 64 - 4 * ngx_pagesize;
    rc = ggi_zone_root(zone, data, size, &conf->pool, &table);
    conf->table = table;

    if (rc == NGX_OK) {
        return NGX_OK;
    }

    if (rc == NGX_ERROR || RAND_bytes((u_char *) &seed, sizeof(seed)) != 1) {
        ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                      "zone \"%V\" of \"ggi_audit_signals\" has no room for its table, or "
                      "OpenSSL gives no random bytes", &zone->shm.name);
        return NGX_ERROR;
    }

    ggi_signal_table_init(conf->table,
                          (size - sizeof(ggi_signal_table_t)) / sizeof(ggi_signal_entry_t), seed);

    return NGX_OK;
}


ngx_int_t
ggi_signal_init(ngx_conf_t *cf, ggi_signal_conf_t *conf, void *tag)
{
    size_t  size;

    if (!conf->used) {
        return NGX_OK;
    }

    size = conf->size ? conf->size : GGI_SIGNAL_ZONE;

    return ggi_zone_add(cf, &ggi_signal_zone_name, size, tag, ggi_signal_init_zone, conf)
           ? NGX_OK : NGX_ERROR;
}
