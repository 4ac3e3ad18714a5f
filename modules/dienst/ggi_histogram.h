/* SPDX-License-Identifier: EUPL-1.2 */

/* Durations, counted by how long they were, as a histogram of Prometheus. Free of nginx. */

#ifndef GGI_HISTOGRAM_H
#define GGI_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>


/* The upper bounds of the buckets, in ms, each with its text in seconds: X(ms, seconds). */
#define GGI_HISTOGRAM_BOUNDS(X)                                                \
    X(1, "0.001") X(2, "0.002") X(5, "0.005") X(10, "0.01") X(25, "0.025")     \
    X(50, "0.05") X(100, "0.1") X(250, "0.25") X(500, "0.5") X(1000, "1")      \
    X(2500, "2.5") X(5000, "5") X(10000, "10") X(30000, "30")

#define GGI_HISTOGRAM_N  15             /* buckets: one for each bound, and one for the rest */


/* Durations by bucket, of which the last is for those above all bounds. All zero: none yet. */
typedef struct {
    uint64_t  counts[GGI_HISTOGRAM_N];  /* of each bucket alone, not of those below it */
    uint64_t  sum;                      /* ms */
} ggi_histogram_t;


/*
 * Returns the upper bound of a bucket, in seconds, as a literal: "+Inf" for the last bucket.
 * bucket is less than GGI_HISTOGRAM_N.
 */
const char *ggi_histogram_bound(size_t bucket);

/*
 * Counts a duration of ms. Several processes may do so at a time, in shared memory: each
 * of the two additions is atomic.
 */
void ggi_histogram_add(ggi_histogram_t *histogram, uint64_t ms);

/*
 * Adds the durations that part has counted to those of all. Other processes may add to part
 * meanwhile: a duration that they add is then in all or is not.
 */
void ggi_histogram_merge(ggi_histogram_t *all, const ggi_histogram_t *part);

#define GGI_MS_MAX  24                  /* bytes that ggi_ms_write() writes at most */

/* Writes ms as seconds in decimals, such as 1.250, to dst. No NUL is added. Returns the length. */
size_t ggi_ms_write(char dst[GGI_MS_MAX], uint64_t ms);

/*
 * Returns how many durations there are in a bucket and those below it: of the last bucket, all.
 * bucket is less than GGI_HISTOGRAM_N.
 */
uint64_t ggi_histogram_upto(const ggi_histogram_t *histogram, size_t bucket);

/* Returns how many durations there are. */
uint64_t ggi_histogram_total(const ggi_histogram_t *histogram);

/*
 * Returns the upper bound of the bucket in ms below which the given share of the durations
 * lies, percent being 1 to 100: 0 without any, and UINT64_MAX when it is above all bounds.
 */
uint64_t ggi_histogram_percentile(const ggi_histogram_t *histogram, unsigned percent);


#endif
