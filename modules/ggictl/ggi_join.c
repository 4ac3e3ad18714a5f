/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_index.h"
#include "ggi_join.h"

#define GGI_JOIN_BUCKETS  16384


int
ggi_join_init(ggi_join_t *join, ggi_join_pt give, void *data)
{
    memset(join, 0, sizeof(ggi_join_t));
    join->give = give;
    join->data = data;
    join->buckets = calloc(GGI_JOIN_BUCKETS, sizeof(ggi_joined_t *));
    join->seen = calloc(GGI_JOIN_SEEN, sizeof(uint64_t));

    return join->buckets && join->seen;
}


static void
ggi_join_record_free(ggi_joined_record_t *record)
{
    free(record->line);
}


static void
ggi_join_drop(ggi_joined_t *joined)
{
    ggi_join_record_free(&joined->first);
    ggi_join_record_free(&joined->completion);
    free(joined);
}


/* Copies a record that was read from a line. Returns 1, or 0 without memory. */
static int
ggi_join_copy(ggi_joined_record_t *record, const char *line, size_t len,
    const ggi_logged_t *logged)
{
    len -= (len && line[len - 1] == '\n');
    record->line = malloc(len + 1);

    if (record->line == NULL) {
        return 0;
    }

    memcpy(record->line, line, len);
    record->line[len] = '\0';
    record->len = len;
    record->logged = *logged;
    ggi_logged_move(&record->logged, line, record->line);

    return 1;
}


static ggi_joined_t **
ggi_join_bucket(const ggi_join_t *join, const char *trace, const char *span)
{
    uint64_t  hash;

    hash = ggi_index_hash(trace, GGI_TRACE_ID_LEN) ^ ggi_index_hash(span, GGI_SPAN_ID_LEN);

    return &join->buckets[hash % GGI_JOIN_BUCKETS];
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


/* Takes the first out of the list, which is not empty. Returns it. */
static ggi_joined_t *
ggi_join_shift(ggi_join_t *join)
{
    ggi_joined_t  *joined;

    joined = join->head;

    /* clang-tidy 14 loses track of a list that is linked both ways */
    /* NOLINTBEGIN(clang-analyzer-unix.Malloc) */
    join->head = joined->next;
    *(join->head ? &join->head->previous : &join->tail) = NULL;
    /* NOLINTEND(clang-analyzer-unix.Malloc) */
    joined->ordered = 0;
    join->waiting--;

    return joined;
}


static void
ggi_join_unlink(ggi_join_t *join, ggi_joined_t *joined)
{
    if (joined == join->head) {
        (void) ggi_join_shift(join);
        return;
    }

    joined->previous->next = joined->next;
    *(joined->next ? &joined->next->previous : &join->tail) = joined->previous;
    joined->ordered = 0;
    join->waiting--;
}


static void
ggi_join_give(ggi_join_t *join, const ggi_joined_t *joined)
{
    if (!join->over) {
        join->over = !join->give(join->data, joined);
    }
}


/* Gives a call that has been taken out of the list, and frees it. */
static void
ggi_join_release(ggi_join_t *join, ggi_joined_t *joined)
{
    ggi_join_give(join, joined);
    ggi_join_drop(joined);
}


/*
 * Gives those at the head of the list that are whole. When too many wait for the first,
 * that no longer has its place in the order.
 */
static void
ggi_join_flush(ggi_join_t *join)
{
    while (join->head) {
        if (!join->head->open) {
            ggi_join_release(join, ggi_join_shift(join));

        } else if (join->waiting > GGI_JOIN_WINDOW) {
            (void) ggi_join_shift(join);

        } else {
            return;
        }
    }
}


/* Returns 1 when a line came before; remembers it otherwise. */
static int
ggi_join_twice(ggi_join_t *join, const char *line, size_t len)
{
    uint64_t  hash, *seen;

    hash = ggi_index_hash(line, len) | 1;
    seen = &join->seen[(hash >> 20) % GGI_JOIN_SEEN];

    if (*seen == hash) {
        return 1;
    }

    *seen = hash;

    return 0;
}


/* Returns 1 when a decision lets the call through, so that it has a completion. */
static int
ggi_join_expects(const ggi_logged_t *logged)
{
    static const ggi_str_t  allowed = ggi_str("true");

    return logged->kind == GGI_LOGGED_IS_DECISION
           && ggi_str_eq(logged->field[GGI_LOGGED_DECISION], allowed)
           && logged->field[GGI_LOGGED_TRACE].len == GGI_TRACE_ID_LEN
           && logged->field[GGI_LOGGED_SPAN].len == GGI_SPAN_ID_LEN;
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

            ggi_join_drop(joined);
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


int
ggi_join_add(ggi_join_t *join, const char *line, size_t len, const ggi_logged_t *logged)
{
    ggi_joined_t  *joined;

    if (ggi_join_twice(join, line, len)) {
        return 1;
    }

    joined = calloc(1, sizeof(ggi_joined_t));

    if (joined == NULL || !ggi_join_copy(&joined->first, line, len, logged)) {
        free(joined);
        return 0;
    }

    ggi_join_redirected(join, logged);

    if (ggi_join_expects(logged)) {
        ggi_join_await(join, joined);
    }

    if (join->live && !joined->open) {
        ggi_join_release(join, joined);
        return 1;
    }

    joined->ordered = 1;
    joined->previous = join->tail;
    *(join->tail ? &join->tail->next : &join->head) = joined;
    join->tail = joined;
    join->waiting++;
    ggi_join_flush(join);

    return 1;
}


int
ggi_join_complete(ggi_join_t *join, const char *line, size_t len, const ggi_glance_t *glance)
{
    ggi_logged_t    logged;
    ggi_joined_t   *joined, **place;

    if (join->open == 0) {
        return 1;
    }

    place = ggi_join_find(join, glance->trace, glance->span);

    if (place == NULL && glance->parent) {
        place = ggi_join_find(join, glance->trace, glance->parent);
    }

    /* the update of a cache, which goes on behind a call, does not end it */

    if (place == NULL || !ggi_logged_read(&logged, line, len)
        || logged.field[GGI_LOGGED_UPDATE].len)
    {
        return 1;
    }

    joined = *place;

    if (!ggi_join_copy(&joined->completion, line, len, &logged)) {
        return 0;
    }

    ggi_join_close(join, place);

    if (join->live || !joined->ordered) {
        if (joined->ordered) {
            ggi_join_unlink(join, joined);
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

    for (joined = join->head; joined; joined = next) {
        next = joined->next;

        if (!joined->open) {
            ggi_join_unlink(join, joined);
            ggi_join_release(join, joined);
        }
    }
}


void
ggi_join_tell(ggi_join_t *join, uint64_t before)
{
    ggi_joined_t  *joined, *next;

    for (joined = join->head; joined && joined->first.logged.time < before; joined = next) {
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

    if (join->waiting > GGI_JOIN_LOOK) {
        return 1;
    }

    for (open = 0, joined = join->head; joined; joined = joined->next) {
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
ggi_join_end(ggi_join_t *join)
{
    ggi_joined_t  *joined;

    while (join->head) {
        joined = ggi_join_shift(join);

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
    ggi_join_end(join);
    free(join->buckets);
    free(join->seen);
    memset(join, 0, sizeof(ggi_join_t));
}
