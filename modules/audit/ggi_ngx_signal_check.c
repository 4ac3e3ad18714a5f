/* SPDX-License-Identifier: EUPL-1.2 */

/* Warns of signals that cannot be given as the configuration is. */

#include "ggi_ngx_audit_loc.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_signal_check.h"
#include "ggi_ngx_signal_own.h"


/* What a signal needs, and what a location with the rules of a block knows of a call. */
enum {
    GGI_SIGNAL_KNOWS_CALLER = 1,
    GGI_SIGNAL_KNOWS_USER = 2,
    GGI_SIGNAL_KNOWS_PERSON = 4,
    GGI_SIGNAL_CHECKED = 8              /* the rules were looked at */
};

static const unsigned  ggi_signal_needs[GGI_SIGNALS] = {
    [GGI_SIGNAL_REFUSALS] = GGI_SIGNAL_KNOWS_CALLER,
    [GGI_SIGNAL_OUTSIDE_HOURS] = GGI_SIGNAL_KNOWS_USER,
    [GGI_SIGNAL_PERSON_BY_USERS] = GGI_SIGNAL_KNOWS_USER | GGI_SIGNAL_KNOWS_PERSON,
    [GGI_SIGNAL_PERSONS_BY_USER] = GGI_SIGNAL_KNOWS_USER | GGI_SIGNAL_KNOWS_PERSON,
    [GGI_SIGNAL_NEW_NETWORK] = GGI_SIGNAL_KNOWS_CALLER,
    [GGI_SIGNAL_SECOND_CERTIFICATE] = GGI_SIGNAL_KNOWS_CALLER,
    [GGI_SIGNAL_CERTIFICATE_EXPIRES] = GGI_SIGNAL_KNOWS_CALLER,
    [GGI_SIGNAL_LIST_EXPIRES] = GGI_SIGNAL_KNOWS_CALLER,
    [GGI_SIGNAL_OWN_EXPIRES] = GGI_SIGNAL_KNOWS_CALLER
};


/* Returns the rules of a place, or NULL where it has none. */
static ggi_signal_rules_t *
ggi_signal_rules_of(const ggi_place_t *place)
{
    ggi_audit_loc_conf_t  *alcf;

    alcf = place->loc_conf[ngx_http_ggi_audit_module.ctx_index];

    return alcf->signals;
}


/* Notes what the places where a gate is not off know by it. */
static void
ggi_signal_note_gate(ngx_conf_t *cf, ggi_gate_e gate, unsigned known)
{
    const ggi_place_t   *place;
    ggi_signal_rules_t  *rules;

    for (place = ggi_gate_next_place(cf, gate, NULL); place;
         place = ggi_gate_next_place(cf, gate, place))
    {
        rules = ggi_signal_rules_of(place);

        if (rules) {
            rules->known |= known;
        }
    }
}


/* Notes which places know the persons that calls are about. */
static void
ggi_signal_note_persons(ngx_conf_t *cf)
{
    const ggi_place_t     *place;
    ggi_signal_rules_t    *rules;
    ggi_audit_loc_conf_t  *alcf;

    for (place = ggi_gate_next_place(cf, GGI_GATE_AUDIT, NULL); place;
         place = ggi_gate_next_place(cf, GGI_GATE_AUDIT, place))
    {
        alcf = place->loc_conf[ngx_http_ggi_audit_module.ctx_index];
        rules = alcf->signals;

        if (rules && alcf->subject_recorded) {
            rules->known |= GGI_SIGNAL_KNOWS_PERSON;
        }
    }
}


/* Returns why a signal cannot be given where no more than this is known, or NULL when it can. */
static const char *
ggi_signal_futile(ngx_conf_t *cf, const ggi_signal_rules_t *rules, ggi_signal_e signal)
{
    unsigned  lacks;

    lacks = ggi_signal_needs[signal] & ~rules->known;

    if (lacks & GGI_SIGNAL_KNOWS_CALLER) {
        return "\"ggi_pkio\" is off, which establishes the callers";
    }

    if (lacks & GGI_SIGNAL_KNOWS_USER) {
        return "\"ggi_doelbinding\" and \"ggi_functie\" are off, which find the users";
    }

    if (lacks & GGI_SIGNAL_KNOWS_PERSON) {
        return "\"ggi_audit_data_subject off\" is in force, so that no person is known";
    }

    if (signal == GGI_SIGNAL_OUTSIDE_HOURS && ggi_hours_always(&rules->hours)) {
        return "no time is outside of its days and hours";
    }

    if (signal == GGI_SIGNAL_LIST_EXPIRES && !ggi_metric_shown(cf, GGI_METRIC_CRL)) {
        return "there are no revocation lists, since \"ggi_pkio_crl\" names none";
    }

    return NULL;
}


/*
 * Warns of the signals of a block that cannot be given, and adds to conf those that are about the
 * gateway itself. Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_signal_check_rules(ngx_conf_t *cf, ggi_signal_conf_t *conf, const ggi_signal_rules_t *rules)
{
    const char    *why;
    ggi_signal_e   signal;

    for (signal = 0; signal < GGI_SIGNALS; signal++) {
        if (rules->rules[signal].threshold == 0) {
            continue;
        }

        why = ggi_signal_futile(cf, rules, signal);

        if (why) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "\"ggi_audit_signal %*s\" can give no signal: where it counts, %s; "
                          "change that, or remove the directive, in %s:%ui",
                          ggi_signal_info(signal)->name.len, ggi_signal_info(signal)->name.data,
                          why, rules->rules[signal].file, rules->rules[signal].line);

        } else if (ggi_signal_own_add(cf, conf, signal, &rules->rules[signal]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ggi_signal_check(ngx_conf_t *cf, ggi_signal_conf_t *conf)
{
    const ggi_place_t   *place;
    ggi_signal_rules_t  *rules;

    ggi_signal_note_gate(cf, GGI_GATE_PKIO, GGI_SIGNAL_KNOWS_CALLER);
    ggi_signal_note_gate(cf, GGI_GATE_DOELBINDING, GGI_SIGNAL_KNOWS_USER);
    ggi_signal_note_gate(cf, GGI_GATE_FUNCTIE, GGI_SIGNAL_KNOWS_USER);
    ggi_signal_note_persons(cf);

    for (place = ggi_gate_next_place(cf, GGI_GATE_AUDIT, NULL); place;
         place = ggi_gate_next_place(cf, GGI_GATE_AUDIT, place))
    {
        rules = ggi_signal_rules_of(place);

        if (rules == NULL || (rules->known & GGI_SIGNAL_CHECKED)) {
            continue;
        }

        rules->known |= GGI_SIGNAL_CHECKED;

        if (ggi_signal_check_rules(cf, conf, rules) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
