/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_status_text.h"
#include "ggi_status_walk.h"


/* What is written, and the metric that has begun. */
typedef struct {
    ggi_json_t  *out;
    const char  *name;
} ggi_text_t;


static void
ggi_text(ggi_json_t *out, const char *text)
{
    ggi_json_put(out, text, strlen(text));
}


static void
ggi_text_begin(void *data, const char *name, const char *type, const char *help)
{
    ggi_text_t *text = data;

    text->name = name;

    ggi_text(text->out, "# HELP ");
    ggi_text(text->out, name);
    ggi_text(text->out, " ");
    ggi_text(text->out, help);
    ggi_text(text->out, "\n# TYPE ");
    ggi_text(text->out, name);
    ggi_text(text->out, " ");
    ggi_text(text->out, type);
    ggi_text(text->out, "\n");
}


/*
 * Writes the value of a label that may have any bytes: quotes, backslashes and line
 * feeds are escaped, and what ggi_utf8_shown() does not show becomes question marks, since
 * people read metrics on a terminal.
 */
static void
ggi_text_escaped(ggi_json_t *out, ggi_str_t value)
{
    size_t                len;
    const unsigned char  *p, *end;

    p = (const unsigned char *) value.data;
    end = p + value.len;

    for ( /* void */ ; p < end; p += len ? len : 1) {
        len = ggi_utf8_shown(p, (size_t) (end - p));

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


/* Writes the name of the metric, with what stands behind it in names, and an open bracket. */
static void
ggi_text_labels(ggi_text_t *text, const char *suffix, const ggi_label_t *labels, size_t n)
{
    size_t  i;

    ggi_text(text->out, text->name);
    ggi_text(text->out, suffix);

    for (i = 0; i < n; i++) {
        ggi_text(text->out, i ? "," : "{");
        ggi_text(text->out, labels[i].name);
        ggi_text(text->out, "=\"");
        ggi_text_escaped(text->out, labels[i].value);
        ggi_text(text->out, "\"");
    }

    ggi_text(text->out, n ? "} " : " ");
}


/* Writes a number and ends the line. */
static void
ggi_text_value(ggi_json_t *out, uint64_t value)
{
    char  digits[GGI_DECIMAL_MAX], *end;

    end = ggi_decimal_write(digits, value);
    ggi_json_put(out, digits, (size_t) (end - digits));
    ggi_text(out, "\n");
}


static void
ggi_text_sample(void *data, const ggi_label_t *labels, size_t n, uint64_t value)
{
    ggi_text_t *text = data;

    ggi_text_labels(text, "", labels, n);
    ggi_text_value(text->out, value);
}


static void
ggi_text_histogram(void *data, const ggi_label_t *label, const ggi_histogram_t *histogram)
{
    ggi_text_t *text = data;

    char         seconds[GGI_MS_MAX];
    size_t       i;
    ggi_label_t  labels[2];

    labels[0] = *label;
    labels[1].name = "le";

    for (i = 0; i < GGI_HISTOGRAM_N; i++) {
        labels[1].value.data = ggi_histogram_bound(i);
        labels[1].value.len = strlen(labels[1].value.data);
        ggi_text_labels(text, "_bucket", labels, 2);
        ggi_text_value(text->out, ggi_histogram_upto(histogram, i));
    }

    ggi_text_labels(text, "_sum", label, 1);
    ggi_json_put(text->out, seconds, ggi_ms_write(seconds, histogram->sum));
    ggi_text(text->out, "\n");
    ggi_text_labels(text, "_count", label, 1);
    ggi_text_value(text->out, ggi_histogram_total(histogram));
}


static void
ggi_text_end(void *data)
{
    ggi_text_t *text = data;

    text->name = "";
}


void
ggi_status_text(ggi_json_t *out, const ggi_status_t *status)
{
    ggi_text_t         text = { out, "" };
    ggi_status_sink_t  sink = {
        &text, ggi_text_begin, ggi_text_sample, ggi_text_histogram, ggi_text_end
    };

    ggi_status_walk(status, &sink);
}
