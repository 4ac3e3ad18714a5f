/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What a call counts for: its subjects are looked for first, all of them are counted under one
 * lock, and what came of that is told behind it.
 */

#include "ggi_ngx_anonymous.h"
#include "ggi_ngx_audit_loc.h"
#include "ggi_ngx_commit_queue.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_signal.h"
#include "ggi_ngx_signal_log.h"
#include "ggi_ngx_signal_own.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_subject.h"
#include "ggi_ngx_trail_events.h"


#define GGI_SIGNAL_EVENTS  (GGI_SIGNALS + GGI_GATES)     /* most events of one call */


/* Who makes a call, and about whom, by pseudonyms: "" where that is not known. */
typedef struct {
    ggi_str_t           user;
    ggi_str_t           person;
    char                user_text[GGI_PSEUDONYM_LEN];
    char                person_text[GGI_PSEUDONYM_LEN];
} ggi_signal_people_t;

/* What is to be counted of a call. */
typedef struct {
    ggi_signal_rules_t  *rules;
    ggi_call_t          *call;
    ggi_signal_people_t  people;
    ggi_gate_e           gates[GGI_SIGNAL_EVENTS];      /* whose mode an event is about */
    ggi_signal_event_t   events[GGI_SIGNAL_EVENTS];
    ngx_uint_t           raised[GGI_SIGNAL_EVENTS];
    ngx_uint_t           n;
} ggi_signal_watch_t;


static ggi_signal_conf_t  *ggi_signal_conf;     /* of this worker */


void
ggi_signal_init_process(ngx_cycle_t *cycle, ggi_signal_conf_t *conf)
{
    ggi_signal_conf = conf;
    ggi_signal_log_init();
    ggi_signal_own_init_process(cycle, conf);
}


/*
 * Adds what is to be counted: up to two texts name the subject, and the dienst as well where the
 * signal is about that. Blocks whose rules differ count apart.
 */
static void
ggi_signal_add_event(ggi_signal_watch_t *watch, ggi_signal_e signal, ggi_str_t first,
    ggi_str_t second, ggi_str_t thing)
{
    ggi_str_t            nowhere = ggi_str(""), subject[5];
    ggi_signal_rule_t   *rule;
    ggi_signal_event_t  *event;
    const ggi_signal_info_t  *info;

    info = ggi_signal_info(signal);
    subject[0] = info->name;
    subject[1] = (info->about & GGI_SIGNAL_OF_DIENST) ? watch->call->dienst : nowhere;
    subject[2] = first;
    subject[3] = second;

    rule = &watch->rules->rules[signal];
    subject[4].data = (char *) &rule->hash;
    subject[4].len = sizeof(rule->hash);
    event = &watch->events[watch->n++];
    event->signal = signal;
    event->threshold = rule->threshold;
    event->period = rule->period;
    event->key = ggi_signal_hash(ggi_signal_conf->table->seed, subject, 5);
    event->thing = ggi_signal_hash(ggi_signal_conf->table->seed, &thing, 1);
}


static ngx_uint_t
ggi_signal_asked(const ggi_signal_watch_t *watch, ggi_signal_e signal)
{
    return watch->rules->rules[signal].threshold != 0;
}


/* Finds the user of a call, unless its value says that there is no person behind it. */
static void
ggi_signal_find_user(ggi_signal_watch_t *watch)
{
    ggi_str_t             user;
    ggi_signal_people_t  *people;

    user = watch->call->found.gebruiker;
    people = &watch->people;

    if (!ggi_pseudonym_needless(user)) {
        people->user = ggi_trail_pseudonym(people->user_text, user);
    }
}


static void
ggi_signal_find_person(ngx_http_request_t *r, ggi_signal_watch_t *watch)
{
    char                  bsn[GGI_BSN_LEN];
    ggi_signal_people_t  *people;

    people = &watch->people;
    people->person = ggi_trail_pseudonym(people->person_text,
                                         ggi_subject_find(r, watch->call, 0, bsn));
}


/* Adds what a call that was let through says of a user. */
static void
ggi_signal_add_misuse(ngx_http_request_t *r, ggi_signal_watch_t *watch)
{
    ggi_str_t   nobody = ggi_str(""), oin;
    ngx_time_t  *tp;

    ggi_signal_find_user(watch);

    if (watch->people.user.len == 0) {
        return;
    }

    oin = watch->call->found.oin;
    tp = ngx_timeofday();

    if (ggi_signal_asked(watch, GGI_SIGNAL_OUTSIDE_HOURS)
        && !ggi_hours_within(&watch->rules->hours, (int64_t) tp->sec + tp->gmtoff * 60))
    {
        ggi_signal_add_event(watch, GGI_SIGNAL_OUTSIDE_HOURS, oin, watch->people.user, nobody);
    }

    if (!ggi_signal_asked(watch, GGI_SIGNAL_PERSON_BY_USERS)
        && !ggi_signal_asked(watch, GGI_SIGNAL_PERSONS_BY_USER))
    {
        return;
    }

    ggi_signal_find_person(r, watch);

    if (watch->people.person.len == 0) {
        return;
    }

    if (ggi_signal_asked(watch, GGI_SIGNAL_PERSON_BY_USERS)) {
        ggi_signal_add_event(watch, GGI_SIGNAL_PERSON_BY_USERS, watch->people.person, nobody,
                             watch->people.user);
    }

    if (ggi_signal_asked(watch, GGI_SIGNAL_PERSONS_BY_USER)) {
        ggi_signal_add_event(watch, GGI_SIGNAL_PERSONS_BY_USER, oin, watch->people.user,
                             watch->people.person);
    }
}


/* Adds the network that a certificate is used from: its name, or the /24 or /56 of the address. */
static void
ggi_signal_add_network(ngx_http_request_t *r, ggi_signal_watch_t *watch)
{
    char        text[GGI_ANONYMOUS_TEXT];
    ggi_str_t   network, nobody = ggi_str("");
    uint64_t    address;
    const ggi_findings_t  *found;

    found = &watch->call->found;
    network = found->netwerk;

    if (network.len == 0) {
        address = ggi_anonymous_address(r->connection->sockaddr);
        network.data = text;
        network.len = ggi_anonymous_text(text, (address == GGI_ANONYMOUS_UNIX)
                                               ? address : address & ~(uint64_t) 0xff);
    }

    ggi_signal_add_event(watch, GGI_SIGNAL_NEW_NETWORK, found->certificate_sha256, nobody,
                         network);
}


/* Adds what a call says of the certificate of its caller, which is established. */
static void
ggi_signal_add_certificate(ngx_http_request_t *r, ggi_signal_watch_t *watch)
{
    ggi_str_t              nobody = ggi_str("");
    const ggi_findings_t  *found;

    found = &watch->call->found;

    if (found->oin.len == 0 || found->certificate_sha256.len == 0) {
        return;
    }

    if (ggi_signal_asked(watch, GGI_SIGNAL_NEW_NETWORK)) {
        ggi_signal_add_network(r, watch);
    }

    if (ggi_signal_asked(watch, GGI_SIGNAL_SECOND_CERTIFICATE)) {
        ggi_signal_add_event(watch, GGI_SIGNAL_SECOND_CERTIFICATE, found->oin, nobody,
                             found->certificate_sha256);
    }

    if (ggi_signal_asked(watch, GGI_SIGNAL_CERTIFICATE_EXPIRES) && found->certificate_expires
        && found->certificate_expires - ngx_time()
           <= watch->rules->rules[GGI_SIGNAL_CERTIFICATE_EXPIRES].within)
    {
        ggi_signal_add_event(watch, GGI_SIGNAL_CERTIFICATE_EXPIRES, found->certificate_sha256,
                             nobody, nobody);
    }
}


/* Adds the gates that observe, and those that are off though each dienst of the role needs them. */
static void
ggi_signal_add_modes(ngx_http_request_t *r, ggi_signal_watch_t *watch)
{
    ggi_gate_e              gate;
    ggi_mode_e              mode;
    ggi_str_t               name, nobody = ggi_str("");
    const ggi_gate_info_t  *info;

    for (gate = 0; gate < GGI_GATES; gate++) {
        info = ggi_gate_info(gate);
        mode = ggi_gate_mode(r, gate);

        if (!(info->roles & (ngx_uint_t) 1 << watch->call->role) || mode == GGI_MODE_ON
            || (mode == GGI_MODE_OFF && !info->required))
        {
            continue;
        }

        name.data = info->name;
        name.len = ngx_strlen(info->name);
        watch->gates[watch->n] = gate;
        ggi_signal_add_event(watch, GGI_SIGNAL_GATE_MODE, name, nobody, nobody);
    }
}


/* Counts all that is to be counted. Returns how many signals are given by that. */
static ngx_uint_t
ggi_signal_count_all(ggi_signal_watch_t *watch)
{
    ngx_uint_t  i, raised, forgotten;

    if (watch->n == 0) {
        return 0;
    }

    raised = 0;
    forgotten = 0;
    ngx_shmtx_lock(&ggi_signal_conf->pool->mutex);

    for (i = 0; i < watch->n; i++) {
        watch->raised[i] = (ngx_uint_t) ggi_signal_count(ggi_signal_conf->table,
                                                         &watch->events[i],
                                                         ngx_current_msec);
        raised += watch->raised[i];
        forgotten += (ngx_uint_t) watch->events[i].forgotten;
    }

    ngx_shmtx_unlock(&ggi_signal_conf->pool->mutex);

    if (forgotten) {
        ggi_signal_log_full(forgotten);
    }

    return raised;
}


/* Notes the gate and its mode. */
static void
ggi_signal_tell_mode(ngx_http_request_t *r, ggi_signal_told_t *told, ggi_gate_e gate)
{
    static const size_t  prefix = sizeof("ggi_") - 1;

    told->gate.data = ggi_gate_info(gate)->name + prefix;
    told->gate.len = ngx_strlen(told->gate.data);
    told->mode = ggi_gate_mode(r, gate);
}


/* Tells of a signal that was given, by its place among what was counted. */
static void
ggi_signal_tell(ngx_http_request_t *r, const ggi_signal_watch_t *watch, ngx_uint_t i)
{
    unsigned                   about;
    ggi_signal_told_t          told;
    const ggi_signal_event_t  *event;

    event = &watch->events[i];
    about = ggi_signal_info(event->signal)->about;
    ngx_memzero(&told, sizeof(ggi_signal_told_t));
    told.signal = event->signal;
    told.count = event->count;
    told.threshold = event->threshold;
    told.since = ggi_trail_now() - event->age;

    if (about & GGI_SIGNAL_OF_USER) {
        told.user = watch->people.user;
    }

    if (about & GGI_SIGNAL_OF_PERSON) {
        told.person = watch->people.person;
    }

    if (about & GGI_SIGNAL_OF_CERTIFICATE) {
        told.certificate = watch->call->found.certificate_sha256;
        told.client = ggi_from_ngx_str(r->connection->addr_text);
        told.netwerk = watch->call->found.netwerk;
    }

    if (event->signal == GGI_SIGNAL_CERTIFICATE_EXPIRES) {
        told.expires = (uint64_t) watch->call->found.certificate_expires * 1000;

    } else if (event->signal == GGI_SIGNAL_GATE_MODE) {
        ggi_signal_tell_mode(r, &told, watch->gates[i]);
    }

    (void) ggi_trail_add_signal(&told, watch->call);
    ggi_signal_log(&told, watch->call);
}


/*
 * Returns 1 when a refusal is the doing of the caller: neither that of a source which was not
 * there, nor that of a client which was gone, or too slow, before the decision.
 */
static ngx_uint_t
ggi_signal_is_own(const ggi_call_t *call)
{
    int  status;

    status = ggi_reason_get(call->reason)->status;

    if (call->reason == GGI_REASON_REQUEST_REJECTED) {
        status = call->status;
    }

    return status >= NGX_HTTP_BAD_REQUEST && status < NGX_HTTP_INTERNAL_SERVER_ERROR
           && status != NGX_HTTP_CLIENT_CLOSED_REQUEST && status != NGX_HTTP_REQUEST_TIME_OUT;
}


void
ggi_signal_observe(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_uint_t             i;
    ggi_str_t              nobody = ggi_str("");
    ggi_signal_watch_t     watch;
    ggi_audit_loc_conf_t  *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_audit_module);

    if (alcf->signals == NULL || ggi_signal_conf == NULL || ggi_signal_conf->table == NULL) {
        return;
    }

    watch.rules = alcf->signals;
    watch.call = call;
    watch.people.user.len = 0;
    watch.people.person.len = 0;
    watch.n = 0;

    if (call->reason == GGI_REASON_NONE) {
        ggi_signal_add_misuse(r, &watch);

    } else if (ggi_signal_asked(&watch, GGI_SIGNAL_REFUSALS) && call->found.oin.len
               && ggi_signal_is_own(call))
    {
        ggi_signal_add_event(&watch, GGI_SIGNAL_REFUSALS, call->found.oin, nobody, nobody);
    }

    ggi_signal_add_certificate(r, &watch);

    if (ggi_signal_asked(&watch, GGI_SIGNAL_GATE_MODE)) {
        ggi_signal_add_modes(r, &watch);
    }

    ggi_signal_own_call();

    if (ggi_signal_count_all(&watch) == 0) {
        return;
    }

    for (i = 0; i < watch.n; i++) {
        if (watch.raised[i]) {
            ggi_signal_tell(r, &watch, i);
        }
    }

    ggi_commit_schedule_write();
}
