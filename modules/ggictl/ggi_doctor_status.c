/* SPDX-License-Identifier: EUPL-1.2 */

/* Looks at what a running gate tells of itself. */

#include "ggi_doctor_status.h"

#include <stdio.h>

#define GGI_DOCTOR_LOOK_MAX     300     /* seconds in which a worker has to look for new lists */
#define GGI_DOCTOR_WAITING_MAX  (1 << 20)       /* bytes of records that may wait */
#define GGI_DOCTOR_CERT_SOON    (30 * GGI_DOCTOR_DAY)
#define GGI_DOCTOR_LIST_SOON    3600    /* seconds before a list expires */
#define GGI_DOCTOR_CLOCK_MAX    60      /* seconds that two clocks may differ */

static const char  ggi_doctor_redis_remedy[] = "look at the error log of nginx, and at Redis";


/* Returns the number of a member, or -1 where there is none. */
static int64_t
ggi_doctor_number(json_t *status, const char *name)
{
    json_t  *value;

    value = json_object_get(status, name);

    return json_is_integer(value) ? json_integer_value(value) : -1;
}


/* Tells of workers that are not connected to Redis. */
static void
ggi_doctor_status_redis(ggi_doctor_t *doctor, json_t *status, const ggi_conf_t *conf)
{
    size_t   i;
    int64_t  n, workers;

    static const struct {
        const char  *metric;
        const char  *directive;
    } sources[] = {
        { "ggi_redis_connected", "ggi_autorisatie_redis" },
        { "ggi_redis_subscribed", "ggi_autorisatie_redis" },
        { "ggi_functie_redis_connected", "ggi_functie_redis" },
        { "ggi_functie_redis_subscribed", "ggi_functie_redis" },
        { "ggi_toestemming_redis_connected", "ggi_doelbinding_toestemmingen_redis" },
        { "ggi_toestemming_redis_subscribed", "ggi_doelbinding_toestemmingen_redis" }
    };

    workers = ggi_doctor_number(status, "ggi_workers");

    for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        n = ggi_doctor_number(status, sources[i].metric);

        if (n >= 0 && n < workers
            && (conf == NULL || ggi_conf_next(conf, sources[i].directive, NULL)))
        {
            ggi_doctor_tell(doctor, n == 0 ? GGI_DOCTOR_CRITICAL : GGI_DOCTOR_WARNING, "redis",
                            ggi_doctor_redis_remedy, "%s is %d of %d workers",
                            sources[i].metric, (int) n, (int) workers);
        }
    }
}


/* Tells of workers for which a Redis counts as not answering, since it has not what it should. */
static void
ggi_doctor_status_dataset(ggi_doctor_t *doctor, json_t *status)
{
    size_t   i;
    int64_t  n;

    static const char  *metrics[] = {
        "ggi_redis_doubting", "ggi_functie_redis_doubting", "ggi_toestemming_redis_doubting"
    };

    for (i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++) {
        n = ggi_doctor_number(status, metrics[i]);

        if (n > 0) {
            ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "redis", "do what the error log of the "
                            "gate says of the data set", "%s is %d workers", metrics[i], (int) n);
        }
    }
}


/* Tells of files of lists that are faulty, and of lists and certificates that expire. */
static void
ggi_doctor_status_expiry(ggi_doctor_t *doctor, json_t *status, int64_t now)
{
    char         what[512];
    size_t       i;
    json_t      *value;
    const char  *oin;

    json_array_foreach(json_object_get(status, "ggi_pkio_crl_faulty"), i, value) {
        if (ggi_doctor_number(value, "value") == 1) {
            oin = json_string_value(json_object_get(value, "file"));
            ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "lists", "look at it by \"ggictl crl "
                            "show\"", "\"%.200s\" of ggi_pkio_crl cannot be read", oin ? oin : "");
        }
    }

    json_array_foreach(json_object_get(status, "ggi_pkio_crl_next_update_timestamp_seconds"), i,
                       value)
    {
        oin = json_string_value(json_object_get(value, "issuer"));
        snprintf(what, sizeof(what), "the list of %.300s", oin ? oin : "a CA");
        ggi_doctor_expiry(doctor, "lists", what, ggi_doctor_number(value, "value"), now,
                          GGI_DOCTOR_LIST_SOON,
                          "fetch a newer one by \"ggictl crl fetch\"");
    }

    json_array_foreach(
        json_object_get(status, "ggi_pkio_client_certificate_expiry_timestamp_seconds"), i, value)
    {
        oin = json_string_value(json_object_get(value, "oin"));
        snprintf(what, sizeof(what), "the certificate of the caller %.40s", oin ? oin : "");

        if (ggi_doctor_number(value, "value") > now) {
            ggi_doctor_expiry(doctor, "caller", what, ggi_doctor_number(value, "value"), now,
                              GGI_DOCTOR_CERT_SOON, "tell that organisation");
        }
    }
}


/* Tells of calls that a gate in observe would have refused. */
static void
ggi_doctor_status_observed(ggi_doctor_t *doctor, json_t *status)
{
    size_t       i;
    json_t      *count;
    const char  *dienst, *reason;

    json_array_foreach(json_object_get(status, "ggi_calls_would_refuse_total"), i, count) {
        if (ggi_doctor_number(count, "value") > 0) {
            dienst = json_string_value(json_object_get(count, "dienst"));
            reason = json_string_value(json_object_get(count, "reason"));
            ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "mode", "look at them by \"ggictl audit "
                            "stats\" before \"observe\" is taken out", "calls of the dienst "
                            "\"%.100s\" would have been refused: %.40s",
                            dienst ? dienst : "", reason ? reason : "");
        }
    }
}


/*
 * Returns 1 when what a metric of the status gives the time of was too long ago when the gate
 * wrote the status. A gate that does not tell such a time has nothing that may be stale.
 */
static int
ggi_doctor_stale(json_t *status, const char *name)
{
    int64_t  at;

    at = ggi_doctor_number(status, name);

    return at >= 0 && ggi_doctor_number(status, "time") - at > GGI_DOCTOR_LOOK_MAX;
}


void
ggi_doctor_status(ggi_doctor_t *doctor, json_t *status, const ggi_conf_t *conf,
    int64_t now)
{
    int64_t  n;

    n = ggi_doctor_number(status, "time");

    if (n < 0) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "status", "name the location of ggi_status",
                        "the status is none of a gate");
        return;
    }

    if (n > now + GGI_DOCTOR_CLOCK_MAX || n < now - GGI_DOCTOR_CLOCK_MAX) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "clock", "synchronise both, or take the "
                        "status anew", "the status is of another time than this machine's clock "
                        "has");
    }

    if (ggi_doctor_number(status, "ggi_audit_waiting_bytes") > GGI_DOCTOR_WAITING_MAX) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "log", "look at the disk of the audit log",
                        "records wait to be written");
    }

    if (ggi_doctor_stale(status, "ggi_pkio_crl_look_timestamp_seconds")) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "lists", "look at the error log of nginx",
                        "no worker has looked for new revocation lists for a while");
    }

    if (ggi_doctor_stale(status, "ggi_audit_seal_timestamp_seconds")) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "seal", "see why \"ggictl audit seal\" has "
                        "ended", "the audit log was not sealed for more than five minutes");
    }

    ggi_doctor_status_redis(doctor, status, conf);
    ggi_doctor_status_dataset(doctor, status);
    ggi_doctor_status_expiry(doctor, status, now);
    ggi_doctor_status_observed(doctor, status);
}
