/* SPDX-License-Identifier: EUPL-1.2 */

/* The ranges of lines that the seals have of a file, one after the other. */

#ifndef GGICTL_SEALS_RANGES_H
#define GGICTL_SEALS_RANGES_H

#include "ggi_seal_known.h"
#include "ggi_seal_range.h"
#include "ggictl_notes.h"


/* How a line of a file stands to the range that it is in, or should be in. */
typedef enum {
    GGICTL_SEALS_WITHIN,                /* the range goes on, or there is none */
    GGICTL_SEALS_SAME,                  /* it ends a range of the lines that were sealed */
    GGICTL_SEALS_OTHER,                 /* it ends one of other lines, as long as those */
    GGICTL_SEALS_LENGTH                 /* no line ends where the range does */
} ggictl_seals_fit_e;

/* A file, and how far it was compared with what seals have of it. */
typedef struct {
    ggictl_notes_t                notes;
    ggi_seal_range_t              sum;
    const ggi_seal_known_file_t  *known;
    int                           sealed;       /* 1: there is a range to compare with */
    int64_t                       seal; /* number of the one with the range */
    ggi_seal_line_t               range;
    ggi_str_t                     lines;        /* of the note with the range, in notes */
    int64_t                       line; /* number of the last line that was compared */
    int64_t                       begin;        /* number of the first line of the range */
    int64_t                       pos;  /* byte behind the last line */
} ggictl_seals_ranges_t;


/*
 * Begins to compare a file with the ranges of lines that seals have of it, and reads the first
 * range. path is the path of the file of seals, which is open as fd, and known what these seals
 * say of the file; known and path have to live as long as ranges. Returns 1, or 0 after a
 * message. The caller ends with ggictl_seals_ranges_end() in either case.
 */
int ggictl_seals_ranges_begin(ggictl_seals_ranges_t *ranges, const char *path, int fd,
    const ggi_seal_known_file_t *known);

/*
 * Compares the next line of the file, which has len bytes with its newline, and a hash.
 * Returns how it stands to the range. After GGICTL_SEALS_SAME and GGICTL_SEALS_OTHER the
 * caller goes on with ggictl_seals_ranges_next(); after GGICTL_SEALS_LENGTH there are no
 * ranges any more.
 */
ggictl_seals_fit_e ggictl_seals_ranges_line(ggictl_seals_ranges_t *ranges, size_t len,
    const unsigned char hash[GGI_SEAL_HASH]);

/*
 * Reads the next range that seals have of the file. Returns 1, with ranges->sealed telling by
 * 1 that there is one and by 0 that there is none; or returns 0 after a message when the seals
 * cannot be read.
 */
int ggictl_seals_ranges_next(ggictl_seals_ranges_t *ranges);

/*
 * Frees what ggictl_seals_ranges_begin() allocated; fd stays open. Does nothing when ranges is
 * all zeros.
 */
void ggictl_seals_ranges_end(ggictl_seals_ranges_t *ranges);


#endif
