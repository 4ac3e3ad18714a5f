/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ggi_room.h"
#include "ggi_seal_line.h"
#include "ggictl_log_files.h"
#include "ggictl_out.h"
#include "ggictl_seal_watch.h"

#define GGICTL_SEAL_QUIET   3600        /* seconds after which a file is closed */
#define GGICTL_SEAL_SETTLE  30          /* seconds after which a file is packed to its end */


void
ggictl_seal_packed_text(char text[GGICTL_SEAL_PACKED], const ggictl_seal_watch_t *watch)
{
    snprintf(text, GGICTL_SEAL_PACKED, "\n%ju %ju %jd %jd %ld\n", (uintmax_t) watch->dev,
             (uintmax_t) watch->ino, (intmax_t) watch->size, (intmax_t) watch->changed.tv_sec,
             watch->changed.tv_nsec);
}


static void
ggictl_seal_watch_close(ggictl_seal_watch_t *watch)
{
    if (watch->fd != -1) {
        (void) close(watch->fd);
        watch->fd = -1;
    }
}


static void
ggictl_seal_watch_free(ggictl_seal_watch_t *watch)
{
    ggictl_seal_watch_close(watch);
    free(watch->name);
    free(watch);
}


static int
ggictl_seal_watch_compare(const void *one, const void *other)
{
    const ggictl_seal_watch_t  *a = *(ggictl_seal_watch_t *const *) one;
    const ggictl_seal_watch_t  *b = *(ggictl_seal_watch_t *const *) other;

    if (a->dev != b->dev) {
        return (a->dev < b->dev) ? -1 : 1;
    }

    return (a->ino < b->ino) ? -1 : a->ino > b->ino;
}


/* Notes how a watched file is now. When it changed, it is to be read again. */
static void
ggictl_seal_watch_note(ggictl_seal_watch_t *watch, const struct stat *st)
{
    if (watch->size == st->st_size && watch->changed.tv_sec == st->st_mtim.tv_sec
        && watch->changed.tv_nsec == st->st_mtim.tv_nsec)
    {
        watch->settled += (watch->settled < 2);
        return;
    }

    watch->size = st->st_size;
    watch->changed = st->st_mtim;
    watch->settled = 0;
    watch->done = 0;
    watch->told = 0;

    if (watch->fd == -1 || watch->packed) {
        /* it may be another file of the same inode */
        watch->hashed = 0;
        watch->keyed = 0;
        watch->packed = 0;
        ggictl_seal_watch_close(watch);
    }
}


/* Begins to watch a file, whose name it takes over. Returns 1, or 0 after a message. */
static int
ggictl_seal_watch_add(ggictl_seal_watches_t *watches, char *name, const struct stat *st)
{
    char                   text[GGICTL_SEAL_PACKED];
    ggictl_seal_watch_t   *watch, **grown;

    watch = calloc(1, sizeof(ggictl_seal_watch_t));
    grown = ggi_room(watches->list, watches->n, &watches->size, sizeof(ggictl_seal_watch_t *));
    watches->list = grown ? grown : watches->list;

    if (watch == NULL || grown == NULL) {
        free(watch);
        free(name);
        (void) ggictl_fail("no memory");
        return 0;
    }

    watch->name = name;
    watch->dev = st->st_dev;
    watch->ino = st->st_ino;
    watch->size = st->st_size;
    watch->changed = st->st_mtim;
    watch->fd = -1;
    watch->found = 1;
    watch->settled = (st->st_ctim.tv_sec + GGICTL_SEAL_SETTLE < time(NULL));
    watches->list[watches->n++] = watch;

    ggictl_seal_packed_text(text, watch);

    if (watches->packed && strstr(watches->packed, text)) {
        watch->packed = 1;
        watch->done = 1;
    }

    return 1;
}


/*
 * Looks at a file of the log, whose name it takes over. known is how many watches there
 * were before the look. Returns 1, or 0 after a message.
 */
static int
ggictl_seal_look_at(ggictl_seal_watches_t *watches, size_t known, char *name)
{
    int                    good;
    struct stat            st;
    ggictl_seal_watch_t    key, *which, **found;

    if (stat(name, &st) != 0) {
        good = (errno == ENOENT);

        if (!good) {
            (void) ggictl_fail("%s: %s", name, strerror(errno));
        }

        free(name);
        return good;
    }

    key.dev = st.st_dev;
    key.ino = st.st_ino;
    which = &key;
    found = known ? bsearch(&which, watches->list, known, sizeof(ggictl_seal_watch_t *),
                            ggictl_seal_watch_compare) : NULL;

    if (found == NULL) {
        return ggictl_seal_watch_add(watches, name, &st);
    }

    if ((*found)->found) {
        /* it has two names */
        free(name);
        return 1;
    }

    free((*found)->name);
    (*found)->name = name;
    (*found)->found = 1;
    ggictl_seal_watch_note(*found, &st);

    return 1;
}


/* Returns 1 when the directory of the log can be read, or 0 after a message. */
static int
ggictl_seal_directory(const char *log)
{
    char  directory[PATH_MAX];

    (void) ggictl_log_directory(directory, log);

    if (access(directory, R_OK | X_OK) != 0) {
        (void) ggictl_fail("%s: %s", directory, strerror(errno));
        return 0;
    }

    return 1;
}


int
ggictl_seal_look(ggictl_seal_watches_t *watches)
{
    int                  good;
    size_t               i, known;
    struct stat          st;
    ggictl_log_files_t   files;

    memset(&files, 0, sizeof(files));
    known = watches->n;

    for (i = 0; i < known; i++) {
        watches->list[i]->found = 0;
    }

    good = ggictl_seal_directory(watches->log) && ggictl_log_files_workers(&files, watches->log);

    for (i = 0; i < files.n && good; i++) {
        good = ggictl_seal_look_at(watches, known, files.files[i].name);
        files.files[i].name = NULL;
    }

    ggictl_log_files_free(&files);

    for (i = 0; i < known; i++) {
        if (!watches->list[i]->found && watches->list[i]->fd != -1
            && fstat(watches->list[i]->fd, &st) == 0)
        {
            ggictl_seal_watch_note(watches->list[i], &st);
        }
    }

    if (watches->n) {
        qsort(watches->list, watches->n, sizeof(ggictl_seal_watch_t *), ggictl_seal_watch_compare);
    }

    return good;
}


void
ggictl_seal_tidy(ggictl_seal_watches_t *watches)
{
    size_t                i, kept;
    time_t                now;
    struct stat           st;
    ggictl_seal_watch_t  *watch;

    now = time(NULL);

    for (i = 0, kept = 0; i < watches->n; i++) {
        watch = watches->list[i];

        if (watch->fd != -1 && watch->settled == 2
            && (watch->changed.tv_sec + GGICTL_SEAL_QUIET < now || watch->packed
                || (fstat(watch->fd, &st) == 0 && st.st_nlink == 0)))
        {
            ggictl_seal_watch_close(watch);
        }

        if (watch->fd == -1 && !watch->found) {
            ggictl_seal_watch_free(watch);

        } else {
            watches->list[kept++] = watch;
        }
    }

    watches->n = kept;
}


int
ggictl_seal_watch_open(ggictl_seal_watch_t *watch)
{
    int          fd;
    struct stat  st;

    if (watch->fd != -1) {
        return 1;
    }

    fd = open(watch->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd == -1) {
        if (errno == ENOENT) {
            return 0;
        }

        (void) ggictl_fail("%s: %s", watch->name, strerror(errno));
        return -1;
    }

    if (fstat(fd, &st) != 0 || st.st_dev != watch->dev || st.st_ino != watch->ino) {
        (void) close(fd);
        return 0;
    }

    watch->fd = fd;

    return 1;
}


void
ggictl_seal_packed_load(ggictl_seal_watches_t *watches, int dir)
{
    int          fd;
    ssize_t      n;
    struct stat  st;

    fd = openat(dir, "packed", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd == -1) {
        return;
    }

    if (fstat(fd, &st) == 0 && st.st_size > 0) {
        watches->packed = malloc((size_t) st.st_size + 1);

        if (watches->packed) {
            n = read(fd, watches->packed, (size_t) st.st_size);
            watches->packed[n > 0 ? n : 0] = '\0';
        }
    }

    (void) close(fd);
}


void
ggictl_seal_packed_save(ggictl_seal_watches_t *watches, int dir)
{
    int               fd;
    char              line[GGICTL_SEAL_PACKED];
    size_t            i;
    ggi_seal_text_t   text;

    memset(&text, 0, sizeof(text));

    for (i = 0; i < watches->n; i++) {
        if (watches->list[i]->packed && watches->list[i]->done) {
            ggictl_seal_packed_text(line, watches->list[i]);
            ggi_seal_text_add(&text, line, strlen(line));
        }
    }

    fd = -1;

    if (!text.failed) {
        fd = openat(dir, "packed.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    }

    if (fd != -1) {
        if (ggictl_write(fd, text.data, text.len)) {
            (void) renameat(dir, "packed.new", dir, "packed");
        }

        (void) close(fd);
    }

    free(text.data);
}


void
ggictl_seal_watches_free(ggictl_seal_watches_t *watches)
{
    while (watches->n) {
        ggictl_seal_watch_free(watches->list[--watches->n]);
    }

    free(watches->list);
    free(watches->packed);
    watches->list = NULL;
    watches->packed = NULL;
}
