/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "ggictl_out.h"
#include "ggictl_ship_files.h"


int
ggictl_ship_files_start(ggictl_ship_files_t *ship)
{
    struct rlimit  limit;

    /* while the sink is down each file stays open that it does not have */

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void) setrlimit(RLIMIT_NOFILE, &limit);
    }

    ship->rows = malloc(GGICTL_SHIP_ROWS * sizeof(ggi_row_t));
    ship->lines = malloc(GGICTL_SHIP_LINES);

    return (ship->rows && ship->lines) || (ggictl_fail("no memory"), 0);
}


/*
 * Reads the first line of a file, by which it is known. Returns 1; 0 when it has none yet, or
 * cannot be read, which is told.
 */
static int
ggictl_ship_identify(ggictl_ship_files_t *ship, ggictl_ship_file_t *file)
{
    int                   rc;
    size_t                len;
    ggi_row_t             row;
    const char           *line;
    ggictl_log_t         *log;

    log = ggictl_log_open_fd(file->watch->name, file->watch->fd);

    if (log == NULL) {
        ggictl_ship_leave(ship, file->watch, NULL);
        return 0;
    }

    file->watch->packed = (ggictl_log_packed(log) != GGICTL_LOG_PLAIN);
    rc = 0;

    if (!file->watch->packed || file->watch->settled || ship->once) {
        if (!file->watch->packed || !file->watch->settled) {
            ggictl_log_follow(log);
        }

        rc = ggictl_log_line(log, &line, &len);
    }

    if (rc == 1) {
        ggi_row_read(&row, line, len);
        file->time = row.logged.time;
        ggictl_ship_hash(line, len, file->place.hash);
        memcpy(file->watch->hash, file->place.hash, GGI_SEAL_HASH);
        file->watch->hashed = 1;

    } else if (rc == -1) {
        ggictl_ship_leave(ship, file->watch, NULL);

    } else {
        /* an empty file is looked at again when it changes, and one that is packed then too */
        file->watch->done = !file->watch->packed;
    }

    ggictl_log_close(log);

    return rc == 1;
}


static int
ggictl_ship_compare(const void *one, const void *other)
{
    const ggictl_ship_file_t  *a = one, *b = other;

    if (a->time != b->time) {
        return a->time < b->time ? -1 : 1;
    }

    return strcmp(a->watch->name, b->watch->name);
}


/*
 * Notes up to where each file is shipped. A worker goes on in a newer file behind what it
 * wrote to an older one: so the size of the newer one is asked first, and nothing of that comes
 * before what is in the older.
 */
static void
ggictl_ship_limits(ggictl_ship_files_t *ship)
{
    size_t       i;
    struct stat  st;

    for (i = ship->n; i > 0; i--) {
        if (fstat(ship->files[i - 1].watch->fd, &st) == 0) {
            ship->files[i - 1].limit = (uint64_t) st.st_size;
        }
    }
}


int
ggictl_ship_files_look(ggictl_ship_files_t *ship)
{
    int                  good, rc;
    size_t               i;
    ggictl_ship_file_t   file, *files;

    good = ggictl_seal_look(&ship->watches);
    ship->n = 0;
    files = realloc(ship->files, (ship->watches.n + 1) * sizeof(ggictl_ship_file_t));

    if (files == NULL) {
        (void) ggictl_fail("no memory");
        return 0;
    }

    ship->files = files;

    for (i = 0; i < ship->watches.n; i++) {
        memset(&file, 0, sizeof(file));
        file.watch = ship->watches.list[i];

        if (file.watch->done) {
            continue;
        }

        rc = ggictl_seal_watch_open(file.watch);
        good &= (rc != -1);

        if (rc == 1 && ggictl_ship_identify(ship, &file)) {
            ship->files[ship->n++] = file;
        }
    }

    if (ship->n) {
        qsort(ship->files, ship->n, sizeof(ggictl_ship_file_t), ggictl_ship_compare);
    }

    ggictl_ship_limits(ship);

    return good;
}


/* Marks packed files as done that the sink has whole. */
static ggictl_sink_e
ggictl_ship_known(ggictl_ship_files_t *ship)
{
    int            done;
    char           packed[GGICTL_SEAL_PACKED];
    size_t         i;
    ggictl_sink_e  rc;

    for (i = 0; i < ship->n; i++) {
        if (ship->files[i].watch->packed) {
            done = 0;
            ggictl_seal_packed_text(packed, ship->files[i].watch);
            rc = ship->sink.type->packed(&ship->sink, packed, &done);
            ship->files[i].watch->done |= done;

            if (rc != GGICTL_SINK_OK) {
                return rc;
            }
        }
    }

    return GGICTL_SINK_OK;
}


ggictl_sink_e
ggictl_ship_files_pass(ggictl_ship_files_t *ship)
{
    size_t         i;
    ggictl_sink_e  rc;

    rc = ggictl_ship_known(ship);

    for (i = 0; i < ship->n && rc == GGICTL_SINK_OK; i++) {
        if (!ship->files[i].watch->done) {
            rc = ggictl_ship_lines(ship, &ship->files[i]);
        }
    }

    if (rc == GGICTL_SINK_OK) {
        ggictl_seal_tidy(&ship->watches);
        return rc;
    }

    return GGICTL_SINK_DOWN;
}


ggictl_ship_lag_t
ggictl_ship_files_lag(const ggictl_ship_files_t *ship)
{
    size_t                     i;
    uint64_t                   size, since, now;
    ggictl_ship_lag_t          lag = { 0, 0 };
    const ggictl_ship_file_t  *file;

    now = (uint64_t) time(NULL);

    for (i = 0; i < ship->n; i++) {
        file = &ship->files[i];
        size = file->limit > file->place.place ? file->limit - file->place.place : 0;

        if (file->watch->packed) {
            size = file->watch->done ? 0 : file->limit;
        }

        if (size) {
            since = (file->place.place ? ship->time : file->time) / 1000;
            lag.bytes += size;
            lag.seconds = (since && now > since + lag.seconds) ? now - since : lag.seconds;
        }
    }

    return lag;
}


void
ggictl_ship_files_again(ggictl_ship_files_t *ship)
{
    size_t  i;

    for (i = 0; i < ship->watches.n; i++) {
        ship->watches.list[i]->done = 0;
    }
}


void
ggictl_ship_files_free(ggictl_ship_files_t *ship)
{
    if (ship->sink.type && ship->sink.data) {
        ship->sink.type->close(&ship->sink);
    }

    ggictl_seal_watches_free(&ship->watches);
    free(ship->files);
    free(ship->rows);
    free(ship->lines);
}
