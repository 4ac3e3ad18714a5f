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
    int              once;              /* 1: it cannot be opened anew, as standard input cannot */
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

/*
 * Opens the index that "audit index" made of the file, so that ggictl_source_next() can pass
 * over blocks of lines. It is looked for in directory or, when that is NULL, beside the file.
 * Without a good one, the whole file is read.
 */
void ggictl_source_index(ggictl_source_t *source, const char *directory);

/*
 * Finds by bisection where the records from time on (ms since the epoch) begin, and has
 * reading begin there. Records may be out of order by up to a minute; those that are so by
 * more are missed. Does nothing for a packed file, or one with an index. Returns 1, or -1
 * after a message.
 */
int ggictl_source_find(ggictl_source_t *source, uint64_t time);

/*
 * Finds out which calls of the file were withdrawn later, and sets source->withdrawn to them.
 * With an index it reads the blocks that may tell of a withdrawal. Without one any call counts
 * as perhaps withdrawn; but with search 1 the file is looked through first, and when it has no
 * withdrawal no call counts as withdrawn. Call it once for each source. Returns 1, or -1 after
 * a message.
 */
int ggictl_source_withdrawn(ggictl_source_t *source, int search);

/*
 * Has the file be read from an offset on, which may be within a line, and without its index.
 * Returns 1 when a line with a time comes behind that, and sets source->time to it; 0 when none
 * does; or -1 after a message.
 */
int ggictl_source_cut(ggictl_source_t *source, uint64_t offset);

/* Is told each line that is read, whether it is asked for or not. */
typedef void (*ggictl_seen_pt)(void *data, const char *line, size_t len);

/* What is asked for of a log. */
typedef struct {
    const ggi_filter_t  *filter;
    const ggi_filter_t  *wide;          /* of decisions of calls that were withdrawn; or NULL */
    const ggi_join_t    *join;
    ggictl_seen_pt       seen;          /* NULL: nobody is */
    void                *data;          /* of seen */
} ggictl_asked_t;

/*
 * Reads the file, which it opens if need be, up to the next line that the caller has to see,
 * and sets source->line and what is known of it. That is a decision or an event that is asked
 * for, or any record that ends a call; once in 256 lines it is a line for its time alone. With
 * an index it skips blocks that hold nothing of that kind, nor an end that asked->join waits
 * for. The line is valid until the next call. Returns 1; 0 at the end of the file, which it
 * then closes unless it follows it; or -1 after a message.
 */
int ggictl_source_next(ggictl_source_t *source, const ggictl_asked_t *asked);

/* Closes the file, if it is open. It can be opened again by ggictl_source_next(). */
void ggictl_source_close(ggictl_source_t *source);

/* Closes the file, if it is open, and frees the name. */
void ggictl_source_free(ggictl_source_t *source);


#endif
