/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_histogram.h"
#include "ggi_json.h"


static const struct {
    uint64_t     ms;
    const char  *seconds;
} ggi_histogram_bounds[] = {
#define GGI_HISTOGRAM_ENTRY(ms, seconds)  { ms, seconds },
    GGI_HISTOGRAM_BOUNDS(GGI_HISTOGRAM_ENTRY)
#undef GGI_HISTOGRAM_ENTRY
    { UINT64_MAX, "+Inf" }
};

_Static_assert(sizeof(ggi_histogram_bounds) == GGI_HISTOGRAM_N * sizeof(ggi_histogram_bounds[0]),
               "GGI_HISTOGRAM_N is not the number of buckets");


const char *
ggi_histogram_bound(size_t bucket)
{
    return ggi_histogram_bounds[bucket].seconds;
}


void
ggi_histogram_add(ggi_histogram_t *histogram, uint64_t ms)
{
    size_t  i;

    for (i = 0; ms > ggi_histogram_bounds[i].ms; i++) {
        /* up to the first bound that is not below it */
    }

    (void) __atomic_fetch_add(&histogram->counts[i], 1, __ATOMIC_RELAXED);

    if (ms) {
        (void) __atomic_fetch_add(&histogram->sum, ms, __ATOMIC_RELAXED);
    }
}


void
ggi_histogram_merge(ggi_histogram_t *all, const ggi_histogram_t *part)
{
    size_t  i;

    for (i = 0; i < GGI_HISTOGRAM_N; i++) {
        all->counts[i] += __atomic_load_n(&part->counts[i], __ATOMIC_RELAXED);
    }

    all->sum += __atomic_load_n(&part->sum, __ATOMIC_RELAXED);
}


size_t
ggi_ms_write(char dst[GGI_MS_MAX], uint64_t ms)
{
    char  *p;

    p = ggi_decimal_write(dst, ms / 1000);
    *p++ = '.';
    *p++ = (char) ('0' + ms % 1000 / 100);
    *p++ = (char) ('0' + ms % 100 / 10);
    *p++ = (char) ('0' + ms % 10);

    return (size_t) (p - dst);
}


uint64_t
ggi_histogram_upto(const ggi_histogram_t *histogram, size_t bucket)
{
    size_t    i;
    uint64_t  n;

    for (i = 0, n = 0; i <= bucket; i++) {
        n += histogram->counts[i];
    }

    return n;
}


uint64_t
ggi_histogram_total(const ggi_histogram_t *histogram)
{
    return ggi_histogram_upto(histogram, GGI_HISTOGRAM_N - 1);
}


uint64_t
ggi_histogram_percentile(const ggi_histogram_t *histogram, unsigned percent)
{
    size_t    i;
    uint64_t  total;

    total = ggi_histogram_total(histogram);

    if (total == 0) {
        return 0;
    }

    for (i = 0; i < GGI_HISTOGRAM_N - 1; i++) {
        if ((double) ggi_histogram_upto(histogram, i) * 100 >= (double) total * percent) {
            break;
        }
    }

    return ggi_histogram_bounds[i].ms;
}
