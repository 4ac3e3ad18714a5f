/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_index.h"
#include "ggi_tally.h"

#define GGI_TALLY_INDEX  32768          /* places in the index, more than there are rows */


int
ggi_tally_init(ggi_tally_t *tally)
{
    memset(tally, 0, sizeof(ggi_tally_t));
    tally->rows = calloc(GGI_TALLY_ROWS, sizeof(ggi_tally_row_t));
    tally->index = calloc(GGI_TALLY_INDEX, sizeof(unsigned));

    return tally->rows && tally->index;
}


/* Returns 1 when a call was let through, by its decision or, without that, by its end. */
static int
ggi_tally_allows(const ggi_joined_t *joined)
{
    static const ggi_str_t  allowed = ggi_str("true");

    return !ggi_joined_is_withdrawn(joined)
           && (ggi_joined_is_undecided(joined)
               || ggi_str_eq(joined->first.logged.field[GGI_LOGGED_DECISION], allowed));
}


void
ggi_tally_count(ggi_tally_row_t *row, const ggi_joined_t *joined)
{
    uint64_t          ms;
    const ggi_str_t  *last = joined->end.logged.field;

    row->calls++;
    row->observed += (joined->first.logged.field[GGI_LOGGED_WOULD_REFUSE].len != 0);

    if (!ggi_tally_allows(joined)) {
        row->refused++;
        row->withdrawn += (ggi_joined_is_withdrawn(joined) != 0);
        return;
    }

    row->allowed++;
    row->undecided += (ggi_joined_is_undecided(joined) != 0);
    row->open += (joined->open != 0);
    row->failed += (last[GGI_LOGGED_ANSWER].len == 3 && last[GGI_LOGGED_ANSWER].data[0] == '5');

    if (last[GGI_LOGGED_DURATION].len) {
        ms = ggi_joined_duration(&joined->end.logged);
        row->timed++;
        row->ms += ms;
        row->longest = (ms > row->longest) ? ms : row->longest;
    }
}


/* Returns the place of a name in the index, which is 0 when the name has no row yet. */
static unsigned *
ggi_tally_place(const ggi_tally_t *tally, ggi_str_t name)
{
    size_t  place;

    for (place = ggi_index_hash(name.data, name.len) % GGI_TALLY_INDEX;
         tally->index[place];
         place = (place + 1) % GGI_TALLY_INDEX)
    {
        if (ggi_str_eq(tally->rows[tally->index[place] - 1].name, name)) {
            break;
        }
    }

    return &tally->index[place];
}


int
ggi_tally_add(ggi_tally_t *tally, ggi_str_t name, const ggi_joined_t *joined)
{
    char      *copy;
    unsigned  *place;

    place = ggi_tally_place(tally, name);

    if (*place == 0) {
        if (tally->n == GGI_TALLY_ROWS) {
            ggi_tally_count(&tally->others, joined);
            return 1;
        }

        copy = malloc(name.len + 1);

        if (copy == NULL) {
            return 0;
        }

        if (name.len) {
            memcpy(copy, name.data, name.len);
        }

        tally->rows[tally->n].name.data = copy;
        tally->rows[tally->n].name.len = name.len;
        *place = (unsigned) ++tally->n;
    }

    ggi_tally_count(&tally->rows[*place - 1], joined);

    return 1;
}


static int
ggi_tally_by_name(const void *one, const void *other)
{
    int                     order;
    size_t                  len;
    const ggi_tally_row_t  *a = one, *b = other;

    len = a->name.len < b->name.len ? a->name.len : b->name.len;
    order = len ? memcmp(a->name.data, b->name.data, len) : 0;

    if (order == 0 && a->name.len != b->name.len) {
        order = (a->name.len < b->name.len) ? -1 : 1;
    }

    return order;
}


static int
ggi_tally_by_calls(const void *one, const void *other)
{
    const ggi_tally_row_t  *a = one, *b = other;

    if (a->calls != b->calls) {
        return (a->calls > b->calls) ? -1 : 1;
    }

    return ggi_tally_by_name(one, other);
}


void
ggi_tally_sort(ggi_tally_t *tally, int by_name)
{
    qsort(tally->rows, tally->n, sizeof(ggi_tally_row_t),
          by_name ? ggi_tally_by_name : ggi_tally_by_calls);
}


void
ggi_tally_free(ggi_tally_t *tally)
{
    while (tally->n) {
        free((char *) tally->rows[--tally->n].name.data);
    }

    free(tally->rows);
    free(tally->index);
    memset(tally, 0, sizeof(ggi_tally_t));
}
