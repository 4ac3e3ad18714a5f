/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_tombstone.h"
#include "ggictl_log.h"
#include "ggictl_out.h"
#include "ggictl_seal_claim.h"
#include "ggictl_seals_ranges.h"


/* Returns 1 when another watched file begins with the same line, 0 otherwise. */
static int
ggictl_seal_claim_shared(const ggictl_seal_watches_t *watches, const ggictl_seal_watch_t *watch)
{
    size_t  i;

    for (i = 0; i < watches->n; i++) {
        if (watches->list[i] != watch && watches->list[i]->hashed
            && memcmp(watches->list[i]->hash, watch->hash, GGI_SEAL_HASH) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* Returns 1 when a watched file was removed since it was opened, 0 otherwise. */
static int
ggictl_seal_claim_gone(const ggictl_seal_watch_t *watch)
{
    struct stat  st;

    return !watch->found && watch->fd != -1 && fstat(watch->fd, &st) == 0 && st.st_nlink == 0;
}


/*
 * Returns 1 when another watched file is the one with a name, and was not removed; 0
 * otherwise.
 */
static int
ggictl_seal_claim_taken(const ggictl_seal_watches_t *watches, const ggictl_seal_watch_t *watch,
    const unsigned char name[GGI_SEAL_HASH])
{
    size_t  i;

    for (i = 0; i < watches->n; i++) {
        if (watches->list[i] != watch && watches->list[i]->keyed
            && memcmp(watches->list[i]->key, name, GGI_SEAL_HASH) == 0
            && !ggictl_seal_claim_gone(watches->list[i]))
        {
            return 1;
        }
    }

    return 0;
}


/* Has nothing more be read of removed files that were what a watched one is now. */
static void
ggictl_seal_claim_replace(const ggictl_seal_watches_t *watches, const ggictl_seal_watch_t *watch)
{
    size_t  i;

    for (i = 0; i < watches->n; i++) {
        if (watches->list[i] != watch && watches->list[i]->keyed
            && memcmp(watches->list[i]->key, watch->key, GGI_SEAL_HASH) == 0
            && ggictl_seal_claim_gone(watches->list[i]))
        {
            watches->list[i]->done = 1;
        }
    }
}


/*
 * Compares the lines of a log with what was sealed of a file. Returns 1 when they are the same,
 * 0 when they are others, or -1 after a message.
 */
static int
ggictl_seal_claim_lines(ggictl_log_t *log, ggictl_seals_ranges_t *ranges)
{
    int                  rc;
    size_t               len;
    const char          *line;
    ggictl_seals_fit_e   fit;
    unsigned char        hash[GGI_SEAL_HASH];

    while (ranges->sealed) {
        rc = ggictl_log_line(log, &line, &len);

        if (rc != 1) {
            return rc;
        }

        if (!ggi_tombstone_read(line, len, hash) && !ggi_seal_hash(line, len, hash)) {
            return ggictl_fail("OpenSSL cannot hash"), -1;
        }

        fit = ggictl_seals_ranges_line(ranges, len, hash);

        if (fit == GGICTL_SEALS_OTHER || fit == GGICTL_SEALS_LENGTH) {
            return 0;
        }

        if (fit == GGICTL_SEALS_SAME && !ggictl_seals_ranges_next(ranges)) {
            return -1;
        }
    }

    return 1;
}


/* Returns 1 when a watched file begins with all that was sealed of one; 0 or -1 as above. */
static int
ggictl_seal_claim_fits(const ggictl_seal_watch_t *watch, const ggictl_seals_t *seals,
    const ggi_seal_known_file_t *file)
{
    int                     rc;
    ggictl_log_t           *log;
    ggictl_seals_ranges_t   ranges;

    log = ggictl_log_open_fd(watch->name, watch->fd);
    rc = -1;

    if (log && ggictl_seals_ranges_begin(&ranges, seals->path, seals->fd, file)) {
        rc = ggictl_seal_claim_lines(log, &ranges);
    }

    if (log) {
        ggictl_seals_ranges_end(&ranges);
        ggictl_log_close(log);
    }

    return rc;
}


/*
 * Finds the file, of those that begin with the line of file, of which most was sealed that the
 * watched one has. Sets *name to its name, or to one that no file has yet. Returns 1, or 0
 * after a message.
 */
static int
ggictl_seal_claim_find(const ggictl_seal_watches_t *watches, const ggictl_seal_watch_t *watch,
    const ggi_seal_known_t *known, const ggi_seal_known_file_t *file,
    const ggictl_seals_t *seals, unsigned char name[GGI_SEAL_HASH])
{
    int                           rc;
    const ggi_seal_known_file_t  *best;

    for (best = NULL; file; file = ggi_seal_known_next(known, file)) {
        if (best == NULL) {
            memcpy(name, file->next, GGI_SEAL_HASH);
        }

        if ((best && file->to <= best->to)
            || (!watch->packed && ggictl_seal_claim_taken(watches, watch, file->hash)))
        {
            continue;
        }

        rc = ggictl_seal_claim_fits(watch, seals, file);

        if (rc == -1) {
            return 0;
        }

        if (rc == 1) {
            best = file;
            memcpy(name, file->hash, GGI_SEAL_HASH);
        }
    }

    return 1;
}


int
ggictl_seal_claim(const ggictl_seal_watches_t *watches, ggictl_seal_watch_t *watch,
    ggi_seal_known_t *known, const ggictl_seals_t *seals)
{
    const ggi_seal_known_file_t  *file;

    file = ggi_seal_known_find(known, watch->hash);
    memcpy(watch->key, watch->hash, GGI_SEAL_HASH);

    if ((ggi_seal_known_next(known, file)
         || (!watch->packed && ggictl_seal_claim_shared(watches, watch)))
        && !ggictl_seal_claim_find(watches, watch, known, file, seals, watch->key))
    {
        return 0;
    }

    watch->keyed = 1;

    if (!watch->packed) {
        ggictl_seal_claim_replace(watches, watch);
    }

    return ggi_seal_known_add(known, watch->key) || (ggictl_fail("no memory"), 0);
}
