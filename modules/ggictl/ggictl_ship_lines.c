/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include <openssl/sha.h>

#include "ggictl_out.h"
#include "ggictl_ship_lines.h"
#include "ggi_seal_known.h"
#include "ggi_tombstone_line.h"

#define GGICTL_SHIP_TWINS  16           /* most places that files with one first line have */


void
ggictl_ship_leave(ggictl_ship_files_t *ship, ggictl_seal_watch_t *watch, const char *what)
{
    if (what && !watch->told) {
        (void) ggictl_fail("%s %s", watch->name, what);
    }

    watch->told = 1;
    watch->done = 1;
    ship->faults++;
}


void
ggictl_ship_hash(const char *line, size_t len, unsigned char hash[GGI_SEAL_HASH])
{
    if (!ggi_tombstone_read(line, len, hash)) {
        (void) SHA256((const unsigned char *) line, len, hash);
    }
}


/*
 * Goes to the place up to which a file was shipped. Returns 1; or 0 when what stands before
 * that is not what was shipped.
 */
static int
ggictl_ship_go(const ggictl_ship_file_t *file, ggictl_log_t *log)
{
    size_t          len;
    const char     *line;
    unsigned char   hash[GGI_SEAL_HASH];

    if (file->place.place == 0) {
        return 1;
    }

    if ((!file->watch->packed && file->limit < file->place.place)
        || file->place.last_len > file->place.place
        || !ggictl_log_go(log, file->place.place - file->place.last_len))
    {
        return 0;
    }

    if (file->place.last_len == 0) {
        return 1;
    }

    if (ggictl_log_line(log, &line, &len) != 1 || len != file->place.last_len) {
        return 0;
    }

    ggictl_ship_hash(line, len, hash);

    return memcmp(hash, file->place.last, GGI_SEAL_HASH) == 0;
}


/* Opens a file, from its beginning. Returns NULL after a message. */
static ggictl_log_t *
ggictl_ship_open_log(const ggictl_ship_file_t *file)
{
    ggictl_log_t  *log;

    log = ggictl_log_open_fd(file->watch->name, file->watch->fd);

    /* one that changed just now may be being packed still */

    if (log && (!ggictl_log_packed(log) || !file->watch->settled)) {
        ggictl_log_follow(log);
    }

    return log;
}


/*
 * Opens a file at the place up to which it was shipped; or from its beginning when it is not
 * as it was, since the sink then knows what it has. Returns NULL after a message.
 */
static ggictl_log_t *
ggictl_ship_open(ggictl_ship_files_t *ship, ggictl_ship_file_t *file)
{
    ggictl_log_t  *log;

    log = ggictl_ship_open_log(file);

    if (log && !ggictl_ship_go(file, log)) {
        ggictl_log_close(log);
        ggictl_ship_leave(ship, file->watch, "is not what it was when it was shipped: it was cut "
                          "or changed. All of it is compared with what was shipped");
        file->place.place = 0;
        file->place.last_len = 0;
        log = ggictl_ship_open_log(file);
    }

    return log;
}


/* Returns 1 when another file of the log begins with the same line, 0 otherwise. */
static int
ggictl_ship_has_twin(const ggictl_ship_files_t *ship, const ggictl_seal_watch_t *watch)
{
    size_t                      i;
    const ggictl_seal_watch_t  *other;

    for (i = 0; i < ship->watches.n; i++) {
        other = ship->watches.list[i];

        if (other != watch && other->hashed
            && memcmp(other->hash, watch->hash, GGI_SEAL_HASH) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* Returns 1 when a file is at its place as it was when it was shipped, or cannot be read now. */
static int
ggictl_ship_fits(const ggictl_ship_file_t *file)
{
    int            fits;
    ggictl_log_t  *log;

    log = ggictl_ship_open_log(file);
    fits = (log == NULL || ggictl_ship_go(file, log));
    ggictl_log_close(log);

    return fits;
}


/*
 * Asks the sink how far a file was shipped. Files that begin with the same line have a place
 * each, as they have a name each in seals: a file has the first one that fits it.
 */
static ggictl_sink_e
ggictl_ship_find(ggictl_ship_files_t *ship, ggictl_ship_file_t *file)
{
    size_t         i;
    unsigned char  name[GGI_SEAL_HASH];
    ggictl_sink_e  rc;

    for (i = 0; i < GGICTL_SHIP_TWINS; i++) {
        rc = ship->sink.type->find(&ship->sink, &file->place);

        if (rc != GGICTL_SINK_OK || file->place.place == 0
            || !ggictl_ship_has_twin(ship, file->watch) || ggictl_ship_fits(file))
        {
            return rc;
        }

        memcpy(name, file->place.hash, GGI_SEAL_HASH);

        if (!ggi_seal_name_further(name, file->place.hash)) {
            memcpy(file->place.hash, name, GGI_SEAL_HASH);
            return rc;
        }
    }

    return ship->sink.type->find(&ship->sink, &file->place);
}


/* Adds up what a call of the sink has done, and tells of what was set aside. */
static void
ggictl_ship_count(ggictl_ship_files_t *ship, const ggictl_ship_file_t *file,
    const ggictl_sink_count_t *count, const char *why)
{
    ship->count.shipped += count->shipped;
    ship->count.known += count->known;
    ship->count.aside += count->aside;

    if (count->aside) {
        (void) ggictl_fail("%s: %llu line%s set aside: %s", file->watch->name,
                           (unsigned long long) count->aside, count->aside == 1 ? "" : "s",
                           why ? why : "no record, or other records have the same numbers");
    }
}


/*
 * Stores rows of a file, and its place behind them. What the sink refuses is stored in halves,
 * and set aside when it is one row alone.
 */
static ggictl_sink_e
ggictl_ship_store(ggictl_ship_files_t *ship, ggictl_ship_file_t *file, const ggi_row_t *rows,
    size_t n, const char *why)
{
    char                  reason[sizeof(ship->sink.error)];
    ggictl_sink_e         rc;
    const ggi_row_t      *last;
    ggictl_sink_count_t   count = { 0, 0, 0 };

    if (n) {
        last = &rows[n - 1];
        file->place.place = last->end;
        file->place.last_len = (last->len > GGI_VERIFY_LINE_MAX) ? 0 : last->len;
        ggictl_ship_hash(last->line, last->len, file->place.last);
    }

    rc = ship->sink.type->put(&ship->sink, rows, n, why, &file->place, &count);

    if (rc == GGICTL_SINK_OK) {
        ggictl_ship_count(ship, file, &count, why);
        return rc;
    }

    if (rc == GGICTL_SINK_DOWN || n == 0 || why) {
        return GGICTL_SINK_DOWN;
    }

    if (n == 1) {
        snprintf(reason, sizeof(reason), "%s", ship->sink.error);
        return ggictl_ship_store(ship, file, rows, 1, reason);
    }

    rc = ggictl_ship_store(ship, file, rows, n / 2, NULL);

    return rc == GGICTL_SINK_OK ? ggictl_ship_store(ship, file, rows + n / 2, n - n / 2, NULL) : rc;
}


/* Stores the rows that were read. */
static ggictl_sink_e
ggictl_ship_flush(ggictl_ship_files_t *ship, ggictl_ship_file_t *file)
{
    size_t         i;
    uint64_t       time;
    ggictl_sink_e  rc;

    rc = ggictl_ship_store(ship, file, ship->rows, ship->rows_n, NULL);

    for (i = 0; i < ship->rows_n && rc == GGICTL_SINK_OK; i++) {
        time = ship->rows[i].logged.time;
        ship->time = (time > ship->time) ? time : ship->time;
    }

    ship->rows_n = 0;
    ship->lines_len = 0;

    return rc;
}


/* Adds a line, which begins at an offset of its file, to the rows, after it was copied. */
static void
ggictl_ship_add(ggictl_ship_files_t *ship, const char *line,
    size_t len, uint64_t begin, uint64_t end)
{
    char       *copy;
    ggi_row_t  *row;

    copy = ship->lines + ship->lines_len;
    memcpy(copy, line, len);
    ship->lines_len += len;
    row = &ship->rows[ship->rows_n++];
    ggi_row_read(row, copy, len);
    row->begin = begin;
    row->end = end;
}


/*
 * Ships lines of a file that is open, up to its limit. Sets *fault to 1 after a message when
 * it cannot be read whole.
 */
static ggictl_sink_e
ggictl_ship_read(ggictl_ship_files_t *ship, ggictl_ship_file_t *file, ggictl_log_t *log,
    int *fault)
{
    int                    rc;
    size_t                 len;
    uint64_t               begin;
    const char            *line;
    ggictl_sink_e          sunk;

    for ( ;; ) {
        begin = ggictl_log_offset(log);

        if (!file->watch->packed && begin >= file->limit) {
            break;
        }

        rc = ggictl_log_line(log, &line, &len);
        *fault = (rc == -1);

        if (rc != 1) {
            break;
        }

        if (ship->rows_n == GGICTL_SHIP_ROWS || len > GGICTL_SHIP_LINES - ship->lines_len) {
            sunk = ggictl_ship_flush(ship, file);

            if (sunk != GGICTL_SINK_OK) {
                return sunk;
            }
        }

        ggictl_ship_add(ship, line, len, begin, ggictl_log_offset(log));
    }

    return ship->rows_n ? ggictl_ship_flush(ship, file) : GGICTL_SINK_OK;
}


ggictl_sink_e
ggictl_ship_lines(ggictl_ship_files_t *ship, ggictl_ship_file_t *file)
{
    int            fault, unfinished;
    char           packed[GGICTL_SEAL_PACKED];
    ggictl_log_t  *log;
    ggictl_sink_e  rc;

    file->place.name = file->watch->name;
    file->place.packed = "";
    rc = ggictl_ship_find(ship, file);

    if (rc != GGICTL_SINK_OK) {
        return rc;
    }

    log = ggictl_ship_open(ship, file);

    if (log == NULL) {
        ggictl_ship_leave(ship, file->watch, NULL);
        return GGICTL_SINK_OK;
    }

    fault = 0;
    rc = ggictl_ship_read(ship, file, log, &fault);
    unfinished = (ggictl_log_packed(log) == GGICTL_LOG_PART);
    ggictl_log_close(log);

    if (rc == GGICTL_SINK_OK && fault) {
        ggictl_ship_leave(ship, file->watch, NULL);

    } else if (rc == GGICTL_SINK_OK && !unfinished) {
        file->watch->done = 1;

        if (file->watch->packed) {
            ggictl_seal_packed_text(packed, file->watch);
            file->place.packed = packed;
            rc = ggictl_ship_flush(ship, file);
            file->place.packed = "";
        }
    }

    return rc;
}
