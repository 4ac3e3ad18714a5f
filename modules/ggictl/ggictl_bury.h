/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Replaces records of one file of an audit log by tombstones: the file is written anew beside
 * it, and put in its place when it is whole.
 */

#ifndef GGICTL_BURY_H
#define GGICTL_BURY_H

#include <limits.h>
#include <sys/stat.h>

#include "ggi_seal_range.h"
#include "ggictl_retained.h"


typedef struct {
    const char        *name;            /* of the file */
    int                fd;              /* of it, locked */
    struct stat        st;
    char               made[PATH_MAX];  /* the new file */
    int                written;         /* 1: it is there, and whole */
    uint64_t           records;
    uint64_t           expired;         /* of them: that tombstones replace now */
    ggi_seal_range_t   line;            /* hashes lines */
    ggi_seal_range_t   buried;          /* records that tombstones stand for, old ones too */
    char              *copy;            /* of a line */
} ggictl_bury_t;


/*
 * Allocates what ggictl_bury_line() needs, without a file. Returns 1, or 0 after a message. The
 * caller ends with ggictl_bury_close() either way.
 */
int ggictl_bury_start(ggictl_bury_t *bury, const char *name);

/*
 * Makes a tombstone of a line, of which bury->copy has a copy then, when its record has expired,
 * and sets place to that of the record. Returns 1 when the line is one then, also when it was
 * one before, 0 otherwise.
 */
int ggictl_bury_line(ggictl_bury_t *bury, ggictl_retained_t *retained, const char *line,
    size_t len, ggi_verify_place_t *place);

/*
 * Opens and locks a file. Returns 1; 0 when it is to be left as it is, and *why is set to the
 * reason: a process writes to it; or -1 after a message. The caller ends with
 * ggictl_bury_close() either way.
 */
int ggictl_bury_open(ggictl_bury_t *bury, const char *name, const char **why);

/*
 * Reads the file, and writes the new one unless dry is 1 or no record has expired. Returns 1,
 * or 0 after a message.
 */
int ggictl_bury_write(ggictl_bury_t *bury, ggictl_retained_t *retained, int dry);

/* Puts the new file in place of the old one. Returns 1, or 0 after a message. */
int ggictl_bury_place(ggictl_bury_t *bury);

/* Removes a new file that was not put in place, and frees all. */
void ggictl_bury_close(ggictl_bury_t *bury);


#endif
