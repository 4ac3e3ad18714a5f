/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ggictl_notes.h"
#include "ggictl_out.h"
#include "ggictl_seals.h"


static int
ggictl_seals_fail(const ggictl_seals_t *seals)
{
    (void) ggictl_fail("%s: %s", seals->path, strerror(errno));
    return 0;
}


int
ggictl_seals_open(ggictl_seals_t *seals, const char *path)
{
    struct stat  st;

    memset(seals, 0, sizeof(ggictl_seals_t));
    seals->path = path;
    seals->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                     S_IRUSR | S_IWUSR | S_IRGRP);

    if (seals->fd == -1 || fstat(seals->fd, &st) != 0) {
        (void) ggictl_seals_fail(seals);

    } else if (!S_ISREG(st.st_mode)) {
        (void) ggictl_fail("%s is no regular file", path);

    } else if (flock(seals->fd, LOCK_EX | LOCK_NB) != 0) {
        (void) ggictl_fail("%s: another process appends seals to it", path);

    } else {
        return 1;
    }

    ggictl_seals_close(seals);

    return 0;
}


/*
 * Returns 1 when the file goes on at an offset with the n bytes at data, or 0 after a
 * message.
 */
static int
ggictl_seals_has(const ggictl_seals_t *seals, int64_t offset, const char *data, size_t n)
{
    char     part[16 * 1024];
    size_t   done, ask;
    ssize_t  got;

    for (done = 0; done < n; done += (size_t) got) {
        ask = (n - done < sizeof(part)) ? n - done : sizeof(part);
        got = pread(seals->fd, part, ask, (off_t) offset + (off_t) done);

        if (got == -1) {
            return ggictl_seals_fail(seals);
        }

        if (got == 0 || memcmp(part, data + done, (size_t) got) != 0) {
            (void) ggictl_fail("%s was changed since the last seal was made: keep it, and begin "
                               "other seals with other keys", seals->path);
            return 0;
        }
    }

    return 1;
}


int
ggictl_seals_finish(ggictl_seals_t *seals, const ggi_seal_state_t *state)
{
    size_t       there;
    struct stat  st;

    if (fstat(seals->fd, &st) != 0) {
        return ggictl_seals_fail(seals);
    }

    if (st.st_size < state->offset || st.st_size - state->offset > (off_t) state->note.len) {
        (void) ggictl_fail("%s has %" PRIu64 " bytes, and not the %" PRId64 " that it was left "
                           "with: keep it, and begin other seals with other keys", seals->path,
                           (uint64_t) st.st_size, state->offset + (int64_t) state->note.len);
        return 0;
    }

    there = (size_t) (st.st_size - state->offset);

    if (!ggictl_seals_has(seals, state->offset, state->note.data, there)) {
        return 0;
    }

    if (!ggictl_write(seals->fd, state->note.data + there, state->note.len - there)
        || fdatasync(seals->fd) != 0)
    {
        return ggictl_seals_fail(seals);
    }

    seals->size = state->offset + (int64_t) state->note.len;

    return 1;
}


int
ggictl_seals_load(const ggictl_seals_t *seals, const ggi_seal_state_t *state,
    ggi_seal_known_t *known)
{
    int              rc;
    int64_t          offset, number;
    ggi_str_t        whole;
    const char      *fault;
    unsigned char    previous[GGI_SEAL_HASH];
    ggictl_notes_t   notes;
    ggi_seal_note_t  note;

    number = 1;
    fault = NULL;
    memset(previous, 0, sizeof(previous));
    ggictl_notes_begin(&notes, seals->path, seals->fd, 0);

    while (fault == NULL && (rc = ggictl_notes_next(&notes, &whole, &offset)) == 1) {
        fault = ggi_seal_note_read(&note, whole);

        if (fault == NULL && (note.number != number
                              || memcmp(note.previous, previous, sizeof(previous)) != 0))
        {
            fault = "it is not the one that follows";
        }

        if (fault == NULL) {
            fault = ggi_seal_known_note(known, &note, offset);
        }

        number += (fault == NULL);

        if (!ggi_seal_hash(whole.data, whole.len, previous)) {
            fault = "OpenSSL cannot hash it";
        }
    }

    ggictl_notes_end(&notes);

    if (fault == NULL && rc == 0 && number != state->number) {
        fault = "it is missing";
    }

    if (fault) {
        (void) ggictl_fail("%s: seal %" PRId64 ": %s; keep the file, and begin other seals with "
                           "other keys", seals->path, number, fault);
    }

    return fault == NULL && rc == 0;
}


void
ggictl_seals_close(ggictl_seals_t *seals)
{
    if (seals->fd != -1) {
        (void) close(seals->fd);
        seals->fd = -1;
    }
}
