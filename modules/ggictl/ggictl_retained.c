/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ggi_glance.h"
#include "ggi_index.h"
#include "ggi_logged_text.h"
#include "ggictl_args.h"
#include "ggictl_out.h"
#include "ggictl_retained.h"

#define GGICTL_RETAINED_DECIDED  (128 * 1024)   /* decisions whose end is looked for */
#define GGICTL_RETAINED_NONE     "-"    /* counts records that name no doelbinding */


/* Sets a term to a duration. Returns 1, or 0 when it is none that can be used. */
static int
ggictl_term_read(ggictl_term_t *term, ggi_str_t text)
{
    memset(term, 0, sizeof(ggictl_term_t));

    if (text.len > GGI_TOMBSTONE_RETENTION || !ggi_retention_read(&term->retention, text)) {
        return 0;
    }

    memcpy(term->text, text.data, text.len);
    term->known = 1;

    return 1;
}


/* Has the longest term be this one when it ends later. */
static void
ggictl_term_longest(ggictl_retained_t *retained, const ggictl_term_t *term)
{
    if (!retained->longest.known
        || ggi_retention_end(&term->retention, retained->now)
           > ggi_retention_end(&retained->longest.retention, retained->now))
    {
        retained->longest = *term;
    }
}


int
ggictl_retained_start(ggictl_retained_t *retained, const char *file, const char *other,
    json_t *counts)
{
    size_t         i;
    ggi_fault_t    fault = ggi_fault_init;
    ggictl_term_t  term;

    memset(retained, 0, sizeof(ggictl_retained_t));
    retained->now = (int64_t) time(NULL);
    retained->counts = counts;
    retained->decided = calloc(GGICTL_RETAINED_DECIDED, sizeof(ggictl_decided_t));

    if (retained->decided == NULL) {
        (void) ggictl_fail("no memory");
        return 0;
    }

    if (other && !ggictl_term_read(&retained->other, ggictl_str(other))) {
        (void) ggictl_fail("--default: expected a duration of ISO 8601, such as P5Y, not \"%s\"",
                           other);
        return 0;
    }

    if (other) {
        ggictl_term_longest(retained, &retained->other);
    }

    if (file == NULL) {
        return 1;
    }

    if (!ggi_register_read(&retained->reg, file, &fault)) {
        (void) ggictl_fail("%s: %s", file, fault.text);
        return 0;
    }

    retained->has_reg = 1;

    for (i = 0; i < retained->reg.n; i++) {
        if (ggictl_term_read(&term, retained->reg.doelbindingen[i].bewaartermijn)) {
            ggictl_term_longest(retained, &term);
        }
    }

    return 1;
}


/* Returns the id of the doelbinding of a decision, which the caller frees; or NULL. */
static char *
ggictl_retained_id(const ggi_logged_t *logged)
{
    char    *id;
    size_t   len;

    id = malloc(logged->field[GGI_LOGGED_DOELBINDING].len + sizeof(GGICTL_RETAINED_NONE));

    if (id) {
        len = ggi_logged_text_read(id, logged->field[GGI_LOGGED_DOELBINDING]);
        id[len] = '\0';

        if (len == 0 || strlen(id) != len) {
            memcpy(id, GGICTL_RETAINED_NONE, sizeof(GGICTL_RETAINED_NONE));
        }
    }

    return id;
}


/*
 * Sets the term of a decision: that of its doelbinding in the register; that which the record
 * names when the register has none; or the other one. Returns 1, or 0 when it has no term.
 */
static int
ggictl_retained_term(const ggictl_retained_t *retained, const ggi_logged_t *logged,
    const char *id, ggictl_term_t *term)
{
    const ggi_doelbinding_t  *d;

    d = retained->has_reg ? ggi_register_find(&retained->reg, ggictl_str(id)) : NULL;

    if ((d && ggictl_term_read(term, d->bewaartermijn))
        || ggictl_term_read(term, logged->field[GGI_LOGGED_BEWAARTERMIJN]))
    {
        return 1;
    }

    *term = retained->other;

    return term->known;
}


/* Returns the integer that counts records of a doelbinding; NULL without memory. */
static json_t *
ggictl_retained_count(ggictl_retained_t *retained, const char *id)
{
    json_t  *count;

    count = json_object_get(retained->counts, id);

    if (count == NULL) {
        count = json_integer(0);
        json_object_set_new(retained->counts, id, count);
    }

    return count;
}


/* Returns the place of a decision with this trace and span. */
static ggictl_decided_t *
ggictl_retained_place(ggictl_retained_t *retained, const char *trace, const char *span,
    uint64_t *key)
{
    *key = (ggi_index_hash(trace, GGI_TRACE_ID_LEN) ^ ggi_index_hash(span, GGI_SPAN_ID_LEN)) | 1;

    return &retained->decided[(*key >> 20) % GGICTL_RETAINED_DECIDED];
}


/* Sets what a decision has by itself. Returns 1, or 0 when it is to be kept for ever. */
static int
ggictl_retained_decision(ggictl_retained_t *retained, const char *line, size_t len,
    ggictl_decided_t *decided, uint64_t *time)
{
    char              *id;
    uint64_t           key;
    ggi_logged_t       logged;
    ggictl_term_t      term;
    ggictl_decided_t  *place;

    if (!ggi_logged_read(&logged, line, len) || logged.kind != GGI_LOGGED_IS_DECISION
        || logged.time == 0)
    {
        return 0;
    }

    id = ggictl_retained_id(&logged);
    memset(decided, 0, sizeof(ggictl_decided_t));
    decided->end = INT64_MAX;
    *time = logged.time;

    if (id && ggictl_retained_term(retained, &logged, id, &term)) {
        decided->end = ggi_retention_end(&term.retention, (int64_t) (logged.time / 1000));
        decided->count = (decided->end <= retained->now) ? ggictl_retained_count(retained, id)
                                                         : NULL;
        memcpy(decided->text, term.text, sizeof(term.text));
    }

    free(id);

    if (logged.field[GGI_LOGGED_TRACE].len == GGI_TRACE_ID_LEN
        && logged.field[GGI_LOGGED_SPAN].len == GGI_SPAN_ID_LEN)
    {
        place = ggictl_retained_place(retained, logged.field[GGI_LOGGED_TRACE].data,
                                      logged.field[GGI_LOGGED_SPAN].data, &key);
        *place = *decided;
        place->key = key;
    }

    return 1;
}


/*
 * Sets what the end of a call has by its decision; or, when that was not seen lately, by the
 * longest term that there is. Returns 1, or 0 when it is to be kept for ever.
 */
static int
ggictl_retained_end(ggictl_retained_t *retained, const ggi_glance_t *glance,
    ggictl_decided_t *decided)
{
    uint64_t                 key;
    const ggictl_decided_t  *place;

    place = ggictl_retained_place(retained, glance->trace, glance->span, &key);

    if (place->key != key && glance->parent) {
        place = ggictl_retained_place(retained, glance->trace, glance->parent, &key);
    }

    if (place->key == key) {
        *decided = *place;
        return 1;
    }

    if (!retained->longest.known) {
        return 0;
    }

    decided->end = ggi_retention_end(&retained->longest.retention, (int64_t) (glance->time / 1000));
    decided->count = (decided->end <= retained->now)
                     ? ggictl_retained_count(retained, GGICTL_RETAINED_NONE) : NULL;
    memcpy(decided->text, retained->longest.text, sizeof(decided->text));

    return 1;
}


const char *
ggictl_retained_over(ggictl_retained_t *retained, const char *line, size_t len, uint64_t *time)
{
    int                rc;
    ggi_glance_t       glance;
    ggictl_decided_t  *last;

    ggi_glance_line(line, len, &glance);
    *time = glance.time;
    last = &retained->last;

    if (glance.kind == GGI_LOGGED_IS_TRAIL) {
        return NULL;
    }

    rc = ggi_logged_ends(glance.kind)
         ? ggictl_retained_end(retained, &glance, last)
         : ggictl_retained_decision(retained, line, len, last, time);

    if (!rc || last->end > retained->now || last->count == NULL) {
        return NULL;
    }

    if (retained->counting) {
        json_integer_set(last->count, json_integer_value(last->count) + 1);
    }

    return last->text;
}


int
ggictl_retained_unknown(ggictl_retained_t *retained, int64_t since)
{
    json_t  *count;

    if (!retained->longest.known
        || ggi_retention_end(&retained->longest.retention, since) > retained->now)
    {
        return 0;
    }

    count = ggictl_retained_count(retained, GGICTL_RETAINED_NONE);

    if (retained->counting && count) {
        json_integer_set(count, json_integer_value(count) + 1);
    }

    return 1;
}


void
ggictl_retained_recount(ggictl_retained_t *retained, const json_t *before)
{
    json_t      *count;
    const char  *id;

    json_object_foreach(retained->counts, id, count) {
        json_integer_set(count, json_integer_value(json_object_get(before, id)));
    }
}


void
ggictl_retained_free(ggictl_retained_t *retained)
{
    if (retained->has_reg) {
        ggi_register_free(&retained->reg);
    }

    free(retained->decided);
    memset(retained, 0, sizeof(ggictl_retained_t));
}
