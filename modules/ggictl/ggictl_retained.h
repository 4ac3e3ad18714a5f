/* SPDX-License-Identifier: EUPL-1.2 */

/* Which records of an audit log have been kept for as long as their bewaartermijn says. */

#ifndef GGICTL_RETAINED_H
#define GGICTL_RETAINED_H

#include <jansson.h>

#include "ggi_logged.h"
#include "ggi_register.h"
#include "ggi_retention.h"
#include "ggi_tombstone.h"


/* A bewaartermijn of records, and how many of them have expired. */
typedef struct {
    char             text[GGI_TOMBSTONE_RETENTION + 1];
    ggi_retention_t  retention;
    int              known;             /* 1: there is one */
} ggictl_term_t;

/* The decision about a call, by which what ends the call expires. */
typedef struct {
    uint64_t      key;                  /* of its trace and span; 0: none */
    int64_t       end;                  /* s since the epoch */
    json_t       *count;                /* of its doelbinding */
    char          text[GGI_TOMBSTONE_RETENTION + 1];
} ggictl_decided_t;

typedef struct {
    ggi_register_t     reg;
    int                has_reg;         /* 1: a register was given */
    ggictl_term_t      other;           /* of records that name no doelbinding */
    ggictl_term_t      longest;         /* the longest that the register or --default has */
    int64_t            now;             /* s since the epoch */
    ggictl_decided_t  *decided;         /* decisions that were seen last, by their key */
    ggictl_decided_t   last;            /* what is known of the record that was looked at last */
    json_t            *counts;          /* expired records of each doelbinding */
    int                counting;        /* 0: they are not counted now */
} ggictl_retained_t;


/*
 * Reads a register of doelbindingen, unless file is NULL, and the bewaartermijn of records
 * that name no doelbinding, unless that is NULL. counts, which stays the caller's, gets an
 * integer for each doelbinding of which records have expired. Returns 1, or 0 after a message.
 * The caller ends with ggictl_retained_free() either way.
 */
int ggictl_retained_start(ggictl_retained_t *retained, const char *file, const char *other,
    json_t *counts);

/*
 * Judges whether a record, a line of len bytes, has expired. Returns the bewaartermijn that is
 * over, a text that is valid until the next call, and counts the record where retained says
 * so; or NULL when the record is to be kept. Sets *time to the time of the record, in ms since
 * the epoch.
 */
const char *ggictl_retained_over(ggictl_retained_t *retained, const char *line, size_t len,
    uint64_t *time);

/*
 * Judges whether the longest bewaartermijn is over for data of which nobody knows what it is
 * about, and that is there since a time, in seconds since the epoch. Returns 1, and counts it
 * where retained says so, among those without a doelbinding; or 0 when it is to be kept.
 */
int ggictl_retained_unknown(ggictl_retained_t *retained, int64_t since);

/* Sets the counts back to what a copy of them has; a doelbinding that it does not have is 0. */
void ggictl_retained_recount(ggictl_retained_t *retained, const json_t *before);

/* Frees what ggictl_retained_start() allocated; counts stays the caller's. */
void ggictl_retained_free(ggictl_retained_t *retained);


#endif
