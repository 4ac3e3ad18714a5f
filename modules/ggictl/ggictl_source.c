/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_record_trail.h"
#include "ggictl_out.h"
#include "ggictl_source.h"
#include "ggictl_withdrawn.h"

#define GGICTL_SOURCE_TRIES  1000       /* lines in which the first time is looked for */
#define GGICTL_SOURCE_STEP   256        /* lines after which the time is looked at */
#define GGICTL_SOURCE_MIN    65536      /* bytes: it is not worth to search in fewer */
#define GGICTL_SOURCE_SLACK  60000      /* ms by which lines may be out of order */


/* Returns 1 when the file is open, or can be opened; 0 after a message. */
static int
ggictl_source_open(ggictl_source_t *source)
{
    if (source->log) {
        return 1;
    }

    source->log = ggictl_log_open(source->name);

    if (source->log == NULL) {
        return 0;
    }

    if (source->begins) {
        (void) ggictl_log_seek(source->log, source->begins);
    }

    if (source->follow) {
        ggictl_log_follow(source->log);
    }

    return 1;
}


void
ggictl_source_close(ggictl_source_t *source)
{
    ggictl_log_close(source->log);
    source->log = NULL;
    source->line = NULL;
}


/*
 * Reads the time of the next line that has one, and sets *hash, unless it is NULL, to the hash
 * of the next line. Returns 1; 0 without; or -1 after a message.
 */
static int
ggictl_source_time(ggictl_log_t *log, uint64_t *time, uint64_t *hash)
{
    int          i, rc;
    size_t       len;
    ggi_str_t    line;
    const char  *data;

    for (i = 0; i < GGICTL_SOURCE_TRIES; i++) {
        rc = ggictl_log_line(log, &data, &len);

        if (rc != 1) {
            return rc;
        }

        if (hash && i == 0) {
            *hash = ggi_index_hash(data, len);
        }

        /* of a line without its end the last number has none either */
        line.data = data;
        line.len = len;
        *time = (data[len - 1] == '\n') ? ggi_record_time(line) : 0;

        if (*time) {
            return 1;
        }
    }

    return 0;
}


int
ggictl_source_look(ggictl_source_t *source, const char *name)
{
    int          rc;
    struct stat  st;

    memset(source, 0, sizeof(ggictl_source_t));
    source->name = strdup(name);

    if (source->name == NULL) {
        (void) ggictl_fail("no memory");
        return -1;
    }

    if (!ggictl_source_open(source)) {
        return -1;
    }

    st = ggictl_log_stat(source->log);
    source->device = st.st_dev;
    source->inode = st.st_ino;

    if (strcmp(name, "-") == 0 || !S_ISREG(st.st_mode)) {
        /* standard input is not opened anew, be it a file: it was read from, and was closed then */
        source->once = 1;
        source->packed = 1;
        return 1;
    }

    source->packed = !ggictl_log_seek(source->log, 0);

    rc = ggictl_source_time(source->log, &source->time, &source->line_hash);
    ggictl_source_close(source);

    return rc;
}


/*
 * Returns 1 when the file has the line that its index knows to stand at its end, so that the index
 * is not that of another file which begins with the same line; 0 otherwise. A packed file is
 * not unpacked for that beyond the first block, but compared by what comes behind it.
 */
static int
ggictl_source_indexed(ggictl_source_t *source)
{
    int                    good;
    size_t                 len;
    uint64_t               offset, hash;
    const char            *line;
    const ggictl_index_t  *index;

    index = &source->index;
    offset = (source->packed && index->n > 1) ? index->blocks[1].offset : index->end;
    hash = (source->packed && index->n > 1) ? index->blocks[1].first : index->last;

    if (!ggictl_source_open(source)) {
        return 0;
    }

    good = ggictl_log_go(source->log, offset)
           && ggictl_log_line(source->log, &line, &len) == 1 && ggi_index_hash(line, len) == hash;
    ggictl_source_close(source);

    return good;
}


void
ggictl_source_index(ggictl_source_t *source, const char *directory)
{
    if (source->line_hash == 0) {
        return;
    }

    ggictl_index_open(&source->index, directory, source->name, source->line_hash);

    if (source->index.n && !ggictl_source_indexed(source)) {
        ggictl_index_close(&source->index);
    }
}


int
ggictl_source_find(ggictl_source_t *source, uint64_t time)
{
    int       rc;
    uint64_t  low, high, middle, there;

    if (source->packed || time < GGICTL_SOURCE_SLACK || source->log || source->index.blocks) {
        return 1;
    }

    if (!ggictl_source_open(source)) {
        return -1;
    }

    low = 0;
    high = (uint64_t) ggictl_log_stat(source->log).st_size;

    for (rc = 1; rc != -1 && high - low > GGICTL_SOURCE_MIN; ) {
        middle = low + (high - low) / 2;
        (void) ggictl_log_seek(source->log, middle);
        rc = ggictl_source_time(source->log, &there, NULL);

        if (rc == 1 && there < time - GGICTL_SOURCE_SLACK) {
            low = middle;

        } else {
            high = middle;
        }
    }

    source->begins = low;
    ggictl_source_close(source);

    return rc == -1 ? -1 : 1;
}


int
ggictl_source_withdrawn(ggictl_source_t *source, int search)
{
    source->withdrawn = ggictl_withdrawn_find(source->name, &source->index, source->begins,
                                              search && !source->once);

    return source->withdrawn ? 1 : -1;
}


int
ggictl_source_cut(ggictl_source_t *source, uint64_t offset)
{
    int  rc;

    ggictl_index_close(&source->index);
    source->begins = offset;

    if (!ggictl_source_open(source)) {
        return -1;
    }

    rc = ggictl_source_time(source->log, &source->time, NULL);
    ggictl_source_close(source);

    return rc;
}


/* Reads the fields of the line when a filter asks for it. Returns 1 when it does. */
static int
ggictl_source_read(ggictl_source_t *source, const ggi_filter_t *filter)
{
    return ggi_filter_glance(filter, source->line, source->len)
           && ggi_logged_read(&source->logged, source->line, source->len)
           && ggi_filter_match(filter, &source->logged);
}


/* Returns 1 when the line that was read has to be seen by whoever reads the file. */
static int
ggictl_source_wanted(ggictl_source_t *source, const ggictl_asked_t *asked)
{
    ggi_glance_line(source->line, source->len, &source->glance);

    if (ggi_logged_ends(source->glance.kind)
        && (source->glance.kind == GGI_LOGGED_IS_OUTCOME ? asked->filter->trail
                                                         : asked->filter->calls))
    {
        source->time = source->glance.time;
        return 1;
    }

    if (source->glance.kind == GGI_LOGGED_IS_COMPLETION
        || (source->glance.kind != GGI_LOGGED_IS_DECISION && !asked->filter->trail))
    {
        return 0;
    }

    if (!ggictl_source_read(source, asked->filter)
        && (asked->wide == NULL || source->withdrawn == NULL
            || (source->withdrawn->n == 0 && !source->withdrawn->any)
            || !ggictl_source_read(source, asked->wide)
            || !ggi_withdrawn_has(source->withdrawn, &source->logged)))
    {
        return 0;
    }

    source->time = source->logged.time;
    source->line_read = 1;

    return 1;
}


static int
ggictl_source_traces(const void *block, ggi_str_t trace)
{
    return ggi_index_block_traces(block, trace);
}


/*
 * Begins to read a block of the index, or what stands behind the blocks. Returns 1; or -1
 * after a message, also when the index does not fit the file.
 */
static int
ggictl_source_enter(ggictl_source_t *source)
{
    uint64_t  offset;

    if (!ggictl_source_open(source)) {
        return -1;
    }

    offset = (source->block < source->index.n) ? source->index.blocks[source->block].offset
                                                : source->index.covered;

    if (!ggictl_log_go(source->log, offset)) {
        (void) ggictl_fail("%s is not as it was when its index was made: make that anew by "
                           "\"audit index\"", source->name);
        return -1;
    }

    source->within = 1;
    source->entered = 1;

    return 1;
}


/*
 * Returns 1 when the first line of a block that was entered is the one that the index has
 * there, or another line was read; 0 after a message.
 */
static int
ggictl_source_fits(ggictl_source_t *source)
{
    if (source->entered && source->block < source->index.n
        && ggi_index_hash(source->line, source->len) != source->index.blocks[source->block].first)
    {
        (void) ggictl_fail("%s: line at byte %llu is not as it was when the index was made: make "
                           "that anew by \"audit index\"", source->name,
                           (unsigned long long) source->index.blocks[source->block].offset);
        return 0;
    }

    source->entered = 0;

    return 1;
}


/* Sets the time of a file to that of the block that is looked at next. */
static int
ggictl_source_mark(ggictl_source_t *source)
{
    source->glance.kind = GGI_LOGGED_IS_TRAIL;
    source->line = NULL;

    if (source->block < source->index.n) {
        source->time = source->index.blocks[source->block].from;
    }

    return 1;
}


/*
 * Goes to the next block of the index that has to be read, when the file is not within one.
 * Returns 1 when it is within one; 2 when it passes over a block, and its time is that of the
 * next one; or -1 after a message.
 */
static int
ggictl_source_step(ggictl_source_t *source, const ggictl_asked_t *asked)
{
    const ggi_index_block_t  *block;

    if (source->index.blocks == NULL || source->within) {
        return 1;
    }

    if (source->block < source->index.n) {
        block = &source->index.blocks[source->block];

        if (!ggi_index_block_may(block, asked->filter)
            && !ggi_join_awaits(asked->join, ggictl_source_traces, block)
            && (source->withdrawn == NULL || !ggi_withdrawn_in(source->withdrawn, block)))
        {
            source->block++;
            return ggictl_source_mark(source) + 1;
        }
    }

    return ggictl_source_enter(source);
}


/* Returns 1 when the block that is read ends where the file is, 0 otherwise. */
static int
ggictl_source_left(ggictl_source_t *source)
{
    const ggi_index_block_t  *block;

    if (source->index.blocks == NULL || source->block >= source->index.n) {
        return 0;
    }

    block = &source->index.blocks[source->block];

    return ggictl_log_offset(source->log) >= block->offset + block->bytes;
}


/* Reads the next line for its time alone. Returns 1 when it has one, 0 otherwise. */
static int
ggictl_source_clock(ggictl_source_t *source)
{
    uint64_t   time;
    ggi_str_t  line = { source->len, source->line };

    time = (line.data[line.len - 1] == '\n') ? ggi_record_time(line) : 0;

    if (time == 0) {
        return 0;
    }

    source->time = time;
    source->glance.kind = GGI_LOGGED_IS_TRAIL;

    return 1;
}


int
ggictl_source_next(ggictl_source_t *source, const ggictl_asked_t *asked)
{
    int  i, rc;

    source->line_read = 0;
    rc = ggictl_source_step(source, asked);

    if (rc != 1) {
        return rc == 2 ? 1 : rc;
    }

    if (!ggictl_source_open(source)) {
        return -1;
    }

    for (i = 1; ; i++) {
        if (ggictl_source_left(source)) {
            source->within = 0;
            source->block++;
            return ggictl_source_mark(source);
        }

        rc = ggictl_log_line(source->log, &source->line, &source->len);

        if (rc != 1) {
            source->line = NULL;

            if (!source->follow) {
                ggictl_source_close(source);
            }

            return rc;
        }

        if (!ggictl_source_fits(source)) {
            return -1;
        }

        if (asked->seen) {
            asked->seen(asked->data, source->line, source->len);
        }

        if (ggictl_source_wanted(source, asked)
            || (i % GGICTL_SOURCE_STEP == 0 && ggictl_source_clock(source)))
        {
            return 1;
        }
    }
}


void
ggictl_source_free(ggictl_source_t *source)
{
    ggictl_source_close(source);
    ggictl_index_close(&source->index);
    free(source->withdrawn);
    free(source->name);
    source->name = NULL;
}
