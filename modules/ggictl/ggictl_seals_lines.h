/* SPDX-License-Identifier: EUPL-1.2 */

/* Compares the lines of a log, file by file, with what its seals have of them. */

#ifndef GGICTL_SEALS_LINES_H
#define GGICTL_SEALS_LINES_H

#include "ggictl_audit_seals.h"


/* Begins with a file of the log; the name has to stay valid. */
void ggictl_audit_seals_file(ggictl_audit_seals_t *seals, const char *name);

/*
 * Takes the next line of the file, of len bytes with its newline, if it has one. hash is
 * that of the line. Returns 1, or 0 after a message when the seals cannot be read.
 */
int ggictl_audit_seals_line(ggictl_audit_seals_t *seals, const char *line, size_t len,
    const unsigned char hash[GGI_SEAL_HASH]);

/*
 * Ends with a file after its last line, and has a fault told when seals have more lines of it,
 * or when lines of it were replaced by tombstones of which no seal tells.
 */
void ggictl_audit_seals_file_end(ggictl_audit_seals_t *seals);


#endif
