/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The files of a log that are watched for what is appended. One that was written lately
 * stays open, so that nothing is missed of it when it is renamed, packed or removed.
 */

#ifndef GGICTL_SEAL_WATCH_H
#define GGICTL_SEAL_WATCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "ggi_seal_key.h"

#define GGICTL_SEAL_PACKED  256         /* bytes of the text of a packed file */


typedef struct {
    char             *name;             /* where it was seen last */
    dev_t             dev;
    ino_t             ino;
    off_t             size;             /* on the disk, when it was seen last */
    struct timespec   changed;
    int               fd;               /* -1: not open */
    int               found;            /* 1: it was seen at the last look */
    int               settled;          /* looks since it changed, at most 2 */
    int               hashed;           /* 1: hash is known */
    unsigned char     hash[GGI_SEAL_HASH];      /* of its first line */
    int               keyed;            /* 1: key is known */
    unsigned char     key[GGI_SEAL_HASH];       /* the name that seals know it by */
    int               packed;           /* 1: by gzip or zstd */
    int               done;             /* 1: nothing of it is to be read, as it is now */
    int               told;             /* 1: what is wrong with it was said */
} ggictl_seal_watch_t;

typedef struct {
    const char            *log;         /* as "ggi_audit_log" has it */
    ggictl_seal_watch_t  **list;        /* by device and inode */
    size_t                 n;
    size_t                 size;
    char                  *packed;      /* a text that names packed files that are done */
} ggictl_seal_watches_t;


/*
 * Finds the files that the log has now, adds those that are new to watches->list, and notes the
 * size and time of all. A file that stands in the directory no more stays in the list as long
 * as it is open. Returns 1; or 0 after a message when the directory cannot be read or there is
 * no memory.
 */
int ggictl_seal_look(ggictl_seal_watches_t *watches);

/*
 * Closes the files that did not change between the last looks, if they were not written for an
 * hour, are packed, or have been removed. Takes those that were closed and that the last look
 * did not find out of watches->list, and frees them.
 */
void ggictl_seal_tidy(ggictl_seal_watches_t *watches);

/*
 * Opens the file of a watch if it is not open. Returns 1; 0 when another file stands at
 * its name by now, or none; or -1 after a message.
 */
int ggictl_seal_watch_open(ggictl_seal_watch_t *watch);

/*
 * Reads from the file "packed", in the directory that is open as dir, which packed files were
 * read to their end before, so that they are not read again. When that file cannot be read, all
 * packed files are read once more.
 */
void ggictl_seal_packed_load(ggictl_seal_watches_t *watches, int dir);

/*
 * Writes to the file "packed", in the directory that is open as dir, which packed files were
 * read to their end. When that fails no message is written: the next process reads them once
 * more.
 */
void ggictl_seal_packed_save(ggictl_seal_watches_t *watches, int dir);

/*
 * Writes to text, as a line with a NUL, by what a packed file is recognised later: its device,
 * inode, size and time of last change, as the last look found them.
 */
void ggictl_seal_packed_text(char text[GGICTL_SEAL_PACKED], const ggictl_seal_watch_t *watch);

/* Closes the files that are watched, and frees what is known of them. */
void ggictl_seal_watches_free(ggictl_seal_watches_t *watches);


#endif
