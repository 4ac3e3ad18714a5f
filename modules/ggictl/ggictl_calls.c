/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggictl_calls.h"
#include "ggictl_out.h"

#define GGICTL_CALLS_LATE   60000       /* ms by which records may be out of order */
#define GGICTL_CALLS_IDLE   3000        /* looks at a file that is gone before it is left */
#define GGICTL_CALLS_LONG   3600000     /* ms behind the last time in which calls may complete */


/* Returns 1 when a file is among those that were found, 0 otherwise. */
static int
ggictl_calls_known(const ggictl_calls_t *calls, dev_t device, ino_t inode)
{
    size_t  i;

    for (i = 0; i < calls->n; i++) {
        if (calls->sources[i]->device == device && calls->sources[i]->inode == inode) {
            return 1;
        }
    }

    return 0;
}


/* Makes room for one more in a list of n files. Returns 1, or 0 after a message. */
static int
ggictl_calls_room(ggictl_source_t ***list, size_t n)
{
    ggictl_source_t  **longer;

    longer = realloc(*list, (n + 1) * sizeof(ggictl_source_t *));

    if (longer == NULL) {
        (void) ggictl_fail("no memory");
        return 0;
    }

    *list = longer;

    return 1;
}


/*
 * Adds a file, unless it is there already. Returns it; or NULL after a message, or, with
 * *good set to 1, when it is there.
 */
static ggictl_source_t *
ggictl_calls_add(ggictl_calls_t *calls, const char *name, int *good)
{
    ggictl_source_t  *source;

    *good = 0;

    if (!ggictl_calls_room(&calls->sources, calls->n)
        || !ggictl_calls_room(&calls->heap.sources, calls->n))
    {
        return NULL;
    }

    source = malloc(sizeof(ggictl_source_t));

    if (source == NULL) {
        (void) ggictl_fail("no memory");
        return NULL;
    }

    if (ggictl_source_look(source, name) == -1) {
        ggictl_source_free(source);
        free(source);
        return NULL;
    }

    *good = 1;

    if (ggictl_calls_known(calls, source->device, source->inode)) {
        ggictl_source_free(source);
        free(source);
        return NULL;
    }

    source->follow = calls->follow && !source->packed;
    calls->sources[calls->n++] = source;

    return source;
}


/* Returns 1 when a file may have records that are asked for. */
static int
ggictl_calls_within(const ggictl_calls_t *calls, const ggictl_source_t *source)
{
    uint64_t  to;

    to = calls->filter->to;

    return to > UINT64_MAX - GGICTL_CALLS_LONG || source->time <= to + GGICTL_CALLS_LONG;
}


/*
 * Returns 1 when another file that was found begins with the line of this one, by which an index
 * is known, so that an index that is there is of one of them, and nobody knows which; 0 otherwise.
 */
static int
ggictl_calls_has_twin(const ggictl_calls_t *calls, const ggictl_source_t *source)
{
    size_t  i;

    for (i = 0; i < calls->n; i++) {
        if (calls->sources[i] != source && source->line_hash
            && calls->sources[i]->line_hash == source->line_hash)
        {
            return 1;
        }
    }

    return 0;
}


/*
 * Adds all files that were found, with their indexes in a directory; NULL is that of each file.
 * Returns 1, or 0 after a message.
 */
static int
ggictl_calls_sources(ggictl_calls_t *calls, const char *directory)
{
    int               good;
    size_t            i, before;
    ggictl_source_t  *source;

    before = calls->n;

    for (i = 0; i < calls->files.n; i++) {
        (void) ggictl_calls_add(calls, calls->files.files[i].name, &good);

        if (!good) {
            return 0;
        }
    }

    for (i = before; i < calls->n; i++) {
        source = calls->sources[i];

        if (!calls->follow && !ggictl_calls_has_twin(calls, source)) {
            ggictl_source_index(source, directory);
        }

        if (ggictl_source_find(source, calls->filter->from) == -1) {
            return 0;
        }

        if (ggictl_calls_within(calls, source)) {
            ggictl_heap_push(&calls->heap, source);
        }
    }

    return 1;
}


int
ggictl_calls_open(ggictl_calls_t *calls, const ggi_filter_t *filter,
    const ggictl_args_t *args, ggi_join_pt give, void *data, int follow)
{
    int  i, good;

    memset(calls, 0, sizeof(ggictl_calls_t));
    calls->filter = filter;
    calls->follow = follow;

    if (!ggi_join_init(&calls->join, filter, give, data)) {
        (void) ggictl_fail("no memory");
        return 0;
    }

    calls->join.since = filter->from;
    calls->asked.filter = filter;
    calls->asked.wide = ggi_filter_widen(filter, &calls->wide) ? &calls->wide : NULL;
    calls->asked.join = &calls->join;

    good = args->n || ggictl_log_files_add(&calls->files, GGICTL_LOG_DEFAULT);

    for (i = 0; i < args->n && good; i++) {
        good = ggictl_log_files_add(&calls->files, args->arguments[i]);
    }

    return good && ggictl_calls_sources(calls, args->option[GGICTL_INDEX]);
}


/* Returns 1 when a file can be read once only, such as standard input; 0 otherwise. */
static int
ggictl_calls_once(const ggictl_calls_t *calls)
{
    size_t  i;

    for (i = 0; i < calls->n; i++) {
        if (calls->sources[i]->once) {
            return 1;
        }
    }

    return 0;
}


int
ggictl_calls_back(ggictl_calls_t *calls, uint64_t bytes)
{
    int               left_out;
    size_t            i, n;
    uint64_t          since;
    struct stat       st;
    ggictl_source_t  *source;

    if (bytes == 0 || ggictl_calls_once(calls)) {
        return GGICTL_CALLS_WHOLE;
    }

    /* the files that are not packed are read from there, and the others not at all */

    left_out = GGICTL_CALLS_WHOLE;
    since = 0;
    n = calls->heap.n;
    calls->heap.n = 0;

    for (i = 0; i < n; i++) {
        source = calls->heap.sources[i];

        if (source->packed) {
            left_out = left_out ? left_out : GGICTL_CALLS_PACKED;
            continue;
        }

        if (stat(source->name, &st) == 0 && (uint64_t) st.st_size > bytes) {
            (void) ggictl_source_cut(source, (uint64_t) st.st_size - bytes);
            left_out = GGICTL_CALLS_CUT;
        }

        since = source->time > since ? source->time : since;
        ggictl_heap_push(&calls->heap, source);
    }

    if (left_out && since > calls->join.since) {
        calls->join.since = since;
    }

    return left_out;
}


/* Adds the next line of a file to what is joined. Returns GGICTL_OK, or GGICTL_ERROR. */
static int
ggictl_calls_line(ggictl_calls_t *calls, const ggictl_source_t *source)
{
    int  good;

    calls->lines++;
    good = 1;

    if (source->line_read) {
        good = ggi_join_add(&calls->join, source->line, source->len, &source->logged);

    } else if (ggi_logged_ends(source->glance.kind)) {
        good = ggi_join_end_call(&calls->join, source->line, source->len, &source->glance);
    }

    return good ? GGICTL_OK : ggictl_fail("no memory");
}


/* Returns 1 when nothing that is asked for can come at a time or later. */
static int
ggictl_calls_past(const ggictl_calls_t *calls, uint64_t time)
{
    uint64_t  to;

    to = calls->filter->to;

    if (calls->join.over) {
        return 1;
    }

    return to < UINT64_MAX - GGICTL_CALLS_LONG && time > to + GGICTL_CALLS_LATE
           && (calls->join.open == 0 || time > to + GGICTL_CALLS_LONG);
}


/* Reads the files of the heap to their ends. Returns GGICTL_OK, or GGICTL_ERROR. */
static int
ggictl_calls_merge(ggictl_calls_t *calls)
{
    int               rc;
    ggictl_source_t  *source;

    while (calls->heap.n && !ggictl_calls_past(calls, calls->heap.sources[0]->time)) {
        source = calls->heap.sources[0];

        if (source->line && ggictl_calls_line(calls, source) != GGICTL_OK) {
            return GGICTL_ERROR;
        }

        rc = ggictl_source_next(source, &calls->asked);

        if (rc == -1) {
            return GGICTL_ERROR;
        }

        if (rc == 0) {
            ggictl_heap_pop(&calls->heap);

        } else {
            ggictl_heap_sink(&calls->heap);
        }
    }

    return GGICTL_OK;
}


/*
 * Looks which calls were withdrawn. When any file tells of one, each call of a file without an
 * index may be it, since that may have been rotated meanwhile. Returns 1, or 0 after a message.
 */
static int
ggictl_calls_withdrawn(const ggictl_calls_t *calls)
{
    int               found;
    size_t            i;
    ggictl_source_t  *source;

    for (i = 0, found = 0; i < calls->heap.n; i++) {
        source = calls->heap.sources[i];

        if (ggictl_source_withdrawn(source, !calls->follow) == -1) {
            return 0;
        }

        found |= source->withdrawn->found;
    }

    for (i = 0; i < calls->heap.n; i++) {
        source = calls->heap.sources[i];
        source->withdrawn->any |= (found && source->index.blocks == NULL);
    }

    return 1;
}


int
ggictl_calls_read(ggictl_calls_t *calls)
{
    int  rc;

    rc = (calls->asked.wide == NULL || ggictl_calls_withdrawn(calls)) ? ggictl_calls_merge(calls)
                                                                      : GGICTL_ERROR;

    if (!calls->follow && rc == GGICTL_OK) {
        ggi_join_finish(&calls->join);
    }

    return rc;
}


/* Adds the files that are new. A file that cannot be read now is tried again later. */
static void
ggictl_calls_renew(ggictl_calls_t *calls, const ggictl_args_t *args)
{
    int                  i, good;
    size_t               k;
    struct stat          st;
    ggictl_log_files_t   files;

    memset(&files, 0, sizeof(ggictl_log_files_t));
    files.quiet = 1;

    if (args->n == 0) {
        (void) ggictl_log_files_add(&files, GGICTL_LOG_DEFAULT);
    }

    for (i = 0; i < args->n; i++) {
        if (strcmp(args->arguments[i], "-") != 0) {
            (void) ggictl_log_files_add(&files, args->arguments[i]);
        }
    }

    for (k = 0; k < files.n; k++) {
        if (stat(files.files[k].name, &st) == 0
            && !ggictl_calls_known(calls, st.st_dev, st.st_ino))
        {
            (void) ggictl_calls_add(calls, files.files[k].name, &good);
        }
    }

    ggictl_log_files_free(&files);
}


/* Stops to follow a file that has not grown for long, and whose name is that of another one. */
static void
ggictl_calls_leave(ggictl_source_t *source)
{
    struct stat  st;

    if (++source->idle < GGICTL_CALLS_IDLE) {
        return;
    }

    source->idle = 0;

    if (stat(source->name, &st) == -1 || st.st_dev != source->device
        || st.st_ino != source->inode)
    {
        source->follow = 0;
        ggictl_source_close(source);
    }
}


int
ggictl_calls_again(ggictl_calls_t *calls, const ggictl_args_t *args)
{
    int               rc;
    size_t            i;
    ggictl_source_t  *source;

    ggictl_calls_renew(calls, args);

    for (i = 0; i < calls->n; i++) {
        source = calls->sources[i];

        if (!source->follow) {
            continue;
        }

        rc = ggictl_source_next(source, &calls->asked);

        if (rc == -1) {
            return GGICTL_ERROR;
        }

        if (rc == 1) {
            source->idle = 0;
            ggictl_heap_push(&calls->heap, source);

        } else {
            ggictl_calls_leave(source);
        }
    }

    return ggictl_calls_merge(calls);
}


void
ggictl_calls_free(ggictl_calls_t *calls)
{
    size_t  i;

    if (calls->join.buckets) {
        ggi_join_free(&calls->join);
    }

    for (i = 0; i < calls->n; i++) {
        ggictl_source_free(calls->sources[i]);
        free(calls->sources[i]);
    }

    free(calls->sources);
    free(calls->heap.sources);
    ggictl_log_files_free(&calls->files);
}
