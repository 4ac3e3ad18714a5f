/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The record of what ggictl changes. Each run that changes something writes a chain of records
 * to a file of the log of changes: for each change what is going to be changed, which is on
 * the disk before that is done, and then what came of it. Without such a log a change is made
 * all the same, after one message.
 */

#ifndef GGICTL_CHANGES_H
#define GGICTL_CHANGES_H

#include "ggi_journal.h"
#include "ggi_record_change.h"
#include "ggi_record_ends.h"
#include "ggictl_actor.h"
#include "ggictl_args.h"
#include "ggictl_changes_file.h"


/* What came of a change. */
typedef enum {
    GGICTL_CHANGE_DONE,
    GGICTL_CHANGE_UNCHANGED,            /* what was asked for was so already */
    GGICTL_CHANGE_REFUSED,              /* it was not allowed */
    GGICTL_CHANGE_FAILED,               /* it could not be made */
    GGICTL_CHANGE_UNKNOWN               /* nobody knows whether it was made */
} ggictl_change_e;


typedef enum {
    GGICTL_CHANGES_NEW,                 /* nothing was to be recorded yet */
    GGICTL_CHANGES_OPEN,
    GGICTL_CHANGES_NONE,                /* there is no log */
    GGICTL_CHANGES_FAILED               /* nothing can be recorded, as a message has told */
} ggictl_changes_e;


struct ggictl_changes_s {
    const ggictl_args_t    *args;
    ggictl_changes_e        state;
    ggictl_changes_file_t   file;
    ggi_chain_t             chain;
    ggi_journal_t           journal;
    ggictl_actor_t          actor;
    size_t                  intended;   /* changes whose outcome is not recorded yet */
    int                     committed;  /* 1: they may have been made */
    char                    log[PATH_MAX];
};


/* A change that was intended. */
typedef struct {
    uint64_t     number;                /* of its record in the chain */
    ggi_trace_t  trace;
} ggictl_change_t;


/*
 * Sets digest to the SHA-256 of data in hexadecimal digits, which are written to hex. Returns
 * 1, or 0 after a message when OpenSSL cannot hash.
 */
int ggictl_changes_digest(char hex[GGI_CHAIN_HASH_LEN], ggi_str_t data, ggi_str_t *digest);

/*
 * Initialises changes, in memory of the caller, for a command that may change something and
 * whose arguments are args, which have to live as long. Opens no log: ggictl_changes_on() and
 * the first change do. The caller ends with ggictl_changes_close().
 */
void ggictl_changes_init(ggictl_changes_t *changes, const ggictl_args_t *args);

/*
 * Opens the log, if there is one, at the first call. Returns 1 when changes are recorded; 0,
 * after a message at the first call, when there is no log; or -1 after a message when nothing
 * may be changed, since it cannot be recorded.
 */
int ggictl_changes_on(ggictl_changes_t *changes);

/*
 * Adds the record that a change is going to be made, whose command is that of the arguments,
 * and sets *intended to it. Returns 1, also without a log; or 0 after a message, and nothing
 * may be changed then.
 */
int ggictl_changes_intend(ggictl_changes_t *changes, ggi_change_t *change,
    ggictl_change_t *intended);

/*
 * Writes what was intended to the disk, and takes room there for the outcomes. Returns 1, also
 * without a log; or 0 after a message, and nothing may be changed then.
 */
int ggictl_changes_commit(ggictl_changes_t *changes);

/*
 * Adds to the log what came of a change that ggictl_changes_intend() has recorded, with the
 * reason why as a text, or NULL. The outcomes are written to the disk with that of the last
 * change that was intended; ggictl_changes_close() tells when that fails. Does nothing when
 * there is no log.
 */
void ggictl_changes_outcome(ggictl_changes_t *changes, const ggictl_change_t *intended,
    ggictl_change_e result, const char *why);

/*
 * Begins one change: adds its record, as ggictl_changes_intend() does, and writes it to the
 * disk, as ggictl_changes_commit() does. Returns 1, also without a log; or 0 after a message,
 * and nothing may be changed then.
 */
int ggictl_changes_begin(ggictl_changes_t *changes, ggi_change_t *change,
    ggictl_change_t *intended);

/*
 * Closes the chain and the file, and frees all memory; the next change opens the log again. rc
 * is the exit status so far. Returns it, or GGICTL_ERROR after a message when an outcome or the
 * end of the chain could not be recorded.
 */
int ggictl_changes_close(ggictl_changes_t *changes, int rc);


#endif
