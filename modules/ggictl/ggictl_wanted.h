/* SPDX-License-Identifier: EUPL-1.2 */

/* Which calls of an audit log are asked for, by the options of a command. */

#ifndef GGICTL_WANTED_H
#define GGICTL_WANTED_H

#include "ggi_filter.h"
#include "ggictl_args.h"

#define GGICTL_WANTED_TEXTS  144        /* most texts that options give */

/* The options that say which calls are asked for, for GGICTL_SOME(). */
#define GGICTL_WANTED                                                          \
    GGICTL_FROM, GGICTL_UNTIL, GGICTL_OIN, GGICTL_DIENST, GGICTL_METHOD, GGICTL_PATH, \
    GGICTL_DOELBINDING, GGICTL_DECISION, GGICTL_REASON, GGICTL_TRANSACTION, GGICTL_TRACE, \
    GGICTL_OF_NODE, GGICTL_OF_TOEPASSING, GGICTL_OF_FUNCTIE, GGICTL_OF_TOESTEMMING, \
    GGICTL_SUBJECT, GGICTL_USER, GGICTL_PSEUDONYM_KEY


typedef struct {
    ggi_filter_t  filter;
    size_t        limit;                /* most calls that are shown; 0: not said */
    char         *texts[GGICTL_WANTED_TEXTS];   /* what the filter points to */
    size_t        n;
} ggictl_wanted_t;


/*
 * Makes wanted->filter from the options of a command, which say which calls are asked for.
 * Records in which the log tells of itself are asked for as well when trail is 1, and when
 * options name fields that they have; with --event they are asked for alone. Returns 1, or 0
 * after a message. The caller frees by ggictl_wanted_free() in either case.
 */
int ggictl_wanted_read(ggictl_wanted_t *wanted, const ggictl_args_t *args, int trail);

/*
 * Frees the texts that ggictl_wanted_read() allocated. wanted->filter points to them, and must
 * not be used any more.
 */
void ggictl_wanted_free(ggictl_wanted_t *wanted);

/* What a command does with the calls that are wanted. data is its own. Returns the exit status. */
typedef int (*ggictl_wanted_pt)(const ggictl_args_t *args, const ggictl_wanted_t *wanted,
    void *data);

/*
 * Reads what is asked for, as ggictl_wanted_read() does with trail, has run() deal with it, and
 * frees it. Returns the exit status: that of run(), or GGICTL_ERROR after a message when the
 * options are faulty, and run() was not called.
 */
int ggictl_wanted_run(const ggictl_args_t *args, int trail, ggictl_wanted_pt run, void *data);


#endif
