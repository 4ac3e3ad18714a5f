/* SPDX-License-Identifier: EUPL-1.2 */

/* The file DIR/NAME.chains: which chain was written last at each place of an audit log. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ggi_beside.h"
#include "ggi_places.h"

#define GGI_PLACES_LINE  256            /* bytes: one line, padded with blanks */


/* Returns the offset of the line of a place; the first line is that of the start. */
static off_t
ggi_places_offset(size_t place)
{
    return (off_t) (place + 1) * GGI_PLACES_LINE;
}


int
ggi_places_open(const char *path)
{
    off_t  size;

    return ggi_beside_open(path, 0, &size);
}


/* Reads the start that uses the log. Returns 1; or 0, and it is all zeros then. */
static int
ggi_places_start(int fd, ggi_start_t *start)
{
    char         line[GGI_PLACES_LINE + 1];
    const char  *pos;

    memset(start, 0, sizeof(ggi_start_t));

    if (!ggi_beside_read(fd, 0, GGI_PLACES_LINE, line) || strncmp(line, "nginx ", 6) != 0) {
        return 0;
    }

    pos = line + 6;

    /* in a container the parent is process 0 */

    if (ggi_beside_number(&pos, &start->master) && ggi_beside_number(&pos, &start->reloads)
        && ggi_beside_number(&pos, &start->parent) && *pos == '\0' && start->reloads)
    {
        return 1;
    }

    memset(start, 0, sizeof(ggi_start_t));

    return 0;
}


int
ggi_places_begin(int fd, uint64_t master, uint64_t parent, ggi_start_t *start)
{
    int   error;
    char  line[GGI_PLACES_LINE];

    (void) ggi_places_start(fd, start);

    start->reloads = (start->master == master) ? start->reloads + 1 : 1;
    start->master = master;
    start->parent = parent;

    snprintf(line, sizeof(line), "nginx %" PRIu64 " %" PRIu64 " %" PRIu64, master,
             start->reloads, parent);
    error = ggi_beside_write(fd, 0, GGI_PLACES_LINE, line);

    if (error) {
        memset(start, 0, sizeof(ggi_start_t));
    }

    return error;
}


int
ggi_places_reserve(int fd, size_t n)
{
    int          error;
    off_t        offset;
    struct stat  st;

    if (fstat(fd, &st) == -1) {
        return errno;
    }

    offset = (st.st_size + GGI_PLACES_LINE - 1) / GGI_PLACES_LINE * GGI_PLACES_LINE;
    error = 0;

    for ( /* void */ ; error == 0 && offset < ggi_places_offset(n); offset += GGI_PLACES_LINE) {
        error = ggi_beside_write(fd, offset, GGI_PLACES_LINE, "");
    }

    return error;
}


ggi_why_e
ggi_places_why(int fd, const ggi_start_t *start, uint64_t master)
{
    ggi_start_t  now;

    if (start->master == 0 || !ggi_places_start(fd, &now)) {
        return GGI_WHY_UNKNOWN;
    }

    if (now.master == start->master && now.reloads == start->reloads) {
        return GGI_WHY_STOP;
    }

    if (now.master == master) {
        return GGI_WHY_RELOAD;
    }

    return (now.parent == master) ? GGI_WHY_UPGRADE : GGI_WHY_UNKNOWN;
}


const char *
ggi_why_word(ggi_why_e why)
{
    static const char  *const  words[] = { "unknown", "stop", "reload", "binary_upgrade" };

    return words[why];
}


/*
 * Reads the line of a place. Returns 1, or 0 when it says nothing that can be read, such
 * as the half of it that a power cut can leave.
 */
static int
ggi_places_parse(const char *line, ggi_end_t *end)
{
    size_t       i;
    const char  *rest;

    if (strlen(line) <= GGI_UUID_LEN + 1 || line[GGI_UUID_LEN] != ' '
        || !ggi_uuid_read(end->id, line, GGI_UUID_LEN))
    {
        return 0;
    }

    rest = line + GGI_UUID_LEN + 1;

    if (!ggi_beside_number(&rest, &end->number) || end->number == 0) {
        return 0;
    }

    for (i = 0; i < GGI_CHAIN_HASH_LEN; i++) {
        if (ggi_hex_value(rest[i]) < 0) {
            return 0;
        }
    }

    memcpy(end->hash, rest, GGI_CHAIN_HASH_LEN);
    rest += GGI_CHAIN_HASH_LEN;

    if (*rest++ != ' ') {
        return 0;
    }

    end->how = ggi_end_read_word(rest, strlen(rest));

    return end->how == GGI_END_OPEN || end->how == GGI_END_CLOSED
           || end->how == GGI_END_UNWRITTEN;
}


void
ggi_places_read(int fd, size_t place, ggi_end_t *end)
{
    int   good;
    char  line[GGI_PLACES_LINE + 1];

    good = ggi_beside_read(fd, ggi_places_offset(place), GGI_PLACES_LINE, line);

    if (!good || !ggi_places_parse(line, end)) {
        memset(end, 0, sizeof(ggi_end_t));
        end->how = (good && line[0] == '\0') ? GGI_END_NONE : GGI_END_UNKNOWN;
    }
}


int
ggi_places_note(int fd, size_t place, const ggi_end_t *end, int take)
{
    int        error, noted;
    char       line[GGI_PLACES_LINE];
    off_t      offset;
    ggi_end_t  there;

    offset = ggi_places_offset(place);
    error = ggi_beside_lock(fd, offset, GGI_PLACES_LINE);

    if (error) {
        return error;
    }

    ggi_places_read(fd, place, &there);
    noted = take || (there.number && memcmp(there.id, end->id, GGI_UUID_LEN) == 0);

    if (noted) {
        snprintf(line, sizeof(line), "%.*s %" PRIu64 " %.*s %s", GGI_UUID_LEN, end->id,
                 end->number, GGI_CHAIN_HASH_LEN, end->hash, ggi_end_word(end->how));
        error = ggi_beside_write(fd, offset, GGI_PLACES_LINE, line);
    }

    ggi_beside_unlock(fd, offset, GGI_PLACES_LINE);

    if (noted && error == 0 && fdatasync(fd) == -1) {
        error = errno;
    }

    return error;
}
