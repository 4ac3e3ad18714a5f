/* SPDX-License-Identifier: EUPL-1.2 */

/* The notes in a file of seals, one after the other. */

#ifndef GGICTL_NOTES_H
#define GGICTL_NOTES_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_seal_note.h"


/* A file that is read from. Memory is kept for one note, and a little more. */
typedef struct {
    const char  *name;
    int          fd;                    /* of the caller */
    char        *data;
    size_t       start;                 /* first byte of the next note in data */
    size_t       end;
    size_t       size;                  /* of data */
    int64_t      offset;                /* of the byte at start in the file */
} ggictl_notes_t;


/*
 * Begins to read the notes of a file, which the caller has opened, from a byte on. The
 * caller ends with ggictl_notes_end().
 */
void ggictl_notes_begin(ggictl_notes_t *notes, const char *name, int fd, int64_t offset);

/*
 * Sets *whole to the next note and *offset to where it begins. What stands behind the
 * last whole note is given as if it were one. The note is valid until the next call.
 * Returns 1; 0 at the end; or -1 after a message when the file cannot be read.
 */
int ggictl_notes_next(ggictl_notes_t *notes, ggi_str_t *whole, int64_t *offset);

/*
 * Frees the bytes that were read and are kept for the next note. The descriptor stays open;
 * notes that were given point to nothing after that.
 */
void ggictl_notes_end(ggictl_notes_t *notes);


#endif
