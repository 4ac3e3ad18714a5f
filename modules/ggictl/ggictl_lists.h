/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads the revocation lists in files and directories with the code of the gate pkio. */

#ifndef GGICTL_LISTS_H
#define GGICTL_LISTS_H

#include "ggi_crl_parse.h"
#include "ggi_source.h"

#define GGICTL_LISTS_FILES_MAX  1024    /* files of a directory that the gate reads */
#define GGICTL_LISTS_TIME       24      /* bytes of a time as a text */


/* The lists of a file. */
typedef struct {
    ggi_crl_room_t  room;               /* see ggi_crl_room_next() */
    size_t          mapped;             /* bytes of the room's memory */
} ggictl_lists_t;


/*
 * Reads all lists from fd, from the start of a file in DER or PEM, as the gate does.
 * path names the file in faults. Returns 1; the caller frees the lists with
 * ggictl_lists_free(). Returns 0 with the fault when the file is no regular file, is too
 * large, or cannot be read as lists; nothing is to be freed then.
 */
int ggictl_lists_read(ggictl_lists_t *lists, int fd, const char *path,
    ggi_fault_t *fault);

/* Opens the file at path and reads it as ggictl_lists_read() does. */
int ggictl_lists_open(ggictl_lists_t *lists, const char *path, ggi_fault_t *fault);

/* Frees what ggictl_lists_read() or ggictl_lists_open() allocated. */
void ggictl_lists_free(ggictl_lists_t *lists);

/*
 * Calls each() with the path of every file in a directory that the gate would read, in
 * the order of their names: regular files, and links to them, whose name does not begin
 * with a dot. Returns 1, or 0 with the fault when the directory cannot be read or has
 * more files than the gate reads.
 */
int ggictl_lists_dir(const char *dir, void (*each)(void *data, const char *path),
    void *data, ggi_fault_t *fault);

/*
 * Writes a time, in seconds since the epoch, as 2026-01-01T12:00:00Z to buf. Returns buf.
 */
const char *ggictl_lists_time(int64_t seconds, char buf[GGICTL_LISTS_TIME]);


#endif
