/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* O_TMPFILE */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ggi_room.h"
#include "ggictl_out.h"
#include "ggictl_sort.h"

#define GGICTL_SORT_CHUNK  (256 * 1024) /* bytes that are written at once */
#define GGICTL_SORT_LEAST  (16 * 1024)  /* bytes of a run that are read at once */
#define GGICTL_SORT_MOST   (1024 * 1024)


int
ggictl_sort_init(ggictl_sort_t *sort, ggictl_sort_compare_pt compare, size_t memory)
{
    memset(sort, 0, sizeof(ggictl_sort_t));
    sort->compare = compare;
    sort->memory = memory;
    sort->fd = -1;
    sort->arena = malloc(memory);

    if (sort->arena == NULL) {
        (void) ggictl_fail("no memory");
    }

    return sort->arena != NULL;
}


static uint32_t
ggictl_sort_size(const void *item)
{
    uint32_t  size;

    memcpy(&size, item, sizeof(size));

    return size;
}


/* Makes the temporary file. Returns 1, or 0 after a message. */
static int
ggictl_sort_open(ggictl_sort_t *sort)
{
    char         name[PATH_MAX];
    const char  *directory;

    directory = getenv("TMPDIR");
    directory = (directory && *directory) ? directory : "/var/tmp";
    sort->fd = open(directory, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);

    if (sort->fd == -1
        && (size_t) snprintf(name, sizeof(name), "%s/ggictl.XXXXXX", directory) < sizeof(name))
    {
        /* a filesystem that has no files without a name */

        sort->fd = mkostemp(name, O_CLOEXEC);

        if (sort->fd != -1) {
            (void) unlink(name);
        }
    }

    if (sort->fd == -1) {
        (void) ggictl_fail("%s: no temporary file can be made: %s; name another directory by "
                           "TMPDIR", directory, strerror(errno));
    }

    return sort->fd != -1;
}


/* Writes bytes to the temporary file. Returns 1, or 0 after a message. */
static int
ggictl_sort_write(ggictl_sort_t *sort, const char *data, size_t len)
{
    if (!ggictl_write(sort->fd, data, len)) {
        (void) ggictl_fail("the temporary file cannot be written: %s; name another directory by "
                           "TMPDIR", strerror(errno));
        return 0;
    }

    sort->written += len;

    return 1;
}


static int
ggictl_sort_indirect(const void *one, const void *other, void *data)
{
    const ggictl_sort_t  *sort = data;

    return sort->compare(*(const void *const *) one, *(const void *const *) other);
}


/* Orders what is in memory. */
static void
ggictl_sort_order(ggictl_sort_t *sort)
{
    if (sort->n > 1) {
        qsort_r(sort->items, sort->n, sizeof(void *), ggictl_sort_indirect, sort);
    }
}


/* Writes what is in memory, in order, to the temporary file. Returns 1, or 0 after a message. */
static int
ggictl_sort_spill(ggictl_sort_t *sort)
{
    char               *chunk;
    size_t              i, len, filled;
    ggictl_sort_run_t  *runs;

    runs = realloc(sort->runs, (sort->runs_n + 1) * sizeof(ggictl_sort_run_t));
    sort->runs = runs ? runs : sort->runs;
    chunk = malloc(GGICTL_SORT_CHUNK);

    if (runs == NULL || chunk == NULL) {
        free(chunk);
        (void) ggictl_fail("no memory");
        return 0;
    }

    memset(&runs[sort->runs_n], 0, sizeof(ggictl_sort_run_t));
    runs[sort->runs_n].pos = sort->written;
    ggictl_sort_order(sort);

    for (filled = 0, i = 0; i < sort->n; i++) {
        len = ggictl_sort_size(sort->items[i]);

        if (filled + len > GGICTL_SORT_CHUNK) {
            if (!ggictl_sort_write(sort, chunk, filled)) {
                free(chunk);
                return 0;
            }

            filled = 0;
        }

        memcpy(chunk + filled, sort->items[i], len);
        filled += len;
    }

    i = (size_t) ggictl_sort_write(sort, chunk, filled);
    free(chunk);
    runs[sort->runs_n++].end = sort->written;
    sort->used = 0;
    sort->n = 0;

    return i != 0;
}


int
ggictl_sort_add(ggictl_sort_t *sort, const void *item)
{
    void    *items;
    size_t   len;

    len = ggictl_sort_size(item);

    if (sort->used + len > sort->memory
        && ((sort->fd == -1 && !ggictl_sort_open(sort)) || !ggictl_sort_spill(sort)))
    {
        return 0;
    }

    items = ggi_room(sort->items, sort->n, &sort->room, sizeof(void *));

    if (items == NULL) {
        (void) ggictl_fail("no memory");
        return 0;
    }

    sort->items = items;
    memcpy(sort->arena + sort->used, item, len);
    sort->items[sort->n++] = sort->arena + sort->used;
    sort->used += len;

    return 1;
}


/* Returns the next item of a run, which is in its buffer. */
static const void *
ggictl_sort_item(const ggictl_sort_run_t *run)
{
    return run->buffer + run->used;
}


/* Returns 1 when the next item of a run is in its buffer as a whole, 0 otherwise. */
static int
ggictl_sort_whole(const ggictl_sort_run_t *run)
{
    size_t  left;

    left = run->filled - run->used;

    return left >= sizeof(uint32_t) && left >= ggictl_sort_size(run->buffer + run->used);
}


/* Makes the buffer of a run as large as its next item, if need be. Returns 1, or 0. */
static int
ggictl_sort_widen(ggictl_sort_run_t *run)
{
    char    *buffer;
    size_t   size;

    if (run->filled < run->size) {
        return 1;
    }

    size = ggictl_sort_size(run->buffer);
    buffer = realloc(run->buffer, size);

    if (buffer == NULL) {
        (void) ggictl_fail("no memory");
        return 0;
    }

    run->buffer = buffer;
    run->size = size;

    return 1;
}


/*
 * Reads the next item of a run into its buffer, behind what is there. Returns 1; 0 when there is
 * none; or -1 after a message.
 */
static int
ggictl_sort_read(const ggictl_sort_t *sort, ggictl_sort_run_t *run)
{
    size_t   want;
    ssize_t  n;

    while (!ggictl_sort_whole(run)) {
        memmove(run->buffer, run->buffer + run->used, run->filled - run->used);
        run->filled -= run->used;
        run->used = 0;

        if (!ggictl_sort_widen(run)) {
            return -1;
        }

        want = run->size - run->filled;
        want = (want > run->end - run->pos) ? (size_t) (run->end - run->pos) : want;

        if (want == 0 && run->filled == 0) {
            return 0;
        }

        n = want ? pread(sort->fd, run->buffer + run->filled, want, (off_t) run->pos) : 0;

        if (n <= 0) {
            (void) ggictl_fail("the temporary file cannot be read: %s",
                               n == 0 ? "it is too short" : strerror(errno));
            return -1;
        }

        run->pos += (uint64_t) n;
        run->filled += (size_t) n;
    }

    return 1;
}


/* Puts a run to its place in a list of n that is in order: the first comes last. */
static void
ggictl_sort_place(const ggictl_sort_t *sort, ggictl_sort_run_t **list, size_t n,
    ggictl_sort_run_t *run)
{
    size_t  low, high, middle;

    for (low = 0, high = n; low < high; ) {
        middle = low + (high - low) / 2;

        if (sort->compare(ggictl_sort_item(list[middle]), ggictl_sort_item(run)) > 0) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    memmove(&list[low + 1], &list[low], (n - low) * sizeof(ggictl_sort_run_t *));
    list[low] = run;
}


/* Merges runs of which each has a buffer; list has room for all. Returns as ggictl_sort_give(). */
static int
ggictl_sort_merge(ggictl_sort_t *sort, ggictl_sort_run_t **list, ggictl_sort_give_pt give,
    void *data)
{
    int                 rc;
    size_t              i, n;
    ggictl_sort_run_t  *run;

    for (n = 0, i = 0; i < sort->runs_n; i++) {
        run = &sort->runs[i];
        rc = ggictl_sort_read(sort, run);

        if (rc == 1) {
            ggictl_sort_place(sort, list, n++, run);

        } else if (rc == -1) {
            return 0;
        }
    }

    while (n) {
        run = list[--n];

        if (!give(data, ggictl_sort_item(run))) {
            return 1;
        }

        run->used += ggictl_sort_size(ggictl_sort_item(run));
        rc = ggictl_sort_read(sort, run);

        if (rc == -1) {
            return 0;
        }

        if (rc == 1) {
            ggictl_sort_place(sort, list, n++, run);
        }
    }

    return 1;
}


/* Gives all items of the file. Returns as ggictl_sort_give(). */
static int
ggictl_sort_file(ggictl_sort_t *sort, ggictl_sort_give_pt give, void *data)
{
    int                  good;
    size_t               i, size;
    ggictl_sort_run_t  **list;

    size = sort->memory / sort->runs_n / 8 * 8;
    size = (size > GGICTL_SORT_MOST) ? GGICTL_SORT_MOST : size;
    size = (size < GGICTL_SORT_LEAST) ? GGICTL_SORT_LEAST : size;
    list = calloc(sort->runs_n, sizeof(ggictl_sort_run_t *));
    good = (list != NULL);

    for (i = 0; i < sort->runs_n && good; i++) {
        sort->runs[i].size = size;
        sort->runs[i].buffer = malloc(size);
        good = (sort->runs[i].buffer != NULL);
    }

    if (good) {
        good = ggictl_sort_merge(sort, list, give, data);

    } else {
        (void) ggictl_fail("no memory");
    }

    free(list);

    return good;
}


int
ggictl_sort_give(ggictl_sort_t *sort, ggictl_sort_give_pt give, void *data)
{
    size_t  i;

    if (sort->runs_n == 0) {
        ggictl_sort_order(sort);

        for (i = 0; i < sort->n && give(data, sort->items[i]); i++) { /* void */ }

        return 1;
    }

    if (sort->n && !ggictl_sort_spill(sort)) {
        return 0;
    }

    /* the buffers of the runs take its place */

    free(sort->arena);
    free(sort->items);
    sort->arena = NULL;
    sort->items = NULL;

    return ggictl_sort_file(sort, give, data);
}


void
ggictl_sort_free(ggictl_sort_t *sort)
{
    size_t  i;

    for (i = 0; i < sort->runs_n; i++) {
        free(sort->runs[i].buffer);
    }

    if (sort->fd != -1) {
        (void) close(sort->fd);
    }

    free(sort->runs);
    free(sort->arena);
    free(sort->items);
    memset(sort, 0, sizeof(ggictl_sort_t));
    sort->fd = -1;
}
