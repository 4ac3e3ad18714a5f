/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_callers.h"

#define GGI_CALLERS_PROBES  64          /* places that an organisation can have in the table */
#define GGI_CALLERS_FADE    8           /* an eighth of its calls of late fades each turn */


/* Shows a new organisation by its OIN while fewer are than may be. */
static void
ggi_callers_show_new(ggi_callers_t *table, ggi_caller_t *caller)
{
    uint32_t  n;

    n = __atomic_load_n(&table->shown, __ATOMIC_RELAXED);

    while (n < GGI_CALLERS_SHOWN) {
        if (__atomic_compare_exchange_n(&table->shown, &n, n + 1, 0, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
        {
            caller->shown = 1;
            return;
        }
    }
}


/*
 * Returns the entry of an organisation, which is made when there is none. Returns NULL
 * when there is no room for it, or when another process is making one in its place.
 */
static ggi_caller_t *
ggi_callers_find(ggi_callers_t *table, ggi_str_t oin)
{
    size_t         i, at;
    uint32_t       hash, state;
    ggi_caller_t  *caller;

    hash = ggi_oin_hash(oin);
    at = hash ^ hash >> 15;

    for (i = 0; i < GGI_CALLERS_PROBES; i++) {
        caller = &table->callers[(at + i) % GGI_CALLERS_MAX];
        state = __atomic_load_n(&caller->state, __ATOMIC_ACQUIRE);

        if (state == GGI_CALLER_KNOWN && memcmp(caller->oin, oin.data, GGI_OIN_LEN) == 0) {
            return caller;
        }

        if (state == GGI_CALLER_FREE
            && __atomic_compare_exchange_n(&caller->state, &state, GGI_CALLER_BEGUN, 0,
                                           __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        {
            memcpy(caller->oin, oin.data, GGI_OIN_LEN);
            ggi_callers_show_new(table, caller);
            __atomic_store_n(&caller->state, GGI_CALLER_KNOWN, __ATOMIC_RELEASE);
            return caller;
        }

        if (state == GGI_CALLER_BEGUN) {
            return NULL;
        }
    }

    return NULL;
}


void
ggi_callers_count(ggi_callers_t *table, ggi_str_t oin, ggi_reason_e reason)
{
    uint64_t      *calls;
    ggi_caller_t  *caller;

    if (oin.len != GGI_OIN_LEN) {
        calls = table->nobody;

    } else {
        caller = ggi_callers_find(table, oin);
        calls = caller ? caller->calls : table->rest;
    }

    (void) __atomic_fetch_add(&calls[reason], 1, __ATOMIC_RELAXED);
}


static int
ggi_caller_known(const ggi_caller_t *caller)
{
    return __atomic_load_n(&caller->state, __ATOMIC_ACQUIRE) == GGI_CALLER_KNOWN;
}


static uint64_t
ggi_caller_calls(const ggi_caller_t *caller, ggi_reason_e reason)
{
    return __atomic_load_n(&caller->calls[reason], __ATOMIC_RELAXED);
}


/*
 * Returns the organisation of the table that follows one, or the first for NULL; or NULL when
 * there is none. Places that a worker is filling are passed over.
 */
static ggi_caller_t *
ggi_callers_next(ggi_callers_t *table, ggi_caller_t *caller)
{
    for (caller = caller ? caller + 1 : table->callers;
         caller < table->callers + GGI_CALLERS_MAX;
         caller++)
    {
        if (ggi_caller_known(caller)) {
            return caller;
        }
    }

    return NULL;
}


/* Notes how busy each organisation was of late. */
static void
ggi_callers_weigh(ggi_callers_t *table)
{
    uint64_t       all;
    ggi_reason_e   reason;
    ggi_caller_t  *caller;

    caller = NULL;

    while ((caller = ggi_callers_next(table, caller)) != NULL) {
        for (all = 0, reason = 0; reason < GGI_REASON_COUNT; reason++) {
            all += ggi_caller_calls(caller, reason);
        }

        caller->busy += all - caller->looked - caller->busy / GGI_CALLERS_FADE;
        caller->looked = all;
    }
}


/*
 * Sets *least to the organisation that was least busy of those that are shown, and *most to
 * the busiest of those that are not; each to NULL when there is none.
 */
static void
ggi_callers_extremes(ggi_callers_t *table, ggi_caller_t **least, ggi_caller_t **most)
{
    ggi_caller_t  *caller;

    *least = NULL;
    *most = NULL;
    caller = NULL;

    while ((caller = ggi_callers_next(table, caller)) != NULL) {
        if (caller->shown) {
            *least = (*least == NULL || caller->busy < (*least)->busy) ? caller : *least;
        } else {
            *most = (*most == NULL || caller->busy > (*most)->busy) ? caller : *most;
        }
    }
}


void
ggi_callers_look(ggi_callers_t *table, uint64_t now)
{
    size_t         i;
    ggi_reason_e   reason;
    ggi_caller_t  *least, *most;

    if (now >= table->looked && now - table->looked < GGI_CALLERS_TURN) {
        return;
    }

    table->looked = now;
    ggi_callers_weigh(table);

    for (i = 0; i < GGI_CALLERS_SHOWN; i++) {
        ggi_callers_extremes(table, &least, &most);

        if (least == NULL || most == NULL || most->busy / 2 <= least->busy) {
            return;
        }

        for (reason = 0; reason < GGI_REASON_COUNT; reason++) {
            /* they have been shown among the rest, and stay there */
            most->rest[reason] = ggi_caller_calls(most, reason);
        }

        most->shown = 1;
        least->shown = 0;
    }
}


size_t
ggi_callers_list(const ggi_callers_t *table, ggi_caller_shown_t *list)
{
    size_t               i, n;
    uint64_t             calls, any;
    ggi_reason_e         reason;
    ggi_caller_shown_t   rest;
    const ggi_caller_t  *caller;

    memset(list, 0, sizeof(ggi_caller_shown_t));
    memset(&rest, 0, sizeof(ggi_caller_shown_t));
    list[0].oin.data = "";
    rest.oin.data = "other";
    rest.oin.len = sizeof("other") - 1;

    for (reason = 0, any = 0; reason < GGI_REASON_COUNT; reason++) {
        list[0].calls[reason] = __atomic_load_n(&table->nobody[reason], __ATOMIC_RELAXED);
        rest.calls[reason] = __atomic_load_n(&table->rest[reason], __ATOMIC_RELAXED);
    }

    for (i = 0, n = 1; i < GGI_CALLERS_MAX; i++) {
        caller = &table->callers[i];

        if (!ggi_caller_known(caller)) {
            continue;
        }

        for (reason = 0; reason < GGI_REASON_COUNT; reason++) {
            calls = ggi_caller_calls(caller, reason);

            if (caller->shown) {
                list[n].calls[reason] = calls - caller->rest[reason];
                calls = caller->rest[reason];
            }

            rest.calls[reason] += calls;
        }

        if (caller->shown) {
            list[n].oin.data = caller->oin;
            list[n++].oin.len = GGI_OIN_LEN;
        }
    }

    for (reason = 0; reason < GGI_REASON_COUNT; reason++) {
        any |= rest.calls[reason];
    }

    if (any) {
        list[n++] = rest;
    }

    return n;
}
