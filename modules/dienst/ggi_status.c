/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_status.h"

#include "ggi_json.h"
#include "ggi_version.h"

#define GGI_STATUS_LINE   192           /* bytes of a line without the name of its dienst */
#define GGI_STATUS_HELP   192           /* bytes of the help and type lines above it */
#define GGI_STATUS_ESCAPED  6           /* bytes that a byte can need when it is escaped */


static const char  ggi_status_expiry[] = "ggi_pkio_client_certificate_expiry_timestamp_seconds";

static const ggi_metric_t  ggi_metrics_table[GGI_METRIC_COUNT] = {
#define GGI_METRIC_ENTRY(id, kind, name, label, value, help)                   \
    { GGI_KIND_##kind, name, label, value, help },
    GGI_METRICS(GGI_METRIC_ENTRY)
#undef GGI_METRIC_ENTRY
};


const ggi_metric_t *
ggi_metric_get(ggi_metric_e metric)
{
    return &ggi_metrics_table[metric];
}


void
ggi_status_merge(ggi_status_t *status, ggi_metric_e metric, uint64_t value,
    int live)
{
    uint64_t  *sum;

    sum = &status->values[metric];

    switch (ggi_metrics_table[metric].kind) {

    case GGI_KIND_COUNTER:
        *sum += value;
        break;

    case GGI_KIND_GAUGE:
        *sum += live ? value : 0;
        break;

    default:
        *sum = (live && value > *sum) ? value : *sum;
    }
}


/* Sets *value to what is shown for a metric. Returns 1, or 0 when there is nothing to show. */
static int
ggi_status_value(const ggi_status_t *status, ggi_metric_e metric,
    uint64_t *value)
{
    uint64_t    now;
    ggi_kind_e  kind;

    *value = status->values[metric];
    kind = ggi_metrics_table[metric].kind;

    if (kind != GGI_KIND_AGE && kind != GGI_KIND_ELAPSED) {
        return 1;
    }

    if (*value == 0) {
        return 0;
    }

    now = (kind == GGI_KIND_AGE) ? status->now : status->uptime;
    *value = (*value < now) ? now - *value : 0;

    return 1;
}


size_t
ggi_status_size(const ggi_status_t *status)
{
    size_t                      i, size;
    const ggi_status_family_t  *family;

    size = GGI_METRIC_COUNT * (GGI_STATUS_LINE + GGI_STATUS_HELP)
           + 6 * GGI_STATUS_HELP + GGI_STATUS_LINE + status->nginx.len
           + status->expiries_n * GGI_STATUS_LINE;

    for (i = 0; i < status->n; i++) {
        size += 2 * GGI_REASON_COUNT
                * (GGI_STATUS_LINE + status->diensten[i].dienst.len);
    }

    for (family = status->families; family; family = family->next) {
        size += 2 * GGI_STATUS_HELP;

        for (i = 0; i < family->n; i++) {
            size += GGI_STATUS_LINE
                    + GGI_STATUS_ESCAPED * family->samples[i].of.len;
        }
    }

    return size;
}


static void
ggi_text(ggi_json_t *out, const char *text)
{
    ggi_json_put(out, text, strlen(text));
}


static void
ggi_text_help(ggi_json_t *out, const char *name, const char *help,
    ggi_kind_e kind)
{
    ggi_text(out, "# HELP ");
    ggi_text(out, name);
    ggi_text(out, " ");
    ggi_text(out, help);
    ggi_text(out, "\n# TYPE ");
    ggi_text(out, name);
    ggi_text(out, kind == GGI_KIND_COUNTER ? " counter\n" : " gauge\n");
}


static void
ggi_text_label(ggi_json_t *out, const char *before, const char *label,
    ggi_str_t value)
{
    ggi_text(out, before);
    ggi_text(out, label);
    ggi_text(out, "=\"");
    ggi_json_put(out, value.data, value.len);
    ggi_text(out, "\"");
}


/* Writes a number and ends the line. */
static void
ggi_text_value(ggi_json_t *out, const char *before, uint64_t value)
{
    char  digits[20], *end;

    end = ggi_decimal_write(digits, value);

    ggi_text(out, before);
    ggi_json_put(out, digits, (size_t) (end - digits));
    ggi_text(out, "\n");
}


static ggi_str_t
ggi_status_str(const char *text)
{
    ggi_str_t  s;

    s.data = text;
    s.len = strlen(text);

    return s;
}


/*
 * Writes a line for each reason with a count. With decided each line also says
 * "allowed" or "refused", and the allowed calls get a line; without, the counts are of
 * refusals that mode observe did not carry out.
 */
static void
ggi_text_reasons(ggi_json_t *out, const char *name, ggi_str_t dienst,
    const uint64_t counts[GGI_REASON_COUNT], int decided)
{
    ggi_reason_e  reason;

    for (reason = decided ? 0 : 1; reason < GGI_REASON_COUNT; reason++) {

        if (reason != GGI_REASON_NONE && counts[reason] == 0) {
            continue;
        }

        ggi_text(out, name);
        ggi_text_label(out, "{", "dienst", dienst);

        if (decided) {
            ggi_text_label(out, ",", "decision",
                           ggi_status_str(reason ? "refused" : "allowed"));
        }

        ggi_text_label(out, ",", "reason",
                       ggi_status_str(ggi_reason_get(reason)->name));
        ggi_text_value(out, "} ", counts[reason]);
    }
}


/* Writes a counter of the calls of each dienst; decided as in ggi_text_reasons(). */
static void
ggi_text_calls(ggi_json_t *out, const ggi_status_t *status, const char *name,
    const char *help, int decided)
{
    size_t                      i;
    const ggi_status_dienst_t  *dienst;

    ggi_text_help(out, name, help, GGI_KIND_COUNTER);

    for (i = 0; i < status->n; i++) {
        dienst = &status->diensten[i];
        ggi_text_reasons(out, name, dienst->dienst,
                         decided ? dienst->calls : dienst->would_refuse, decided);
    }
}


static void
ggi_text_diensten(ggi_json_t *out, const ggi_status_t *status)
{
    ggi_text_calls(out, status, "ggi_calls_total",
                   "Calls judged, by dienst, decision and reason.", 1);
    ggi_text_calls(out, status, "ggi_calls_would_refuse_total",
                   "Calls that a gate in mode observe would have refused.", 0);
}


/* Writes when the certificates of callers expire, a line for each caller. */
static void
ggi_text_expiries(ggi_json_t *out, const ggi_status_t *status)
{
    size_t     i;
    ggi_str_t  oin = { .len = GGI_OIN_LEN };

    ggi_text_help(out, ggi_status_expiry,
                  "When the certificate of a caller of the last day expires, if within "
                  "30 days.", GGI_KIND_GAUGE);

    for (i = 0; i < status->expiries_n; i++) {
        oin.data = status->expiries[i].oin;
        ggi_text(out, ggi_status_expiry);
        ggi_text_label(out, "{", "oin", oin);
        ggi_text_value(out, "} ", (uint64_t) status->expiries[i].not_after);
    }
}


static void
ggi_text_build(ggi_json_t *out, ggi_str_t nginx)
{
    ggi_text_help(out, "ggi_build_info",
                  "The versions of the suite and of nginx; the value is always 1.",
                  GGI_KIND_GAUGE);
    ggi_text(out, "ggi_build_info");
    ggi_text_label(out, "{", "version", ggi_status_str(GGI_VERSION));
    ggi_text_label(out, ",", "nginx", nginx);
    ggi_text_value(out, "} ", 1);
}


/*
 * Writes the value of a label that may have any bytes: quotes, backslashes and line
 * feeds are escaped, and what is not valid UTF-8 becomes question marks.
 */
static void
ggi_text_escaped(ggi_json_t *out, ggi_str_t value)
{
    size_t                len;
    const unsigned char  *p, *end;

    p = (const unsigned char *) value.data;
    end = p + value.len;

    for ( /* void */ ; p < end; p += len ? len : 1) {
        len = ggi_utf8_char(p, (size_t) (end - p));

        if (*p == '\n') {
            ggi_text(out, "\\n");
            continue;
        }

        if (*p == '"' || *p == '\\') {
            ggi_text(out, "\\");
        }

        ggi_json_put(out, len ? (const char *) p : "?", len ? len : 1);
    }
}


static void
ggi_text_family(ggi_json_t *out, const ggi_status_family_t *family)
{
    size_t  i;

    ggi_text_help(out, family->name, family->help, GGI_KIND_GAUGE);

    for (i = 0; i < family->n; i++) {
        ggi_text(out, family->name);
        ggi_text(out, "{");
        ggi_text(out, family->label);
        ggi_text(out, "=\"");
        ggi_text_escaped(out, family->samples[i].of);
        ggi_text(out, "\"");
        ggi_text_value(out, "} ", family->samples[i].value);
    }
}


static void
ggi_status_text(ggi_json_t *out, const ggi_status_t *status)
{
    uint64_t                    value;
    ggi_metric_e                i;
    const ggi_metric_t         *metric;
    const ggi_status_family_t  *family;

    ggi_text_build(out, status->nginx);
    ggi_text_diensten(out, status);
    ggi_text_expiries(out, status);

    for (i = 0; i < GGI_METRIC_COUNT; i++) {
        metric = &ggi_metrics_table[i];

        if (!ggi_status_value(status, i, &value)) {
            continue;
        }

        if (metric->help) {
            ggi_text_help(out, metric->name, metric->help, metric->kind);
        }

        ggi_text(out, metric->name);

        if (metric->label) {
            ggi_text_label(out, "{", metric->label,
                           ggi_status_str(metric->value));
            ggi_text(out, "}");
        }

        ggi_text_value(out, " ", value);
    }

    for (family = status->families; family; family = family->next) {
        ggi_text_family(out, family);
    }
}


static void
ggi_status_json_reasons(ggi_json_t *json, const char *key,
    const uint64_t counts[GGI_REASON_COUNT])
{
    ggi_reason_e  reason;

    ggi_json_open(json, key, '{');

    for (reason = 1; reason < GGI_REASON_COUNT; reason++) {
        if (counts[reason]) {
            ggi_json_int(json, ggi_reason_get(reason)->name,
                         (int64_t) counts[reason]);
        }
    }

    ggi_json_close(json, '}');
}


static void
ggi_status_json_diensten(ggi_json_t *json, const ggi_status_t *status)
{
    size_t                      i;
    const ggi_status_dienst_t  *dienst;

    ggi_json_open(json, "diensten", '[');

    for (i = 0; i < status->n; i++) {
        dienst = &status->diensten[i];

        ggi_json_open(json, NULL, '{');
        ggi_json_plain(json, "dienst", dienst->dienst.data, dienst->dienst.len);
        ggi_json_int(json, "allowed",
                     (int64_t) dienst->calls[GGI_REASON_NONE]);
        ggi_status_json_reasons(json, "refused", dienst->calls);
        ggi_status_json_reasons(json, "would_refuse", dienst->would_refuse);
        ggi_json_close(json, '}');
    }

    ggi_json_close(json, ']');
}


static void
ggi_status_json_expiries(ggi_json_t *json, const ggi_status_t *status)
{
    char    oin[GGI_OIN_LEN + 1];
    size_t  i;

    ggi_json_open(json, ggi_status_expiry, '{');
    oin[GGI_OIN_LEN] = '\0';

    for (i = 0; i < status->expiries_n; i++) {
        memcpy(oin, status->expiries[i].oin, GGI_OIN_LEN);
        ggi_json_int(json, oin, status->expiries[i].not_after);
    }

    ggi_json_close(json, '}');
}


static void
ggi_status_json_family(ggi_json_t *json, const ggi_status_family_t *family)
{
    size_t  i;

    ggi_json_open(json, family->name, '[');

    for (i = 0; i < family->n; i++) {
        ggi_json_open(json, NULL, '{');
        ggi_json_str(json, family->label, family->samples[i].of.data,
                     family->samples[i].of.len);
        ggi_json_int(json, "value", (int64_t) family->samples[i].value);
        ggi_json_close(json, '}');
    }

    ggi_json_close(json, ']');
}


static void
ggi_status_json(ggi_json_t *json, const ggi_status_t *status)
{
    int                         open;
    uint64_t                    value;
    ggi_metric_e                i;
    const ggi_metric_t         *metric;
    const ggi_status_family_t  *family;

    ggi_json_open(json, NULL, '{');
    ggi_json_int(json, "time", (int64_t) status->now);
    ggi_json_open(json, "ggi_build_info", '{');
    ggi_json_word(json, "version", GGI_VERSION);
    ggi_json_plain(json, "nginx", status->nginx.data, status->nginx.len);
    ggi_json_close(json, '}');
    ggi_status_json_diensten(json, status);
    ggi_status_json_expiries(json, status);

    for (open = 0, i = 0; i < GGI_METRIC_COUNT; i++) {
        metric = &ggi_metrics_table[i];

        if (!ggi_status_value(status, i, &value)) {
            continue;
        }

        if (open && metric->help) {
            ggi_json_close(json, '}');
            open = 0;
        }

        if (metric->label && !open) {
            ggi_json_open(json, metric->name, '{');
            open = 1;
        }

        ggi_json_int(json, metric->label ? metric->value : metric->name,
                     (int64_t) value);
    }

    if (open) {
        ggi_json_close(json, '}');
    }

    for (family = status->families; family; family = family->next) {
        ggi_status_json_family(json, family);
    }

    ggi_json_close(json, '}');
}


size_t
ggi_status_write(const ggi_status_t *status, ggi_status_form_e form, char *buf,
    size_t size)
{
    ggi_json_t  out;

    ggi_json_init(&out, buf, size);

    if (form == GGI_STATUS_JSON) {
        ggi_status_json(&out, status);
    } else {
        ggi_status_text(&out, status);
    }

    return ggi_json_len(&out);
}
