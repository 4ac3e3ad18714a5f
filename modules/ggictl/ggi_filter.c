/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* memmem() */
#include <string.h>

#include "ggi_filter.h"


void
ggi_filter_init(ggi_filter_t *filter)
{
    memset(filter, 0, sizeof(ggi_filter_t));
    filter->to = UINT64_MAX;
    filter->calls = 1;
    filter->trail = 1;
}


int
ggi_filter_add(ggi_filter_t *filter, ggi_logged_field_e field, ggi_str_t text)
{
    ggi_filter_texts_t  *is;

    is = &filter->is[field];

    if (is->n == GGI_FILTER_ANY) {
        return 0;
    }

    is->any[is->n++] = text;

    return 1;
}


/* Returns 1 when a line has one of the texts somewhere. */
static int
ggi_filter_has(const ggi_filter_texts_t *is, const char *line, size_t len)
{
    size_t  i;

    for (i = 0; i < is->n; i++) {
        if (memmem(line, len, is->any[i].data, is->any[i].len) != NULL) {
            return 1;
        }
    }

    return 0;
}


/* Returns the longest part of a pattern that has no "*". */
static ggi_str_t
ggi_filter_literal(ggi_str_t pattern)
{
    ggi_str_t    part, longest = { 0, NULL };
    const char  *star, *end;

    end = pattern.data + pattern.len;

    for (part.data = pattern.data; part.data < end; part.data = star + 1) {
        star = memchr(part.data, '*', (size_t) (end - part.data));
        star = star ? star : end;
        part.len = (size_t) (star - part.data);

        if (part.len > longest.len) {
            longest = part;
        }
    }

    return longest;
}


int
ggi_filter_glance(const ggi_filter_t *filter, const char *line, size_t len)
{
    size_t     i;
    ggi_str_t  literal;

    /* the fields that tell most records apart are looked for first */
    static const ggi_logged_field_e  telling[] = {
        GGI_LOGGED_TRANSACTION, GGI_LOGGED_TRACE, GGI_LOGGED_SUBJECT, GGI_LOGGED_CONSENT,
        GGI_LOGGED_USER,
        GGI_LOGGED_REASON, GGI_LOGGED_FUNCTIE, GGI_LOGGED_TOEPASSING, GGI_LOGGED_OIN,
        GGI_LOGGED_DOELBINDING, GGI_LOGGED_DIENST, GGI_LOGGED_EVENT
    };

    static const char  observed[] = "\"would_refuse\"";

    if (filter->is[GGI_LOGGED_WOULD_REFUSE].n
        && memmem(line, len, observed, sizeof(observed) - 1) == NULL)
    {
        return 0;
    }

    for (i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
        if (filter->is[telling[i]].n) {
            return ggi_filter_has(&filter->is[telling[i]], line, len);
        }
    }

    literal = ggi_filter_literal(filter->path);

    return literal.len == 0 || memmem(line, len, literal.data, literal.len) != NULL;
}


int
ggi_filter_pattern(ggi_str_t pattern, ggi_str_t text)
{
    size_t  p, t, star, from;

    p = 0;
    star = pattern.len;
    from = 0;

    for (t = 0; t < text.len; ) {
        if (p < pattern.len && pattern.data[p] == '*') {
            star = p++;
            from = t;

        } else if (p < pattern.len && pattern.data[p] == text.data[t]) {
            p++;
            t++;

        } else if (star < pattern.len) {
            /* the last "*" takes one byte more */
            p = star + 1;
            t = ++from;

        } else {
            return 0;
        }
    }

    while (p < pattern.len && pattern.data[p] == '*') {
        p++;
    }

    return p == pattern.len;
}


int
ggi_filter_widen(const ggi_filter_t *filter, ggi_filter_t *wide)
{
    const ggi_filter_texts_t  *decision, *reason;

    static const ggi_str_t  allowed = ggi_str("true");
    static const ggi_str_t  refused = ggi_str("false");
    static const ggi_str_t  withdrawn = ggi_str("audit_unavailable");

    decision = &filter->is[GGI_LOGGED_DECISION];
    reason = &filter->is[GGI_LOGGED_REASON];

    if (!filter->calls || decision->n + reason->n == 0
        || (decision->n && !ggi_str_in(decision->any, decision->n, refused))
        || (reason->n && !ggi_str_in(reason->any, reason->n, withdrawn)))
    {
        return 0;
    }

    *wide = *filter;
    wide->trail = 0;
    wide->is[GGI_LOGGED_REASON].n = 0;
    wide->is[GGI_LOGGED_DECISION].n = 0;

    return ggi_filter_add(wide, GGI_LOGGED_DECISION, allowed);
}


/* Returns 1 when a field of a record is what is asked for. */
static int
ggi_filter_field(const ggi_filter_t *filter, const ggi_logged_t *logged,
    ggi_logged_field_e field)
{
    const ggi_filter_texts_t  *is;

    is = &filter->is[field];

    return is->n == 0 || ggi_str_in(is->any, is->n, logged->field[field])
           || (field == GGI_LOGGED_OIN
               && ggi_str_in(is->any, is->n, logged->field[GGI_LOGGED_NAMENS]));
}


int
ggi_filter_match(const ggi_filter_t *filter, const ggi_logged_t *logged)
{
    size_t  i;

    static const ggi_str_t  tombstone = ggi_str("ggi.tombstone");

    /* tombstones are shown only when they are asked for */

    if (filter->calls && ggi_str_eq(logged->field[GGI_LOGGED_EVENT], tombstone)) {
        return 0;
    }

    /* when no calls are asked for, a withdrawal is a record of the trail */

    if (logged->kind == GGI_LOGGED_IS_TRAIL
        || (logged->kind == GGI_LOGGED_IS_WITHDRAWAL && !filter->calls)
        ? !filter->trail : !filter->calls)
    {
        return 0;
    }

    if (logged->time < filter->from || logged->time >= filter->to) {
        return 0;
    }

    for (i = 0; i < GGI_LOGGED_FIELDS; i++) {
        if (!ggi_filter_field(filter, logged, (ggi_logged_field_e) i)) {
            return 0;
        }
    }

    return filter->path.len == 0
           || ggi_filter_pattern(filter->path, logged->field[GGI_LOGGED_PATH]);
}
