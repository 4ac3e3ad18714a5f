/* SPDX-License-Identifier: EUPL-1.2 */

/* Looks at the directives of a configuration. */

#include "ggi_doctor_conf.h"

#define GGI_DOCTOR_GATES  7

static const char *const  ggi_doctor_gates[GGI_DOCTOR_GATES] = {
    "ggi_netwerk", "ggi_pkio", "ggi_autorisatie", "ggi_functie", "ggi_doelbinding",
    "ggi_levering", "ggi_audit"
};

/* What a gate should not be without: the first directive of which none is there is told. */
static const struct {
    const char    *names[3];            /* one of them is enough */
    ggi_doctor_e   level;
    const char    *topic;
    const char    *what;
    const char    *remedy;
} ggi_doctor_needs[] = {
    { { "ggi_dienst" }, GGI_DOCTOR_CRITICAL, "dienst", "no location has a dienst, so that no call "
      "is judged", "give the location of an API \"ggi_dienst\"" },
    { { "ggi_audit_seal" }, GGI_DOCTOR_WARNING, "seal", "calls go on when the audit log is no "
      "longer sealed", "seal it by \"ggictl audit seal\", and set \"ggi_audit_seal required=5m\"" },
    { { "ggi_status" }, GGI_DOCTOR_WARNING, "status", "no location has \"ggi_status\", so that "
      "nobody sees how the gate does", "give a server of its own a location with it" },
    { { "limit_req", "limit_conn" }, GGI_DOCTOR_WARNING, "limits", "no limit is set, so that one "
      "organisation can keep all others from being served", "set \"limit_req\" by $ggi_oin" },
    { { "ssl_protocols" }, GGI_DOCTOR_WARNING, "tls", "the versions of TLS are those of nginx's "
      "default, which may have 1.0 and 1.1", "set \"ssl_protocols TLSv1.2 TLSv1.3\"" },
    { { "ssl_ciphers" }, GGI_DOCTOR_WARNING, "tls", "the ciphers are those of nginx's default, "
      "some without forward secrecy", "set \"ssl_ciphers\" as conf/nginx.conf does" },
    { { "ssl_session_ticket_key", "ssl_session_tickets" }, GGI_DOCTOR_WARNING, "resumption",
      "tickets of TLS are encrypted by one key from the start of nginx to its end",
      "set \"ssl_session_tickets off\", or \"ssl_session_ticket_key\" and change the key daily" },
};


/* Tells of what is missing. */
static void
ggi_doctor_missing(ggi_doctor_t *doctor, const ggi_conf_t *conf)
{
    int     there;
    size_t  i, k;

    for (i = 0; i < sizeof(ggi_doctor_needs) / sizeof(ggi_doctor_needs[0]); i++) {
        for (there = 0, k = 0; k < 3 && ggi_doctor_needs[i].names[k]; k++) {
            there = there || ggi_conf_next(conf, ggi_doctor_needs[i].names[k], NULL);
        }

        if (!there) {
            ggi_doctor_tell(doctor, ggi_doctor_needs[i].level, ggi_doctor_needs[i].topic,
                            ggi_doctor_needs[i].remedy, "%s", ggi_doctor_needs[i].what);
        }
    }
}


/* Tells of gates that do not refuse. */
static void
ggi_doctor_modes(ggi_doctor_t *doctor, const ggi_conf_t *conf)
{
    size_t                       i;
    const char                  *mode;
    const ggi_conf_directive_t  *d;

    for (i = 0; i < GGI_DOCTOR_GATES; i++) {
        for (d = NULL; (d = ggi_conf_next(conf, ggi_doctor_gates[i], d)) != NULL; /* void */) {
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


/* Tells of each directive of a name that has one of some words, terminated by NULL. */
static void
ggi_doctor_words(ggi_doctor_t *doctor, const ggi_conf_t *conf, const char *name,
    const char *const *words, const char *topic, const char *remedy)
{
    size_t                       i;
    const ggi_conf_directive_t  *d;

    for (d = NULL; (d = ggi_conf_next(conf, name, d)) != NULL; /* void */) {
        for (i = 0; words[i]; i++) {
            if (ggi_conf_has(d, words[i])) {
                ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, topic, remedy, "%.200s:%u: \"%s\" "
                                "has %s", d->file, d->line, d->words[0], words[i]);
            }
        }
    }
}


/* Tells of curves that the guideline does not have. */
static void
ggi_doctor_curves(ggi_doctor_t *doctor, const ggi_conf_t *conf)
{
    size_t                       n;
    const char                  *p;
    const ggi_conf_directive_t  *d;

    for (d = NULL; (d = ggi_conf_next(conf, "ssl_ecdh_curve", d)) != NULL; /* void */) {
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


/* Returns 1 when the host of a URL of Redis is this machine, 0 otherwise. */
static int
ggi_doctor_local(const char *url)
{
    size_t       len;
    const char  *at, *host;

    host = strstr(url, "://") + 3;
    at = strrchr(host, '@');
    host = at ? at + 1 : host;
    len = strcspn(host, host[0] == '[' ? "]" : ":/");

    return strncmp(host, "127.", 4) == 0 || (len == 9 && strncmp(host, "localhost", 9) == 0)
           || strncmp(host, "[::1]", 5) == 0;
}


/* Tells of a connection to Redis over a network that anybody there can read. */
static void
ggi_doctor_redis(ggi_doctor_t *doctor, const ggi_conf_t *conf, const char *name)
{
    const ggi_conf_directive_t  *d;

    for (d = NULL; (d = ggi_conf_next(conf, name, d)) != NULL; /* void */) {
        if (d->n > 1 && strncmp(d->words[1], "redis://", 8) == 0
            && !ggi_doctor_local(d->words[1]))
        {
            ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "redis", "use rediss://", "%.200s:%u: "
                            "\"%s\" reaches another machine without TLS", d->file, d->line, name);
        }
    }
}


void
ggi_doctor_conf(ggi_doctor_t *doctor, const ggi_conf_t *conf)
{
    static const char *const  old[] = { "SSLv2", "SSLv3", "TLSv1", "TLSv1.1", NULL };
    static const char *const  on[] = { "on", NULL };

    ggi_doctor_missing(doctor, conf);
    ggi_doctor_modes(doctor, conf);
    ggi_doctor_words(doctor, conf, "ssl_protocols", old, "tls", "keep to TLSv1.2 TLSv1.3");
    ggi_doctor_words(doctor, conf, "ssl_early_data", on, "tls", "leave it out: such calls can be "
                     "sent again by anybody");
    ggi_doctor_curves(doctor, conf);
    ggi_doctor_redis(doctor, conf, "ggi_autorisatie_redis");
    ggi_doctor_redis(doctor, conf, "ggi_functie_redis");
}
