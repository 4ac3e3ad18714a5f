/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_record_trail.h"
#include "ggictl_out.h"
#include "ggictl_source.h"

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


/* Reads the time of the next line that has one. Returns 1; 0 without; or -1 after a message. */
static int
ggictl_source_time(ggictl_log_t *log, uint64_t *time)
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
    source->packed = !S_ISREG(st.st_mode) || !ggictl_log_seek(source->log, 0);

    if (!S_ISREG(st.st_mode)) {
        return 1;
    }

    rc = ggictl_source_time(source->log, &source->time);
    ggictl_source_close(source);

    return rc;
}


int
ggictl_source_find(ggictl_source_t *source, uint64_t time)
{
    int       rc;
    uint64_t  low, high, middle, there;

    if (source->packed || time < GGICTL_SOURCE_SLACK || source->log) {
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
        rc = ggictl_source_time(source->log, &there);

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


/* Returns 1 when the line that was read has to be seen by whoever reads the file. */
static int
ggictl_source_wanted(ggictl_source_t *source, const ggi_filter_t *filter)
{
    ggi_logged_glance(source->line, source->len, &source->glance);

    switch (source->glance.kind) {
    case GGI_LOGGED_IS_COMPLETION:
        source->time = source->glance.time;
        return filter->calls;

    case GGI_LOGGED_IS_TRAIL:
        if (!filter->trail) {
            return 0;
        }

        break;

    default:
        break;
    }

    if (!ggi_filter_glance(filter, source->line, source->len)
        || !ggi_logged_read(&source->logged, source->line, source->len)
        || !ggi_filter_match(filter, &source->logged))
    {
        return 0;
    }

    source->time = source->logged.time;
    source->line_read = 1;

    return 1;
}


int
ggictl_source_next(ggictl_source_t *source, const ggi_filter_t *filter)
{
    int        i, rc;
    uint64_t   time;
    ggi_str_t  line;

    source->line_read = 0;

    if (!ggictl_source_open(source)) {
        return -1;
    }

    for (i = 1; ; i++) {
        rc = ggictl_log_line(source->log, &source->line, &source->len);

        if (rc != 1) {
            source->line = NULL;

            if (!source->follow) {
                ggictl_source_close(source);
            }

            return rc;
        }

        if (ggictl_source_wanted(source, filter)) {
            return 1;
        }

        if (i % GGICTL_SOURCE_STEP == 0 && source->line[source->len - 1] == '\n') {
            line.data = source->line;
            line.len = source->len;
            time = ggi_record_time(line);

            if (time) {
                source->time = time;
                source->glance.kind = GGI_LOGGED_IS_TRAIL;
                return 1;
            }
        }
    }
}


void
ggictl_source_free(ggictl_source_t *source)
{
    ggictl_source_close(source);
    free(source->name);
    source->name = NULL;
}
