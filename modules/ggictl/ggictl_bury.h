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
#include "ggictl_changes.h"
#include "ggictl_retained.h"

#define GGICTL_BURY_REASON  "their bewaartermijn is over"


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
 * Is called with data when a part of a sink was looked at: bury has its name and its counts. why is
 * NULL, or tells why it was left as it is.
 */
typedef void  ggictl_expire_told_f(void *data, const ggictl_bury_t *bury, const char *why);


/*
 * Allocates what ggictl_bury_line() needs, for lines that come from elsewhere than from a file
 * that is opened by ggictl_bury_open(). name is for messages. Returns 1, or 0 after a message.
 * The caller ends with ggictl_bury_close() in either case.
 */
int ggictl_bury_start(ggictl_bury_t *bury, const char *name);

/*
 * Judges whether the record of a line, of len bytes with its newline, has expired. When it has,
 * a tombstone for it is written to bury->copy, in len bytes, and *place is set to the place of
 * the record in its chain. Returns 1 in that case, and also when the line is a tombstone
 * already, which leaves both as they are. Returns 0 when the record is to be kept.
 */
int ggictl_bury_line(ggictl_bury_t *bury, ggictl_retained_t *retained, const char *line,
    size_t len, ggi_verify_place_t *place);

/*
 * Judges a line of any length as ggictl_bury_line() does. Returns 1 when its record has expired
 * now, so that bury->copy has the tombstone for it. Returns 0 when the line stays as it is: its
 * record is kept, or it is a tombstone already.
 */
int ggictl_bury_expires(ggictl_bury_t *bury, ggictl_retained_t *retained, const char *line,
    size_t len, ggi_verify_place_t *place);

/*
 * Records that records are going to be replaced by tombstones: in target, a file or a sink, and of
 * that in item, unless that is NULL. before is the SHA-256 of a file in hexadecimal digits, or
 * empty. Sets *intended, by which the caller records what came of it. Returns 1; or 0 after a
 * message, and nothing may be changed then.
 */
int ggictl_bury_intend(const ggictl_args_t *args, const char *target, const char *item,
    ggi_str_t before, ggictl_change_t *intended);

/*
 * Opens and locks a file. Returns 1; 0 when it is to be left as it is, and *why is set to the
 * reason: a process writes to it, or it has another name or is a symbolic link, so that its
 * records would stay; or -1 after a message. The caller ends with
 * ggictl_bury_close() either way.
 */
int ggictl_bury_open(ggictl_bury_t *bury, const char *name, const char **why);

/*
 * Reads the file, and writes the new one unless dry is 1 or no record has expired. Returns 1,
 * or 0 after a message.
 */
int ggictl_bury_write(ggictl_bury_t *bury, ggictl_retained_t *retained, int dry);

/*
 * Puts the new file, which ggictl_bury_write() has made, in place of the old one, with the
 * times of the old one, and syncs the directory. Returns 1. Returns 0 after a message: when
 * somebody has written to the old file meanwhile, or it no longer has its name, and then all stays
 * as it is; or when the system fails.
 */
int ggictl_bury_place(ggictl_bury_t *bury);

/*
 * Removes the new file if it was not put in place, closes the old one, which gives up the lock
 * on it, and frees all memory. bury may be used again after that.
 */
void ggictl_bury_close(ggictl_bury_t *bury);


#endif
