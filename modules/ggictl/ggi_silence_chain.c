/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_room.h"
#include "ggi_silence_chain.h"


/* Takes a run out of a chain. */
static void
ggi_silence_chain_remove(ggi_silence_chain_t *chain, size_t i)
{
    memmove(&chain->runs[i], &chain->runs[i + 1],
            (--chain->n - i) * sizeof(ggi_silence_run_t));
}


int
ggi_silence_chain_add(ggi_silence_chain_t *chain, uint64_t number, uint64_t time)
{
    size_t              i;
    ggi_silence_run_t  *run;

    if (chain->n == GGI_SILENCE_RUNS) {
        chain->runs[1].first = chain->runs[0].first;
        chain->runs[1].from = chain->runs[0].from;
        ggi_silence_chain_remove(chain, 0);
    }

    /* nearly always the number is the next one */

    for (i = chain->n; i && chain->runs[i - 1].first > number; i--) { /* void */ }

    if (i && chain->runs[i - 1].last >= number) {
        return 1;
    }

    if (i && chain->runs[i - 1].last + 1 == number) {
        run = &chain->runs[i - 1];
        run->last = number;
        run->to = time;

        if (i < chain->n && chain->runs[i].first == number + 1) {
            run->last = chain->runs[i].last;
            run->to = chain->runs[i].to;
            ggi_silence_chain_remove(chain, i);
        }

        return 1;
    }

    if (i < chain->n && chain->runs[i].first == number + 1) {
        chain->runs[i].first = number;
        chain->runs[i].from = time;
        return 1;
    }

    run = ggi_room(chain->runs, chain->n, &chain->size, sizeof(ggi_silence_run_t));

    if (run == NULL) {
        return 0;
    }

    chain->runs = run;
    run += i;
    memmove(run + 1, run, (chain->n++ - i) * sizeof(ggi_silence_run_t));
    run->first = number;
    run->last = number;
    run->from = time;
    run->to = time;

    return 1;
}
