/* SPDX-License-Identifier: EUPL-1.2 */

/* Looks at the directives of a configuration. */

#include "ggi_doctor_conf.h"
#include "ggi_doctor_open.h"
#include "ggi_redis_url.h"

#include <stdio.h>

#define GGI_DOCTOR_GATES  7

static const char *const  ggi_doctor_gates[GGI_DOCTOR_GATES] = {
    "ggi_netwerk", "ggi_pkio", "ggi_autorisatie", "ggi_functie", "ggi_doelbinding",
    "ggi_levering", "ggi_audit"
};

/* What a configuration should not be without, wherever it stands. */
static const struct {
    const char    *name;
    const char    *topic;
    const char    *what;
    const char    *remedy;
} ggi_doctor_needs[] = {
    { "ggi_audit_seal", "seal", "calls go on when the audit log is no longer sealed",
      "seal it by \"ggictl audit seal\", and set \"ggi_audit_seal required=5m\"" },
    { "ggi_status", "status", "no location has \"ggi_status\", so that nobody sees how the gate "
      "does", "give a server of its own a location with it" },
};

/* What a block with a dienst should not be without. */
static const struct {
    ggi_doctor_blocks_e   blocks;
    const char           *names[3];     /* one of them is enough */
    const char           *topic;
    const char           *what;
    const char           *remedy;
} ggi_doctor_lacks[] = {
    { GGI_DOCTOR_PLACES, { "limit_req", "limit_conn" }, "limits", "has no limit, so that one "
      "organisation can keep all others from being served", "set \"limit_req_zone $ggi_oin "
      "zone=organisations:10m rate=50r/s\" in http and \"limit_req zone=organisations burst=100 "
      "nodelay\" here" },
    { GGI_DOCTOR_HELLO, { "ssl_protocols" }, "tls", "begins TLS for a dienst with the versions of "
      "nginx's default, which may have 1.0 and 1.1", "set \"ssl_protocols TLSv1.2 TLSv1.3\"" },
    { GGI_DOCTOR_TLS, { "ssl_ciphers" }, "tls", "has the ciphers of nginx's default, some without "
      "forward secrecy", "set \"ssl_ciphers "
      "ECDHE+AES256+AESGCM:ECDHE+CHACHA20:ECDHE+AESGCM\"" },
    { GGI_DOCTOR_TLS, { "ssl_session_ticket_key", "ssl_session_tickets" }, "resumption",
      "encrypts tickets of TLS by one key from the start of nginx to its end",
      "set \"ssl_session_tickets off\", or \"ssl_session_ticket_key\" and change the key daily" },
};


/* Tells of what is missing. */
static void
ggi_doctor_missing(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope)
{
    char                         more[32];
    size_t                       i, n;
    const ggi_conf_directive_t  *block;

    if (scope->blocks[GGI_DOCTOR_PLACES].n == 0) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "dienst", "give the location of an API "
                        "\"ggi_dienst\"", "no location has a dienst, so that no call is judged");
        return;
    }

    for (i = 0; i < sizeof(ggi_doctor_needs) / sizeof(ggi_doctor_needs[0]); i++) {
        if (!ggi_conf_next(scope->conf, ggi_doctor_needs[i].name, NULL)) {
            ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, ggi_doctor_needs[i].topic,
                            ggi_doctor_needs[i].remedy, "%s", ggi_doctor_needs[i].what);
        }
    }

    for (i = 0; i < sizeof(ggi_doctor_lacks) / sizeof(ggi_doctor_lacks[0]); i++) {
        block = ggi_doctor_without(scope, ggi_doctor_lacks[i].blocks, ggi_doctor_lacks[i].names,
                                   &n);

        if (block) {
            snprintf(more, sizeof(more), ", as %zu more,", n - 1);
            ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, ggi_doctor_lacks[i].topic,
                            ggi_doctor_lacks[i].remedy, "%.200s:%u: this %s%s %s", block->file,
                            block->line, block->words[0], n > 1 ? more : "",
                            ggi_doctor_lacks[i].what);
        }
    }
}


/* Tells of an error log that does not have the lines of signals, which have the level warn. */
static void
ggi_doctor_signals(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope)
{
    size_t                       i;
    ggi_doctor_at_t              at = { 0 };
    const ggi_conf_directive_t  *d, *log;

    d = ggi_doctor_in_force(scope, GGI_DOCTOR_PLACES, "ggi_audit_signal", &at);

    if (d == NULL || ggi_conf_has(d, "off")) {
        return;
    }

    for (log = NULL, i = 0; (i = ggi_conf_child(&scope->tree, 0, "error_log", i)) != 0; /* v */) {
        log = scope->tree.nodes[i].directive;

        if (log->n > 2 && (strcmp(log->words[2], "warn") == 0
                           || strcmp(log->words[2], "notice") == 0
                           || strcmp(log->words[2], "info") == 0
                           || strncmp(log->words[2], "debug", 5) == 0))
        {
            return;
        }
    }

    d = log ? log : d;
    ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "signals", "give the \"error_log\" outside of http "
                    "the level \"warn\"", "%.200s:%u: the error log does not have the lines of "
                    "\"ggi_audit_signal\"", d->file, d->line);
}


/* Tells of gates that do not refuse. */
static void
ggi_doctor_modes(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope)
{
    size_t                       i;
    const char                  *mode;
    ggi_doctor_at_t              at;
    const ggi_conf_directive_t  *d;

    for (i = 0; i < GGI_DOCTOR_GATES; i++) {
        memset(&at, 0, sizeof(at));

        while ((d = ggi_doctor_in_force(scope, GGI_DOCTOR_PLACES, ggi_doctor_gates[i], &at))
               != NULL)
        {
            mode = d->n > 1 ? d->words[1] : "on";

            if (strcmp(mode, "observe") == 0) {
                ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "mode", "take it out when "
                                "ggi_calls_would_refuse_total no longer grows", "%.200s:%u: "
                                "\"%s observe\" lets calls through that it would refuse",
                                d->file, d->line, d->words[0]);

            } else if (strcmp(mode, "off") == 0) {
                ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "mode", "take it out unless these "
                                "calls need no such judgement", "%.200s:%u: \"%s off\" judges "
                                "nothing", d->file, d->line, d->words[0]);
            }
        }
    }
}


/*
 * Tells of each directive of a name that has one of some words, terminated by NULL, and is in
 * force where TLS begins.
 */
static void
ggi_doctor_words(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope, const char *name,
    const char *const *words, const char *remedy)
{
    char                         text[512];
    size_t                       i;
    ggi_doctor_at_t              at = { 0 };
    const ggi_conf_directive_t  *d;

    while ((d = ggi_doctor_in_force(scope, GGI_DOCTOR_HELLO, name, &at)) != NULL) {
        snprintf(text, sizeof(text), "%s in the server of %.200s:%u", remedy, at.block->file,
                 at.block->line);

        for (i = 0; words[i]; i++) {
            if (ggi_conf_has(d, words[i])) {
                ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "tls", text, "%.200s:%u: \"%s\" has "
                                "%s", d->file, d->line, d->words[0], words[i]);
            }
        }
    }
}


/* Tells of curves that the guideline does not have. */
static void
ggi_doctor_curves(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope)
{
    size_t                       n;
    const char                  *p;
    ggi_doctor_at_t              at = { 0 };
    const ggi_conf_directive_t  *d;

    while ((d = ggi_doctor_in_force(scope, GGI_DOCTOR_HELLO, "ssl_ecdh_curve", &at)) != NULL) {
        for (p = d->n > 1 ? d->words[1] : ""; *p; p += n + (p[n] == ':')) {
            n = strcspn(p, ":");

            if ((n == 6 && strncmp(p, "X25519", n) == 0)
                || (n == 10 && strncmp(p, "prime256v1", n) == 0)
                || (n == 9 && strncmp(p, "secp384r1", n) == 0)
                || (n == 14 && strncmp(p, "X25519MLKEM768", n) == 0))
            {
                continue;
            }

            ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "tls", "keep to "
                            "X25519:prime256v1:secp384r1", "%.200s:%u: the curve %.*s is none "
                            "that NCSC-NL calls good", d->file, d->line, (int) (n < 60 ? n : 60),
                            p);
        }
    }
}


/* Returns 1 when each host of a URL of Redis is this machine, as it is of a socket; 0 otherwise. */
static int
ggi_doctor_local(const ggi_redis_url_t *url)
{
    size_t                   i;
    const ggi_str_t          name = ggi_str("localhost");
    const ggi_redis_host_t  *host;

    for (i = 0; i < url->nhosts; i++) {
        host = &url->hosts[i];

        if (strncmp(host->address, "127.", 4) != 0 && strcmp(host->address, "::1") != 0
            && !ggi_str_eq(host->name, name))
        {
            return 0;
        }
    }

    return 1;
}


/* Tells of a connection to Redis over a network that anybody there can read. */
static void
ggi_doctor_redis(ggi_doctor_t *doctor, const ggi_conf_t *conf, const char *name)
{
    ggi_str_t                    text;
    ggi_fault_t                  fault = ggi_fault_init;
    ggi_redis_url_t              url;
    const ggi_conf_directive_t  *d;

    for (d = NULL; (d = ggi_conf_next(conf, name, d)) != NULL; /* void */) {
        text.data = d->n > 1 ? d->words[1] : "";
        text.len = strlen(text.data);

        if (ggi_redis_url_parse(&url, text, &fault) && !url.tls && !ggi_doctor_local(&url)) {
            ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "redis", "use TLS: an \"s\" behind the "
                            "scheme, as in rediss://", "%.200s:%u: \"%s\" reaches another "
                            "machine without TLS", d->file, d->line, name);
        }
    }
}


void
ggi_doctor_conf(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope)
{
    static const char *const  old[] = { "SSLv2", "SSLv3", "TLSv1", "TLSv1.1", NULL };
    static const char *const  on[] = { "on", NULL };

    ggi_doctor_missing(doctor, scope);
    ggi_doctor_modes(doctor, scope);
    ggi_doctor_signals(doctor, scope);
    ggi_doctor_words(doctor, scope, "ssl_protocols", old, "set \"ssl_protocols TLSv1.2 TLSv1.3\"");
    ggi_doctor_words(doctor, scope, "ssl_early_data", on, "such calls can be sent again by "
                     "anybody: leave it out, or set \"ssl_early_data off\"");
    ggi_doctor_curves(doctor, scope);
    ggi_doctor_redis(doctor, scope->conf, "ggi_autorisatie_redis");
    ggi_doctor_redis(doctor, scope->conf, "ggi_functie_redis");
    ggi_doctor_redis(doctor, scope->conf, "ggi_doelbinding_toestemmingen_redis");
    ggi_doctor_open(doctor, scope);
}
