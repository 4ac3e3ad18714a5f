/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The status that the gate reports about itself. The enum, the Prometheus text and the
 * JSON are made from one list of metrics. Free of nginx.
 */

#ifndef GGI_STATUS_H
#define GGI_STATUS_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_callers.h"
#include "ggi_expiry.h"
#include "ggi_histogram.h"
#include "ggi_reason.h"
#include "ggi_str.h"


/*
 * The metrics of a gate that judges by documents, in a file or in Redis. gate and redis
 * begin the names of its metrics; the others stand in the texts: Documents at the start
 * of a sentence and documents within one, stale for what a call was judged by, and server
 * for the Redis that has them.
 */
#define GGI_DOCUMENT_METRICS(X, ID, gate, redis, Documents, documents, stale, server)  \
    X(ID##_HIT, COUNTER, gate "_lookups_total", "result", "hit",                   \
      Documents " looked up in the cache of Redis, by what was found.")            \
    X(ID##_NONE, COUNTER, gate "_lookups_total", "result", "none", NULL)           \
    X(ID##_FAULTY, COUNTER, gate "_lookups_total", "result", "faulty", NULL)       \
    X(ID##_EXPIRED, COUNTER, gate "_lookups_total", "result", "expired", NULL)     \
    X(ID##_MISS, COUNTER, gate "_lookups_total", "result", "miss", NULL)           \
    X(ID##_STALE, COUNTER, gate "_stale_total", NULL, NULL,                        \
      "Calls judged by " stale ", since Redis did not answer.")                    \
    X(ID##_CONNECTED, GAUGE, redis "_connected", NULL, NULL,                       \
      "Workers whose connection to " server " is up.")                             \
    X(ID##_SUBSCRIBED, GAUGE, redis "_subscribed", NULL, NULL,                     \
      "Workers that Redis tells of changed " documents ".")                        \
    X(ID##_DOUBTING, GAUGE, redis "_doubting", NULL, NULL,                         \
      "Workers for which " server " counts as not answering, by its data set.")    \
    X(ID##_GETS, COUNTER, redis "_gets_total", NULL, NULL,                         \
      Documents " asked of Redis.")                                                \
    X(ID##_FAILURES, COUNTER, redis "_failures_total", NULL, NULL,                 \
      "Connections to " server " that failed, or were lost.")                      \
    X(ID##_MOVED, COUNTER, redis "_redirects_total", "answer", "moved",            \
      "Questions that a node of a Redis Cluster sent to another one, by its answer.")  \
    X(ID##_ASKED, COUNTER, redis "_redirects_total", "answer", "ask", NULL)        \
    X(ID##_ANSWERED, MONOTONIC, redis "_answer_timestamp_seconds", NULL, NULL,             \
      "When " server " last answered.")                                      \
    X(ID##_TOPOLOGY, MONOTONIC, redis "_topology_timestamp_seconds", NULL, NULL,           \
      "When a worker last learnt which servers are the masters of " server ".")    \
    X(ID##_FILE, TIME, gate "_file_timestamp_seconds", NULL, NULL,                        \
      "When the file of " documents " in use was modified.")


/*
 * The list of metrics. Entries with one name stand together, and only the first of them
 * has the help text. The kinds are:
 *
 *   COUNTER    grows only: the sum over all workers, including those that have ended;
 *   GAUGE      the sum over the workers that run;
 *   TIME       each worker sets a time in seconds since the epoch; shown is the latest of
 *              the workers that run, or nothing without one;
 *   MONOTONIC  as TIME, but set by the monotonic clock, for events while nginx runs: it is
 *              shown as the time that it is since by the system's clock, whenever that was
 *              set.
 *
 *   X(ENUM, kind, name, label, its value, help)
 */
#define GGI_METRICS(X)                                                         \
    X(RELOADED, TIME, "ggi_config_last_reload_success_timestamp_seconds", NULL, NULL, \
      "When the configuration in use was read.")                               \
    X(WORKERS, GAUGE, "ggi_workers", NULL, NULL,                               \
      "Worker processes, those that are shutting down included.")              \
    GGI_DOCUMENT_METRICS(X, PROFILE, "ggi_autorisatie", "ggi_redis", "Profiles",   \
                         "profiles", "a stale profile", "Redis")                   \
    GGI_DOCUMENT_METRICS(X, FUNCTIE, "ggi_functie", "ggi_functie_redis",           \
                         "Functions of applications", "functions",                 \
                         "stale functions", "the Redis of functions")              \
    GGI_DOCUMENT_METRICS(X, TOESTEMMING, "ggi_toestemming", "ggi_toestemming_redis", \
                         "Consents", "consents", "a stale consent",                \
                         "the Redis of consents")                                  \
    X(PROVIDER_NOT_TRUSTED, COUNTER, "ggi_provider_not_trusted_total", NULL, NULL, \
      "Calls that were allowed, and not sent since their provider is not to be trusted.") \
    X(REGISTER, TIME, "ggi_doelbinding_register_timestamp_seconds", NULL, NULL,       \
      "When the register in use was modified.")                          \
    X(DATABASE, TIME, "ggi_netwerk_database_timestamp_seconds", NULL, NULL,           \
      "When the network database in use was built.")                     \
    X(CRL, TIME, "ggi_pkio_crl_timestamp_seconds", NULL, NULL,                        \
      "When the oldest revocation list in use was issued.")              \
    X(CRL_LOOK, MONOTONIC, "ggi_pkio_crl_look_timestamp_seconds", NULL, NULL,          \
      "When a worker last looked for changed revocation lists.")         \
    X(OCSP_GOOD, COUNTER, "ggi_pkio_ocsp_answers_total", "result", "good",      \
      "Questions to OCSP responders, by what came of them.")                   \
    X(OCSP_REVOKED, COUNTER, "ggi_pkio_ocsp_answers_total", "result", "revoked", NULL) \
    X(OCSP_UNKNOWN, COUNTER, "ggi_pkio_ocsp_answers_total", "result", "unknown", NULL) \
    X(OCSP_FAILED, COUNTER, "ggi_pkio_ocsp_answers_total", "result", "failed", NULL) \
    X(OCSP_ANSWERED, MONOTONIC, "ggi_pkio_ocsp_answer_timestamp_seconds", NULL, NULL,  \
      "When an OCSP responder last gave a valid answer.")                \
    X(AUDIT_RECORDS, COUNTER, "ggi_audit_records_total", NULL, NULL,           \
      "Audit records written.")                                                   \
    X(AUDIT_WAITING, GAUGE, "ggi_audit_waiting_bytes", NULL, NULL,             \
      "Audit records that are not written yet.")                               \
    X(AUDIT_ERRORS, COUNTER, "ggi_audit_write_errors_total", NULL, NULL,       \
      "Writes to the audit log that failed.")                                  \
    X(AUDIT_LOST, COUNTER, "ggi_audit_lost_total", NULL, NULL,                 \
      "Audit records lost, since nothing could be written for long.")          \
    X(AUDIT_SIGNALS, COUNTER, "ggi_audit_signal_evictions_total", NULL, NULL,  \
      "Counts of signals forgotten before their period ended, for lack of room.") \
    X(AUDIT_ANONYMOUS, COUNTER, "ggi_audit_anonymous_total", NULL, NULL,       \
      "Refusals of callers without an identity, counted instead of recorded.") \
    X(AUDIT_SEAL, TIME, "ggi_audit_seal_timestamp_seconds", NULL, NULL,               \
      "When the audit log was last sealed.")


typedef enum {
#define GGI_METRIC_ENUM(id, kind, name, label, value, help)  GGI_METRIC_##id,
    GGI_METRICS(GGI_METRIC_ENUM)
#undef GGI_METRIC_ENUM
    GGI_METRIC_COUNT
} ggi_metric_e;


typedef enum {
    GGI_KIND_COUNTER,
    GGI_KIND_GAUGE,
    GGI_KIND_TIME,
    GGI_KIND_MONOTONIC
} ggi_kind_e;


typedef struct {
    ggi_kind_e   kind;
    const char  *name;
    const char  *label;                 /* NULL: none */
    const char  *value;                 /* of the label */
    const char  *help;                  /* NULL: the same as that of the entry before it */
} ggi_metric_t;


/* The class of an HTTP status: its first digit. Class 0 is for what is no status. */
enum { GGI_STATUS_CLASSES = 6 };


/*
 * The counts of a dienst's calls by reason; the count of GGI_REASON_NONE is that of
 * allowed calls.
 */
typedef struct {
    ggi_str_t        dienst;            /* needs no escaping */
    uint64_t         calls[GGI_REASON_COUNT];
    uint64_t         would_refuse[GGI_REASON_COUNT];
    uint64_t         upstream[GGI_STATUS_CLASSES];      /* answers of its API */
    ggi_histogram_t  duration;          /* of the calls that were let through */
    ggi_histogram_t  judging;           /* of what the gates take of a call, in any decision */
} ggi_status_dienst_t;


/* In how many locations of a dienst a gate has a mode. */
typedef struct {
    ggi_str_t    dienst;                /* needs no escaping */
    const char  *gate;
    const char  *mode;
    uint64_t     locations;
} ggi_status_mode_t;


enum { GGI_STATUS_MORE = 2 };           /* labels of a family behind its first one */

/* A value of a metric with many values that a gate gives by itself, such as one of a file. */
typedef struct {
    ggi_str_t  of;                      /* what it is of, any bytes: the value of the label */
    uint64_t   value;
    ggi_str_t  more[GGI_STATUS_MORE];   /* the values of the further labels that there are */
} ggi_status_sample_t;


/*
 * A metric with as many values as there is something to tell of when the status is
 * asked for. It is a gauge.
 */
typedef struct ggi_status_family_s  ggi_status_family_t;

struct ggi_status_family_s {
    const ggi_status_family_t  *next;
    const char                 *name;   /* as in Prometheus */
    const char                 *label;  /* NULL: none, and there is one sample */
    const char                 *help;
    const ggi_status_sample_t  *samples;
    size_t                      n;
    const char                 *more[GGI_STATUS_MORE];  /* further labels; NULL: no more */
};


typedef struct {
    ggi_str_t                   nginx;  /* its version; needs no escaping */
    ggi_lang_e                  lang;   /* of the page */
    uint64_t                    now;    /* s since the epoch */
    int64_t                     offset; /* s from the monotonic clock to the epoch */
    uint64_t                    values[GGI_METRIC_COUNT];
    uint8_t                     hidden[GGI_METRIC_COUNT];       /* 1: it is not configured */
    const ggi_status_dienst_t  *diensten;
    size_t                      n;
    const ggi_status_mode_t    *modes;  /* those of a dienst stand together */
    size_t                      modes_n;
    const ggi_caller_shown_t   *callers;
    size_t                      callers_n;
    const ggi_expiry_t         *expiries;       /* of callers whose certificate expires soon */
    size_t                      expiries_n;
    const ggi_status_family_t  *families;       /* NULL: none */
} ggi_status_t;


/* The metric of ggi_status_t.expiries, whose label is "oin". */
#define GGI_STATUS_EXPIRY  "ggi_pkio_client_certificate_expiry_timestamp_seconds"


/* Returns the entry of a metric, a constant. metric must be less than GGI_METRIC_COUNT. */
const ggi_metric_t *ggi_metric_get(ggi_metric_e metric);

/*
 * Adds the value that one worker has for a metric to the status. Counters of all
 * workers are added up, those that have ended included. Gauges are added up, and of
 * the other kinds the largest value counts; both for workers that still run alone,
 * for which live is 1.
 */
void ggi_status_merge(ggi_status_t *status, ggi_metric_e metric,
    uint64_t value, int live);

/*
 * Sets *value to what is shown for a metric: of a time, seconds since the epoch. Returns 1,
 * or 0 when there is nothing to show: it is not configured, or no worker has set the time.
 */
int ggi_status_value(const ggi_status_t *status, ggi_metric_e metric, uint64_t *value);


#endif
