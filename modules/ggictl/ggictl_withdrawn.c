/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* memmem() */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ggi_glance.h"
#include "ggictl_log.h"
#include "ggictl_out.h"
#include "ggictl_withdrawn.h"

#define GGICTL_WITHDRAWN  "ggi.call_withdrawn"


/*
 * Reads the lines from an offset on, up to another one or, when that is 0, to the end. Returns
 * 1, or 0 after a message.
 */
static int
ggictl_withdrawn_lines(ggi_withdrawn_t *withdrawn, ggictl_log_t *log, uint64_t from, uint64_t to)
{
    int            rc;
    size_t         len;
    const char    *line;
    ggi_glance_t   glance;

    if (!ggictl_log_go(log, from)) {
        return 1;                       /* the index does not fit the file, which is told later */
    }

    while (to == 0 || ggictl_log_offset(log) < to) {
        rc = ggictl_log_line(log, &line, &len);

        if (rc != 1) {
            return rc == 0;
        }

        ggi_glance_line(line, len, &glance);
        ggi_withdrawn_add(withdrawn, &glance);
    }

    return 1;
}


/* Reads the blocks that may tell of a withdrawal, and what is behind. Returns 1, or 0. */
static int
ggictl_withdrawn_blocks(ggi_withdrawn_t *withdrawn, ggictl_log_t *log, const ggictl_index_t *index)
{
    int                        good;
    uint64_t                   i;
    ggi_filter_t               filter;
    const ggi_index_block_t   *block;

    static const ggi_str_t  event = ggi_str(GGICTL_WITHDRAWN);

    ggi_filter_init(&filter);
    (void) ggi_filter_add(&filter, GGI_LOGGED_EVENT, event);

    for (good = 1, i = 0; good && i < index->n; i++) {
        block = &index->blocks[i];

        if (ggi_index_block_may(block, &filter)) {
            good = ggictl_withdrawn_lines(withdrawn, log, block->offset,
                                          block->offset + block->bytes);
        }
    }

    return good && ggictl_withdrawn_lines(withdrawn, log, index->covered, 0);
}


/*
 * Looks from an offset on whether the word stands in the file that only the record of a
 * withdrawal has. Returns 1 when it does; 0 when it does not; or -1 after a message.
 */
static int
ggictl_withdrawn_word(ggictl_log_t *log, uint64_t from)
{
    int          rc;
    size_t       len;
    const char  *line;

    (void) ggictl_log_go(log, from);

    while ((rc = ggictl_log_line(log, &line, &len)) == 1
           && !memmem(line, len, GGICTL_WITHDRAWN, sizeof(GGICTL_WITHDRAWN) - 1))
    {
        /* void */
    }

    return rc;
}


/*
 * Looks whether any call of a file without index may have been withdrawn, as is so far taken for
 * granted, and stays so for a packed one. Returns 1; or 0 after a message.
 */
static int
ggictl_withdrawn_any(ggi_withdrawn_t *withdrawn, const char *name, uint64_t from)
{
    int            rc;
    struct stat    st;
    ggictl_log_t  *log;

    if (stat(name, &st) != 0 || !S_ISREG(st.st_mode)) {
        return 1;                       /* it went since it was looked at */
    }

    log = ggictl_log_open(name);
    rc = (log == NULL) ? -1 : ggictl_log_packed(log) ? 1 : ggictl_withdrawn_word(log, from);
    withdrawn->any = (rc == 1);
    withdrawn->found = log && withdrawn->any && !ggictl_log_packed(log);
    ggictl_log_close(log);

    return rc != -1;
}


ggi_withdrawn_t *
ggictl_withdrawn_find(const char *name, const ggictl_index_t *index, uint64_t from,
    int search)
{
    ggictl_log_t     *log;
    ggi_withdrawn_t  *withdrawn;

    withdrawn = calloc(1, sizeof(ggi_withdrawn_t));

    if (withdrawn == NULL) {
        (void) ggictl_fail("no memory");
        return NULL;
    }

    if (index->blocks == NULL) {
        withdrawn->any = 1;

        if (search && !ggictl_withdrawn_any(withdrawn, name, from)) {
            free(withdrawn);
            withdrawn = NULL;
        }

        return withdrawn;
    }

    log = ggictl_log_open(name);

    if (log == NULL || !ggictl_withdrawn_blocks(withdrawn, log, index)) {
        free(withdrawn);
        withdrawn = NULL;
    }

    ggictl_log_close(log);

    if (withdrawn) {
        withdrawn->found = (withdrawn->n > 0);
    }

    return withdrawn;
}
