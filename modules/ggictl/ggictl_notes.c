/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ggictl_notes.h"
#include "ggictl_out.h"

#define GGICTL_NOTES_PART  (256 * 1024) /* bytes that are read at once */


void
ggictl_notes_begin(ggictl_notes_t *notes, const char *name, int fd, int64_t offset)
{
    memset(notes, 0, sizeof(ggictl_notes_t));
    notes->name = name;
    notes->fd = fd;
    notes->offset = offset;
}


/*
 * Reads more behind what is left in data, which is moved to its beginning. Returns how
 * many bytes; 0 at the end of the file; or -1 after a message.
 */
static ssize_t
ggictl_notes_fill(ggictl_notes_t *notes)
{
    char     *grown;
    ssize_t   n;

    if (notes->start) {
        memmove(notes->data, notes->data + notes->start, notes->end - notes->start);
        notes->end -= notes->start;
        notes->start = 0;
    }

    if (notes->size - notes->end < GGICTL_NOTES_PART) {
        grown = realloc(notes->data, 2 * notes->size + GGICTL_NOTES_PART);

        if (grown == NULL) {
            (void) ggictl_fail("no memory");
            return -1;
        }

        notes->data = grown;
        notes->size = 2 * notes->size + GGICTL_NOTES_PART;
    }

    do {
        n = pread(notes->fd, notes->data + notes->end, GGICTL_NOTES_PART,
                  (off_t) notes->offset + (off_t) notes->end);
    } while (n == -1 && errno == EINTR);

    if (n == -1) {
        (void) ggictl_fail("%s: cannot be read: %s", notes->name, strerror(errno));
        return -1;
    }

    notes->end += (size_t) n;

    return n;
}


int
ggictl_notes_next(ggictl_notes_t *notes, ggi_str_t *whole, int64_t *offset)
{
    size_t   len, left;
    ssize_t  n;

    for ( ;; ) {
        left = notes->end - notes->start;
        len = left ? ggi_seal_note_length(notes->data + notes->start, left) : 0;

        if (len || left > GGI_SEAL_NOTE_MAX) {
            break;
        }

        n = ggictl_notes_fill(notes);

        if (n == -1) {
            return -1;
        }

        if (n == 0) {
            break;
        }
    }

    left = notes->end - notes->start;

    if (left == 0) {
        return 0;
    }

    whole->data = notes->data + notes->start;
    whole->len = len ? len : left;
    *offset = notes->offset;
    notes->start += whole->len;
    notes->offset += (int64_t) whole->len;

    return 1;
}


void
ggictl_notes_end(ggictl_notes_t *notes)
{
    free(notes->data);
    memset(notes, 0, sizeof(ggictl_notes_t));
}
