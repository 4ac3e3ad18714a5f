/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_status.h"


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


int
ggi_status_value(const ggi_status_t *status, ggi_metric_e metric,
    uint64_t *value)
{
    ggi_kind_e  kind;

    *value = status->values[metric];
    kind = ggi_metrics_table[metric].kind;

    if (status->hidden[metric]) {
        return 0;
    }

    if (kind != GGI_KIND_TIME && kind != GGI_KIND_MONOTONIC) {
        return 1;
    }

    if (*value == 0) {
        return 0;
    }

    if (kind == GGI_KIND_MONOTONIC) {
        *value = (uint64_t) ((int64_t) *value + status->offset);
    }

    return 1;
}
