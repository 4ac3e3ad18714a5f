/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_status_write.h"

#include "ggi_json.h"
#include "ggi_status_text.h"
#include "ggi_version.h"

#define GGI_STATUS_LINE   192           /* bytes of a line without the name of its dienst */
#define GGI_STATUS_HELP   192           /* bytes of the help and type lines above it */
#define GGI_STATUS_ESCAPED  6           /* bytes that a byte can need when it is escaped */


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

    ggi_json_open(json, GGI_STATUS_EXPIRY, '{');
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
        metric = ggi_metric_get(i);

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
