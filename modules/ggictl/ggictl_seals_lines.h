/* SPDX-License-Identifier: EUPL-1.2 */

/* Compares the lines of a log, file by file, with what its seals have of them. */

#ifndef GGICTL_SEALS_LINES_H
#define GGICTL_SEALS_LINES_H

#include "ggictl_audit_seals.h"


/*
 * Begins to compare a file of the log with its seals, before its first line is given to
 * ggictl_audit_seals_line(). name is the path of the file for messages; it is not copied, and
 * has to live as long as seals.
 */
void ggictl_audit_seals_file(ggictl_audit_seals_t *seals, const char *name);

/*
 * Compares the next line of the file with what seals have of it, and keeps the fault when it
 * differs. The line has len bytes, with its newline if it has one, and hash is its SHA-256;
 * that of a tombstone is the hash of the record for which it stands. Returns 1, also after a
 * fault; or 0 after a message when the seals cannot be read.
 */
int ggictl_audit_seals_line(ggictl_audit_seals_t *seals, const char *line, size_t len,
    const unsigned char hash[GGI_SEAL_HASH]);

/*
 * Ends the comparison of a file after its last line. Reports a fault when it has tombstones that
 * no seal tells of. Whether it has the lines that were sealed is kept until
 * ggictl_audit_seals_files_end().
 */
void ggictl_audit_seals_file_end(ggictl_audit_seals_t *seals);

/*
 * Reports, after the last file of the log, each file that is not what was sealed of it. A file
 * that begins with the line of sealed ones, each of which was seen whole, is a further one that no
 * seal has yet: what it has more than these counts as lines that are not sealed.
 */
void ggictl_audit_seals_files_end(ggictl_audit_seals_t *seals);


#endif
