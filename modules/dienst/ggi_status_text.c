/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_status_text.h"
#include "ggi_version.h"


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

    ggi_text_help(out, GGI_STATUS_EXPIRY,
                  "When the certificate of a caller of the last day expires, if within "
                  "30 days.", GGI_KIND_GAUGE);

    for (i = 0; i < status->expiries_n; i++) {
        oin.data = status->expiries[i].oin;
        ggi_text(out, GGI_STATUS_EXPIRY);
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


void
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
        metric = ggi_metric_get(i);

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
