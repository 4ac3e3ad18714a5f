/* SPDX-License-Identifier: EUPL-1.2 */

/* Verifies an audit log by its seals, for "audit verify --key". */

#ifndef GGICTL_AUDIT_SEALS_H
#define GGICTL_AUDIT_SEALS_H

#include "ggi_seal_check.h"
#include "ggictl_args.h"
#include "ggictl_seals_ranges.h"
#include "ggictl_seals_stamps.h"

#define GGICTL_SEALS_FAULT_MAX  512     /* bytes of the text of a fault */


/* What the seals say of a log: an exit status of GGICTL_OK for the first alone. */
typedef enum {
    GGICTL_SEALS_WHOLE,
    GGICTL_SEALS_TAMPERED,
    GGICTL_SEALS_CRASH,
    GGICTL_SEALS_BEHIND
} ggictl_seals_verdict_e;

/* One of the files that begin with the same line, as seals say: which the present one may be. */
typedef struct {
    ggictl_seals_ranges_t  ranges;
    int64_t                unsealed;    /* lines behind the last range */
    int64_t                faults;
    int64_t                at;          /* number of the line of the first fault */
    int64_t                good;        /* lines before the range with that fault */
    char                  *text;        /* faults: all of an only candidate, else the first */
    size_t                 len;         /* of text, in which a NUL ends each fault */
} ggictl_seals_candidate_t;

/* A file that is none of those that seals have, but begins with the line of one. */
typedef struct {
    unsigned char  hash[GGI_SEAL_HASH]; /* of the first line */
    unsigned char  like[GGI_SEAL_HASH]; /* the name of the file that it is most like */
    int64_t        unsealed;            /* lines behind those that it has in common with that */
    char          *text;                /* its faults */
    size_t         len;                 /* of text, in which a NUL ends each fault */
    int            further;             /* 1: all that was sealed is in other files */
} ggictl_seals_stray_t;

/* A file of the log that is looked at. */
typedef struct {
    const char                *name;
    int64_t                    line;    /* number of the present one */
    int64_t                    tombstone;       /* of the first line that is one; 0: none */
    unsigned char              hash[GGI_SEAL_HASH];     /* of the first line */
    ggictl_seals_candidate_t  *candidates;      /* which it may be */
    size_t                     n;       /* of candidates; 0: no seal knows it */
} ggictl_seals_file_t;

/* A verification by seals. */
typedef struct {
    char                  *path;        /* of the seals; NULL: no key was given */
    int                    fd;          /* -1: there are none */
    int64_t                interval;    /* of seals, in s, at least 1 */
    int                    partial;     /* 1: files may be missing */
    ggi_seal_check_t       check;
    ggictl_seals_stamps_t  stamps;
    ggi_seal_range_t       buried;      /* records of the file that tombstones stand for */
    ggictl_seals_file_t    file;
    ggictl_seals_stray_t  *strays;      /* files that were looked at */
    size_t                 strays_n;
    const char            *unknown;     /* name of a file that no seal knows; NULL: none */
    int64_t                unsealed;    /* lines behind the last range of their file */
    int64_t                faults;
    void                 (*fault)(void *data, const char *text);
    void                  *data;
} ggictl_audit_seals_t;


/*
 * Reads the seals of the log that the arguments name, when --key is given; otherwise all
 * functions here do nothing. fault is called for each fault, with data and a text of a
 * line. Returns 1, or 0 after a message. The caller ends with ggictl_audit_seals_free()
 * either way.
 */
int ggictl_audit_seals_open(ggictl_audit_seals_t *seals, const ggictl_args_t *args,
    void (*fault)(void *data, const char *text), void *data);

/*
 * Counts a fault, and reports it to the fault() of ggictl_audit_seals_open(). The text of it is
 * formatted as by printf(), and cut off when it is too long.
 */
void ggictl_seals_fault(ggictl_audit_seals_t *seals, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Looks, after the last file of the log, which sealed files are missing, and how old the last
 * seal is. Reports what it finds by the fault() of ggictl_audit_seals_open(), and returns the
 * verdict on the whole log.
 */
ggictl_seals_verdict_e ggictl_audit_seals_end(ggictl_audit_seals_t *seals);

/*
 * Shows how many seals there are, how much they cover, and the verdict that
 * ggictl_audit_seals_end() has given. With result NULL it writes lines to standard output;
 * otherwise it adds members to result, an object of JSON. faults is the number of faults that
 * the verification of the chains has found. Does nothing when no key was given.
 */
void ggictl_audit_seals_show(const ggictl_audit_seals_t *seals, json_t *result,
    ggictl_seals_verdict_e verdict, uint64_t faults);

/* Closes the file of seals, and frees what ggictl_audit_seals_open() allocated. */
void ggictl_audit_seals_free(ggictl_audit_seals_t *seals);


#endif
