/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_json.h"
#include "ggi_status_page.h"
#include "ggi_status_text.h"
#include "ggi_status_walk.h"
#include "ggi_status_write.h"


/* What is written, and the metric that has begun. */
typedef struct {
    ggi_json_t  *json;
    const char  *name;
    int          single;                /* it had a sample without labels */
    int          list;                  /* its list is open */
} ggi_status_json_t;


static void
ggi_json_begin(void *data, const char *name, const char *type, const char *help)
{
    ggi_status_json_t *out = data;

    (void) type;
    (void) help;

    out->name = name;
    out->single = 0;
    out->list = 0;
}


/* Opens an element of the list of the metric, with its labels. */
static void
ggi_json_element(ggi_status_json_t *out, const ggi_label_t *labels, size_t n)
{
    size_t  i;

    if (!out->list) {
        ggi_json_open(out->json, out->name, '[');
        out->list = 1;
    }

    ggi_json_open(out->json, NULL, '{');

    for (i = 0; i < n; i++) {
        ggi_json_str(out->json, labels[i].name, labels[i].value.data, labels[i].value.len);
    }
}


static void
ggi_json_sample(void *data, const ggi_label_t *labels, size_t n, uint64_t value)
{
    ggi_status_json_t *out = data;

    if (n == 0) {
        ggi_json_int(out->json, out->name, (int64_t) value);
        out->single = 1;
        return;
    }

    ggi_json_element(out, labels, n);
    ggi_json_int(out->json, "value", (int64_t) value);
    ggi_json_close(out->json, '}');
}


static void
ggi_json_histogram(void *data, const ggi_label_t *label, const ggi_histogram_t *histogram)
{
    ggi_status_json_t *out = data;

    char    seconds[GGI_MS_MAX];
    size_t  i;

    ggi_json_element(out, label, 1);
    ggi_json_open(out->json, "bucket", '{');

    for (i = 0; i < GGI_HISTOGRAM_N; i++) {
        ggi_json_int(out->json, ggi_histogram_bound(i),
                     (int64_t) ggi_histogram_upto(histogram, i));
    }

    ggi_json_close(out->json, '}');
    ggi_json_raw(out->json, "sum", seconds, ggi_ms_write(seconds, histogram->sum));
    ggi_json_int(out->json, "count", (int64_t) ggi_histogram_total(histogram));
    ggi_json_close(out->json, '}');
}


static void
ggi_json_end(void *data)
{
    ggi_status_json_t *out = data;

    if (!out->list && !out->single) {
        ggi_json_open(out->json, out->name, '[');
    }

    if (!out->single) {
        ggi_json_close(out->json, ']');
    }
}


static void
ggi_status_json(ggi_json_t *json, const ggi_status_t *status)
{
    ggi_status_json_t  out = { json, "", 0, 0 };
    ggi_status_sink_t  sink = {
        &out, ggi_json_begin, ggi_json_sample, ggi_json_histogram, ggi_json_end
    };

    ggi_json_open(json, NULL, '{');
    ggi_json_int(json, "time", (int64_t) status->now);
    ggi_status_walk(status, &sink);
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
    } else if (form == GGI_STATUS_HTML) {
        ggi_status_page(&out, status, status->lang);
    } else {
        ggi_status_text(&out, status);
    }

    return ggi_json_len(&out);
}
