/* SPDX-License-Identifier: EUPL-1.2 */

/* A file of an audit log, of which the records that are asked for come one by one. */

#ifndef GGICTL_SOURCE_H
#define GGICTL_SOURCE_H

#include "ggi_filter.h"
#include "ggi_join.h"
#include "ggi_withdrawn.h"
#include "ggictl_index.h"
#include "ggictl_log.h"


typedef struct {
    char            *name;              /* allocated */
    ggictl_log_t    *log;               /* NULL: it is not open */
    ggictl_index_t   index;             /* of the file, if there is one */
    uint64_t         block;             /* of the index: that is looked at or read */
    int              within;            /* 1: that block is being read */
    int              entered;           /* 1: and its first line has not been read yet */
    uint64_t         line_hash;         /* hash of the first line, by which an index is found */
    uint64_t         begins;            /* bytes of the file that are passed over */
    dev_t            device;            /* what the file is known by */
    ino_t            inode;
    int              packed;            /* 1: it is no file whose lines stand in it as they are */
    int              follow;            /* 1: it is read again at its end */
    unsigned         idle;              /* looks at its end since it grew last */
    int              line_read;         /* 1: there is a line, and its fields are set */
    uint64_t         time;              /* of its next line, or of its first when it is not open */
    const char      *line;              /* the next line; NULL: none was read yet */
    size_t           len;
    ggi_glance_t     glance;            /* what it is */
    ggi_logged_t     logged;            /* its fields, when line_read is 1 */
    ggi_withdrawn_t *withdrawn;         /* calls of the file that were; NULL: not looked for */
} ggictl_source_t;


/*
 * Looks at the beginning of a file, for its first time, and closes it. A name "-" stands
 * for standard input, which stays open. Returns 1; 0 when it has no time; or -1 after a
 * message. The caller frees by ggictl_source_free() either way.
 */
int ggictl_source_look(ggictl_source_t *source, const char *name);

/* Uses the index of the file in a directory, if there is one; NULL is that of the file. */
void ggictl_source_index(ggictl_source_t *source, const char *directory);

/*
 * Has a file that is not packed begin where its records of a time begin, but for those that
 * are out of order by a minute and more. A file with an index needs that not. Returns 1, or
 * -1 after a message.
 */
int ggictl_source_find(ggictl_source_t *source, uint64_t time);

/*
 * Looks in the file which calls were withdrawn, with an index in the blocks that may tell of
 * one; without an index any call may be. Returns 1, or -1 after a message.
 */
int ggictl_source_withdrawn(ggictl_source_t *source);

/*
 * Has the file be read from an offset on, of a line or within one, and without its index.
 * Returns 1 when it has a time from there on, which is that of its next line; 0 when it has
 * none; or -1 after a message.
 */
int ggictl_source_cut(ggictl_source_t *source, uint64_t offset);

/* What is asked for of a log. */
typedef struct {
    const ggi_filter_t  *filter;
    const ggi_filter_t  *wide;          /* of decisions of calls that were withdrawn; or NULL */
    const ggi_join_t    *join;
} ggictl_asked_t;

/*
 * Reads up to the next line that may be asked for: a decision or a record of the trail that
 * is, any record that ends a call, and now and then a line only for its time. With an index,
 * blocks of lines are passed over that have neither these nor an end that join waits for.
 * Opens the file when it is not. Returns 1; 0 at its end, when it is closed unless it is followed;
 * or -1 after a message.
 */
int ggictl_source_next(ggictl_source_t *source, const ggictl_asked_t *asked);

/* Closes the file, if it is open. It can be opened again by ggictl_source_next(). */
void ggictl_source_close(ggictl_source_t *source);

/* Closes the file, if it is open, and frees the name. */
void ggictl_source_free(ggictl_source_t *source);


#endif
