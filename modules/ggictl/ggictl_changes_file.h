/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The file of a log of changes that one process writes. A log DIR/NAME.jsonl has the files
 * DIR/NAME.<number>.jsonl, each written by one process at a time, which holds a lock on it,
 * and beside them DIR/NAME.chains, as the audit log of a gate has.
 */

#ifndef GGICTL_CHANGES_FILE_H
#define GGICTL_CHANGES_FILE_H

#include <limits.h>
#include <stddef.h>
#include <sys/stat.h>


typedef struct {
    int     fd;                         /* -1: none */
    int     chains;                     /* of DIR/NAME.chains; -1: it cannot be used */
    size_t  number;
    char    name[PATH_MAX];
    int     made;                       /* 1: it was empty, so that it may be a new one */
    int     error;                      /* errno of a file that this user may not write; 0: none */
} ggictl_changes_file_t;


/*
 * Takes a file of the log that nobody holds: first one whose last chain is not closed, since
 * its writer was killed, and otherwise that of the lowest number, which is made when it is
 * not there. A file that this user may not write is passed over, since several users may
 * share a log. Returns 1, or 0 after a message. The caller closes it either way.
 */
int ggictl_changes_file_take(ggictl_changes_file_t *file, const char *log);

/* Closes the file and its lock, so that the next run of ggictl may write it. */
void ggictl_changes_file_close(ggictl_changes_file_t *file);


#endif
