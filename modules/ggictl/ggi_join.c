/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_index.h"
#include "ggi_join.h"

#define GGI_JOIN_BUCKETS  16384


int
ggi_join_init(ggi_join_t *join, const ggi_filter_t *filter, ggi_join_pt give, void *data)
{
    memset(join, 0, sizeof(ggi_join_t));
    join->filter = filter;
    join->give = give;
    join->data = data;
    join->buckets = calloc(GGI_JOIN_BUCKETS, sizeof(ggi_joined_t *));
    join->seen = calloc(GGI_JOIN_SEEN, sizeof(uint64_t));
    join->decided = calloc(GGI_JOIN_SEEN, sizeof(uint64_t));

    return join->buckets && join->seen && join->decided;
}


/* Returns a hash of the trace and the span of a decision. */
static uint64_t
ggi_join_hash(const char *trace, const char *span)
{
    return ggi_index_hash(trace, GGI_TRACE_ID_LEN) ^ ggi_index_hash(span, GGI_SPAN_ID_LEN);
}


static ggi_joined_t **
ggi_join_bucket(const ggi_join_t *join, const char *trace, const char *span)
{
    return &join->buckets[ggi_join_hash(trace, span) % GGI_JOIN_BUCKETS];
}


static ggi_joined_t **
ggi_join_bucket_of(const ggi_join_t *join, const ggi_joined_t *joined)
{
    const ggi_str_t  *field = joined->first.logged.field;

    return ggi_join_bucket(join, field[GGI_LOGGED_TRACE].data, field[GGI_LOGGED_SPAN].data);
}


/* Returns the place of an open call with this trace and span, or NULL. */
static ggi_joined_t **
ggi_join_find(const ggi_join_t *join, const char *trace, const char *span)
{
    ggi_joined_t    **place;
    const ggi_str_t  *field;

    for (place = ggi_join_bucket(join, trace, span); *place; place = &(*place)->chain) {
        field = (*place)->first.logged.field;

        if (memcmp(field[GGI_LOGGED_TRACE].data, trace, GGI_TRACE_ID_LEN) == 0
            && memcmp(field[GGI_LOGGED_SPAN].data, span, GGI_SPAN_ID_LEN) == 0)
        {
            return place;
        }
    }

    return NULL;
}


/* Takes a call out of those whose completion is waited for. */
static void
ggi_join_close(ggi_join_t *join, ggi_joined_t **place)
{
    ggi_joined_t  *joined;

    joined = *place;
    *place = joined->chain;
    joined->chain = NULL;
    joined->open = 0;
    join->open--;
}


/*
 * Returns 1 when a call is asked for, as it was in the end; or was given as allowed and turns
 * out to be withdrawn.
 */
static int
ggi_join_asked(const ggi_join_t *join, const ggi_joined_t *joined)
{
    return join->filter == NULL || ggi_joined_match(join->filter, joined)
           || (joined->told && ggi_joined_is_withdrawn(joined)
               && ggi_filter_match(join->filter, &joined->first.logged));
}


static void
ggi_join_give(ggi_join_t *join, const ggi_joined_t *joined)
{
    if (!join->over && ggi_join_asked(join, joined)) {
        join->over = !join->give(join->data, joined);
    }
}


/* Gives a call that has been taken out of the list, and frees it. */
static void
ggi_join_release(ggi_join_t *join, ggi_joined_t *joined)
{
    ggi_join_give(join, joined);
    ggi_joined_free(joined);
}


/*
 * Gives those at the head of the list that are whole. When too many wait for the first,
 * that no longer has its place in the order.
 */
static void
ggi_join_flush(ggi_join_t *join)
{
    while (join->waiting.head) {
        if (!join->waiting.head->open) {
            ggi_join_release(join, ggi_joined_list_shift(&join->waiting));

        } else if (join->waiting.n > GGI_JOIN_WINDOW) {
            (void) ggi_joined_list_shift(&join->waiting);

        } else {
            return;
        }
    }
}


/* Returns 1 when a hash is in a table of GGI_JOIN_SEEN; otherwise 0, and it is from now on. */
static int
ggi_join_known(uint64_t *table, uint64_t hash)
{
    uint64_t  *place;

    hash |= 1;
    place = &table[(hash >> 20) % GGI_JOIN_SEEN];

    if (*place == hash) {
        return 1;
    }

    *place = hash;

    return 0;
}


/* Returns 1 when a record has a trace and a span by which what ends it is found. */
static int
ggi_join_has_span(const ggi_logged_t *logged)
{
    return logged->field[GGI_LOGGED_TRACE].len == GGI_TRACE_ID_LEN
           && logged->field[GGI_LOGGED_SPAN].len == GGI_SPAN_ID_LEN;
}


/* Returns 1 for a decision that lets the call through, and for a change: both have an end. */
static int
ggi_join_expects(const ggi_logged_t *logged)
{
    static const ggi_str_t  allowed = ggi_str("true");

    return (ggi_logged_is_change(logged)
            || (logged->kind == GGI_LOGGED_IS_DECISION
                && ggi_str_eq(logged->field[GGI_LOGGED_DECISION], allowed)))
           && ggi_join_has_span(logged);
}


/* Gives and frees the open calls that are in no list: their completion did not come. */
static void
ggi_join_lose(ggi_join_t *join)
{
    size_t          i;
    ggi_joined_t   *joined, **place;

    for (i = 0; join->buckets && i < GGI_JOIN_BUCKETS; i++) {
        for (place = &join->buckets[i]; (joined = *place) != NULL; ) {
            if (joined->ordered) {
                place = &joined->chain;
                continue;
            }

            ggi_join_close(join, place);
            joined->open = 1;

            if (!joined->told) {
                ggi_join_give(join, joined);
            }

            ggi_joined_free(joined);
        }
    }
}


/* Adds a call to those whose completion is waited for. */
static void
ggi_join_await(ggi_join_t *join, ggi_joined_t *joined)
{
    ggi_joined_t  **bucket;

    if (join->open == GGI_JOIN_OPEN) {
        ggi_join_lose(join);
    }

    bucket = ggi_join_bucket_of(join, joined);
    joined->chain = *bucket;
    *bucket = joined;
    joined->open = 1;
    join->open++;
}


/*
 * Ends the waiting for the completion of a call that was redirected to another dienst,
 * when the decision about that dienst comes: the completion will be that of this decision.
 */
static void
ggi_join_redirected(ggi_join_t *join, const ggi_logged_t *logged)
{
    ggi_joined_t    **place;
    const ggi_str_t  *field = logged->field;

    if (field[GGI_LOGGED_REDIRECTED].len == 0
        || field[GGI_LOGGED_TRACE].len != GGI_TRACE_ID_LEN
        || field[GGI_LOGGED_PARENT].len != GGI_SPAN_ID_LEN)
    {
        return;
    }

    place = ggi_join_find(join, field[GGI_LOGGED_TRACE].data, field[GGI_LOGGED_PARENT].data);

    if (place && (*place)->ordered) {
        ggi_join_close(join, place);
    }
}


/* Adds a call to the list, or gives it when it need not wait. */
static void
ggi_join_append(ggi_join_t *join, ggi_joined_t *joined)
{
    if (join->live && !joined->open) {
        ggi_join_release(join, joined);
        return;
    }

    ggi_joined_list_push(&join->waiting, joined);
    ggi_join_flush(join);
}


int
ggi_join_add(ggi_join_t *join, const char *line, size_t len, const ggi_logged_t *logged)
{
    ggi_joined_t  *joined;

    if (ggi_join_known(join->seen, ggi_index_hash(line, len))) {
        return 1;
    }

    joined = ggi_joined_create(line, len, logged);

    if (joined == NULL) {
        return 0;
    }

    ggi_join_redirected(join, logged);

    if (logged->kind == GGI_LOGGED_IS_DECISION && ggi_join_has_span(logged)) {
        (void) ggi_join_known(join->decided, ggi_join_hash(logged->field[GGI_LOGGED_TRACE].data,
                                                           logged->field[GGI_LOGGED_SPAN].data));
    }

    if (ggi_join_expects(logged)) {
        ggi_join_await(join, joined);
    }

    ggi_join_append(join, joined);

    return 1;
}


/* Adds a call whose decision is not there. Returns 1, or 0 without memory. */
static int
ggi_join_undecided(ggi_join_t *join, const char *line, size_t len, const ggi_glance_t *glance)
{
    int            known;
    ggi_logged_t   logged;
    ggi_joined_t  *joined;

    if (!ggi_joined_end_asked(join->filter, join->since, line, len, glance, &logged)) {
        return 1;
    }

    /* version 0.9 gave a completion the span of its decision */
    known = ggi_join_known(join->decided, ggi_join_hash(glance->trace, glance->span));

    if (glance->parent) {
        known |= ggi_join_known(join->decided, ggi_join_hash(glance->trace, glance->parent));
    }

    if (known) {
        return 1;
    }

    joined = ggi_joined_undecided(line, len, &logged);

    if (joined) {
        ggi_join_append(join, joined);
    }

    return joined != NULL;
}


int
ggi_join_end_call(ggi_join_t *join, const char *line, size_t len, const ggi_glance_t *glance)
{
    ggi_logged_t    logged;
    ggi_joined_t   *joined, **place;

    place = join->open ? ggi_join_find(join, glance->trace, glance->span) : NULL;

    if (place == NULL && join->open && glance->parent) {
        place = ggi_join_find(join, glance->trace, glance->parent);
    }

    if (place == NULL) {
        /* the outcome of a change that is not asked for */
        return glance->kind == GGI_LOGGED_IS_OUTCOME
               || ggi_join_undecided(join, line, len, glance);
    }

    /* the update of a cache, which goes on behind a call, does not end it */

    if (!ggi_logged_read(&logged, line, len)
        || logged.field[GGI_LOGGED_UPDATE].len)
    {
        return 1;
    }

    joined = *place;

    if (!ggi_joined_end(joined, line, len, &logged)) {
        return 0;
    }

    ggi_join_close(join, place);

    if (join->live || !joined->ordered) {
        if (joined->ordered) {
            ggi_joined_list_remove(&join->waiting, joined);
        }

        ggi_join_release(join, joined);
        return 1;
    }

    ggi_join_flush(join);

    return 1;
}


void
ggi_join_live(ggi_join_t *join)
{
    ggi_joined_t  *joined, *next;

    join->live = 1;

    for (joined = join->waiting.head; joined; joined = next) {
        next = joined->next;

        if (!joined->open) {
            ggi_joined_list_remove(&join->waiting, joined);
            ggi_join_release(join, joined);
        }
    }
}


void
ggi_join_tell(ggi_join_t *join, uint64_t before)
{
    ggi_joined_t  *joined, *next;

    for (joined = join->waiting.head; joined && joined->first.logged.time < before; joined = next) {
        next = joined->next;

        if (!joined->told) {
            joined->told = 1;
            ggi_join_give(join, joined);
        }
    }
}


int
ggi_join_awaits(const ggi_join_t *join, int (*has)(const void *part, ggi_str_t trace),
    const void *part)
{
    size_t               open;
    const ggi_joined_t  *joined;

    if (join->open == 0) {
        return 0;
    }

    if (join->waiting.n > GGI_JOIN_LOOK) {
        return 1;
    }

    for (open = 0, joined = join->waiting.head; joined; joined = joined->next) {
        if (joined->open) {
            if (has(part, joined->first.logged.field[GGI_LOGGED_TRACE])) {
                return 1;
            }

            open++;
        }
    }

    /* the others are no longer in the list */
    return open < join->open;
}


void
ggi_join_finish(ggi_join_t *join)
{
    ggi_joined_t  *joined;

    while (join->waiting.head) {
        joined = ggi_joined_list_shift(&join->waiting);

        if (!joined->open) {
            ggi_join_release(join, joined);

        } else if (!joined->told) {
            /* what frees it finds it in its bucket */
            joined->told = 1;
            ggi_join_give(join, joined);
        }
    }

    ggi_join_lose(join);
}


void
ggi_join_free(ggi_join_t *join)
{
    join->over = 1;
    ggi_join_finish(join);
    free(join->buckets);
    free(join->seen);
    free(join->decided);
    memset(join, 0, sizeof(ggi_join_t));
}
