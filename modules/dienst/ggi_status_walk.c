/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_status_walk.h"
#include "ggi_version.h"

#define GGI_WALK_LABELS  3              /* at most, of a metric */


/* Returns a label with a text that ends with NUL. */
static ggi_label_t
ggi_label(const char *name, const char *value)
{
    ggi_label_t  label;

    label.name = name;
    label.value.data = value;
    label.value.len = strlen(value);

    return label;
}


static ggi_label_t
ggi_label_str(const char *name, ggi_str_t value)
{
    ggi_label_t  label;

    label.name = name;
    label.value = value;

    return label;
}


static void
ggi_walk_build(const ggi_status_t *status, const ggi_status_sink_t *sink)
{
    ggi_label_t  labels[GGI_WALK_LABELS];

    labels[0] = ggi_label("version", GGI_VERSION);
    labels[1] = ggi_label_str("nginx", status->nginx);

    sink->begin(sink->out, "ggi_build_info", "gauge",
                "The versions of the suite and of nginx; the value is always 1.");
    sink->sample(sink->out, labels, 2, 1);
    sink->end(sink->out);
}


/*
 * Tells of the counts by reason of a dienst or an organisation, which first names. With
 * decided each sample also says "allowed" or "refused", and the allowed calls get one even
 * where there are none, unless the name is empty: it stands for calls of which the dienst or
 * the organisation is not known, and no call need ever be one. Without decided the counts are
 * of refusals that mode observe did not carry out.
 */
static void
ggi_walk_reasons(const ggi_status_sink_t *sink, ggi_label_t first,
    const uint64_t counts[GGI_REASON_COUNT], int decided)
{
    size_t        n;
    ggi_label_t   labels[GGI_WALK_LABELS];
    ggi_reason_e  reason;

    labels[0] = first;

    for (reason = decided ? 0 : 1; reason < GGI_REASON_COUNT; reason++) {

        if (counts[reason] == 0 && (reason != GGI_REASON_NONE || first.value.len == 0)) {
            continue;
        }

        n = 1;

        if (decided) {
            labels[n++] = ggi_label("decision", reason ? "refused" : "allowed");
        }

        labels[n++] = ggi_label("reason", ggi_reason_get(reason)->name);
        sink->sample(sink->out, labels, n, counts[reason]);
    }
}


/* Tells of counts by reason of each dienst, those at an offset in ggi_status_dienst_t. */
static void
ggi_walk_diensten(const ggi_status_t *status, const ggi_status_sink_t *sink, size_t offset,
    int decided)
{
    size_t       i;
    const char  *dienst;

    for (i = 0; i < status->n; i++) {
        dienst = (const char *) &status->diensten[i];
        ggi_walk_reasons(sink, ggi_label_str("dienst", status->diensten[i].dienst),
                         (const uint64_t *) (dienst + offset), decided);
    }

    sink->end(sink->out);
}


static void
ggi_walk_calls(const ggi_status_t *status, const ggi_status_sink_t *sink)
{
    size_t                     i;
    const ggi_caller_shown_t  *caller;

    sink->begin(sink->out, "ggi_calls_total", "counter",
                "Calls judged, by dienst, decision and reason.");
    ggi_walk_diensten(status, sink, offsetof(ggi_status_dienst_t, calls), 1);

    sink->begin(sink->out, "ggi_calls_would_refuse_total", "counter",
                "Calls that a gate in mode observe would have refused.");
    ggi_walk_diensten(status, sink, offsetof(ggi_status_dienst_t, would_refuse), 0);

    sink->begin(sink->out, "ggi_organisation_calls_total", "counter",
                "Calls judged of the busiest organisations, by decision and reason.");

    for (i = 0; i < status->callers_n; i++) {
        caller = &status->callers[i];
        ggi_walk_reasons(sink, ggi_label_str("oin", caller->oin), caller->calls, 1);
    }

    sink->end(sink->out);
}


static void
ggi_walk_upstream(const ggi_status_t *status, const ggi_status_sink_t *sink)
{
    size_t             i, k;
    ggi_label_t        labels[GGI_WALK_LABELS];
    const uint64_t    *counts;

    static const char *const  classes[GGI_STATUS_CLASSES] = {
        "none", "1xx", "2xx", "3xx", "4xx", "5xx"
    };

    sink->begin(sink->out, "ggi_upstream_responses_total", "counter",
                "Calls that were sent to an API, by the class of the status that came of it.");

    for (i = 0; i < status->n; i++) {
        labels[0] = ggi_label_str("dienst", status->diensten[i].dienst);
        counts = status->diensten[i].upstream;

        for (k = 0; k < GGI_STATUS_CLASSES; k++) {
            if (counts[k]) {
                labels[1] = ggi_label("class", classes[k]);
                sink->sample(sink->out, labels, 2, counts[k]);
            }
        }
    }

    sink->end(sink->out);
}


/* Tells of a histogram of each dienst, the one at an offset in ggi_status_dienst_t. */
static void
ggi_walk_histograms(const ggi_status_t *status, const ggi_status_sink_t *sink, size_t offset)
{
    size_t       i;
    const char  *dienst;
    ggi_label_t  label;

    for (i = 0; i < status->n; i++) {
        if (status->diensten[i].dienst.len) {
            dienst = (const char *) &status->diensten[i];
            label = ggi_label_str("dienst", status->diensten[i].dienst);
            sink->histogram(sink->out, &label, (const ggi_histogram_t *) (dienst + offset));
        }
    }

    sink->end(sink->out);
}


static void
ggi_walk_durations(const ggi_status_t *status, const ggi_status_sink_t *sink)
{
    sink->begin(sink->out, "ggi_call_duration_seconds", "histogram",
                "How long calls took that were let through, from request to end of answer.");
    ggi_walk_histograms(status, sink, offsetof(ggi_status_dienst_t, duration));

    sink->begin(sink->out, "ggi_judging_duration_seconds", "histogram",
                "How long the gates took to decide about calls, their waiting included.");
    ggi_walk_histograms(status, sink, offsetof(ggi_status_dienst_t, judging));
}


static void
ggi_walk_modes(const ggi_status_t *status, const ggi_status_sink_t *sink)
{
    size_t                    i;
    ggi_label_t               labels[GGI_WALK_LABELS];
    const ggi_status_mode_t  *mode;

    sink->begin(sink->out, "ggi_gate_locations", "gauge",
                "Locations of a dienst in which a gate has a mode.");

    for (i = 0; i < status->modes_n; i++) {
        mode = &status->modes[i];
        labels[0] = ggi_label_str("dienst", mode->dienst);
        labels[1] = ggi_label("gate", mode->gate);
        labels[2] = ggi_label("mode", mode->mode);
        sink->sample(sink->out, labels, 3, mode->locations);
    }

    sink->end(sink->out);
}


/* Tells when the certificates of callers expire, with a sample for each caller. */
static void
ggi_walk_expiries(const ggi_status_t *status, const ggi_status_sink_t *sink)
{
    size_t       i;
    ggi_label_t  label = { "oin", { .len = GGI_OIN_LEN } };

    sink->begin(sink->out, GGI_STATUS_EXPIRY, "gauge",
                "When the certificate of a caller of the last day expires, if within 30 days.");

    for (i = 0; i < status->expiries_n; i++) {
        label.value.data = status->expiries[i].oin;
        sink->sample(sink->out, &label, 1, (uint64_t) status->expiries[i].not_after);
    }

    sink->end(sink->out);
}


/* Tells of the metrics of the list, of which those with one name stand together. */
static void
ggi_walk_list(const ggi_status_t *status, const ggi_status_sink_t *sink)
{
    int                  open;
    uint64_t             value;
    ggi_label_t          label;
    ggi_metric_e         i;
    const ggi_metric_t  *metric;

    for (open = 0, i = 0; i < GGI_METRIC_COUNT; i++) {
        metric = ggi_metric_get(i);

        if (!ggi_status_value(status, i, &value)) {
            continue;
        }

        if (metric->help) {
            if (open) {
                sink->end(sink->out);
            }

            sink->begin(sink->out, metric->name,
                        metric->kind == GGI_KIND_COUNTER ? "counter" : "gauge", metric->help);
            open = 1;
        }

        if (metric->label) {
            label = ggi_label(metric->label, metric->value);
        }

        sink->sample(sink->out, &label, metric->label ? 1 : 0, value);
    }

    if (open) {
        sink->end(sink->out);
    }
}


static void
ggi_walk_family(const ggi_status_family_t *family, const ggi_status_sink_t *sink)
{
    size_t       i, k, n;
    ggi_label_t  labels[1 + GGI_STATUS_MORE];

    sink->begin(sink->out, family->name, "gauge", family->help);

    for (i = 0; i < family->n; i++) {
        n = 0;

        if (family->label) {
            labels[n++] = ggi_label_str(family->label, family->samples[i].of);
        }

        for (k = 0; k < GGI_STATUS_MORE && family->more[k]; k++) {
            labels[n++] = ggi_label_str(family->more[k], family->samples[i].more[k]);
        }

        sink->sample(sink->out, labels, n, family->samples[i].value);
    }

    sink->end(sink->out);
}


void
ggi_status_walk(const ggi_status_t *status, const ggi_status_sink_t *sink)
{
    const ggi_status_family_t  *family;

    ggi_walk_build(status, sink);
    ggi_walk_calls(status, sink);
    ggi_walk_upstream(status, sink);
    ggi_walk_durations(status, sink);
    ggi_walk_modes(status, sink);
    ggi_walk_expiries(status, sink);
    ggi_walk_list(status, sink);

    for (family = status->families; family; family = family->next) {
        ggi_walk_family(family, sink);
    }
}
