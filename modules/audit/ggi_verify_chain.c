/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_verify_chain.h"


size_t
ggi_verify_runs_before(const ggi_verify_chain_t *chain, int64_t number)
{
    size_t  low, high, middle;

    low = 0;
    high = chain->n;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (chain->runs[middle].first <= number) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return low;
}


/* Keeps the hash of the record at index of a run. Returns 1, or 0 without memory. */
static int
ggi_verify_run_keep(ggi_verify_run_t *run, size_t index, const unsigned char *hash)
{
    size_t               size;
    ggi_verify_short_t  *kept;

    if (index >= GGI_VERIFY_KEPT) {
        return 1;
    }

    if (index == run->size) {
        size = index ? 2 * index : 1;
        kept = realloc(run->kept, size * sizeof(ggi_verify_short_t));

        if (kept == NULL) {
            return 0;
        }

        run->kept = kept;
        run->size = size;
    }

    memcpy(run->kept[index].bytes, hash, sizeof(ggi_verify_short_t));

    return 1;
}


int
ggi_verify_run_add(ggi_verify_run_t *run, const ggi_verify_record_t *record)
{
    if (!ggi_verify_run_keep(run, (size_t) (run->last - run->first) + 1, record->hash)) {
        return 0;
    }

    run->last++;
    run->last_at = record->at;
    memcpy(run->hash, record->hash, GGI_VERIFY_HASH);

    return 1;
}


int
ggi_verify_run_begin(ggi_verify_chain_t *chain, size_t index,
    const ggi_verify_record_t *record)
{
    ggi_verify_run_t  *runs, run;

    memset(&run, 0, sizeof(ggi_verify_run_t));
    run.first = record->place.number;
    run.last = record->place.number;
    run.first_at = record->at;
    run.last_at = record->at;
    memcpy(run.previous, record->place.previous, GGI_VERIFY_HASH);
    memcpy(run.hash, record->hash, GGI_VERIFY_HASH);

    if (!ggi_verify_run_keep(&run, 0, record->hash)) {
        return 0;
    }

    runs = realloc(chain->runs, (chain->n + 1) * sizeof(ggi_verify_run_t));

    if (runs == NULL) {
        free(run.kept);
        return 0;
    }

    chain->runs = runs;
    memmove(&runs[index + 1], &runs[index], (chain->n - index) * sizeof(ggi_verify_run_t));
    runs[index] = run;
    chain->n++;

    return 1;
}


ggi_verify_same_e
ggi_verify_run_compare(const ggi_verify_run_t *run,
    const ggi_verify_record_t *record)
{
    size_t  index;

    if (record->place.number == run->last) {
        return memcmp(run->hash, record->hash, GGI_VERIFY_HASH) == 0
               ? GGI_VERIFY_SAME : GGI_VERIFY_OTHER;
    }

    index = (size_t) (record->place.number - run->first);

    if (index >= GGI_VERIFY_KEPT) {
        return GGI_VERIFY_UNKNOWN;
    }

    return memcmp(run->kept[index].bytes, record->hash, sizeof(ggi_verify_short_t)) == 0
           ? GGI_VERIFY_SAME : GGI_VERIFY_OTHER;
}


void
ggi_verify_chain_free(ggi_verify_chain_t *chain)
{
    size_t  i;

    for (i = 0; i < chain->n; i++) {
        free(chain->runs[i].kept);
    }

    free(chain->runs);
}
