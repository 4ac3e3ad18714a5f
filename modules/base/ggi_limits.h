/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Limits how often messages about many subjects are logged, such as the faults of documents:
 * one organisation whose document is broken neither fills the log nor hides the others.
 */

#ifndef GGI_LIMITS_H
#define GGI_LIMITS_H

#include <stddef.h>

#include "ggi_limit.h"

#define GGI_LIMITS_KNOWN    64          /* subjects that are remembered */
#define GGI_LIMITS_PAUSE    60000       /* ms between two messages that say the same of a subject */
#define GGI_LIMITS_CHANGES  8           /* messages about a subject in that time that say another */


/* What is remembered of one subject. */
typedef struct {
    uint64_t     subject;               /* its hash; 0: the entry is free */
    uint64_t     said;                  /* the hash of what was said of it last */
    uint64_t     since;                 /* ms: when the time began in which messages are counted */
    uint64_t     left_out;              /* messages about it that were not logged */
    unsigned     messages;              /* messages about it that were logged since then */
} ggi_limits_entry_t;


/* What is remembered of all. It is all zero at first. */
typedef struct {
    ggi_limits_entry_t  entries[GGI_LIMITS_KNOWN];
    ggi_limit_t         rest;           /* of messages about subjects for which there is no room */
} ggi_limits_t;


/*
 * Returns a hash of a text, which is never 0. before is what it goes on from: the hash of another
 * text, or 0.
 */
uint64_t ggi_limits_hash(uint64_t before, const char *text, size_t len);

/*
 * Decides whether a message is logged. subject and said are hashes of whom the message is about
 * and of what it says; now is a time in ms that only grows. A message passes when nothing was
 * said of the subject before, when it says something else than the last one, at most
 * GGI_LIMITS_CHANGES times in GGI_LIMITS_PAUSE ms, and when GGI_LIMITS_PAUSE ms have gone since
 * the first one of those that are counted. While GGI_LIMITS_KNOWN other subjects were logged in
 * that time, messages about further ones share one ggi_limit_t.
 *
 * Returns 0 when the message is to be left out. Returns 1 when it is to be logged, and sets
 * *left_out to the number of messages about the subject, or about those without room, that were
 * left out since the last one.
 */
int ggi_limits_pass(ggi_limits_t *limits, uint64_t subject, uint64_t said,
    uint64_t now, uint64_t *left_out);


#endif
