/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ggi_beside.h"
#include "ggi_leftover.h"

#define GGI_LEFTOVER_SIZE   128         /* bytes of the file: one line, padded with blanks */


void
ggi_leftover_add(ggi_leftover_t *leftover, const ggi_leftover_t *more)
{
    if (more->records == 0) {
        return;
    }

    if (leftover->records == 0) {
        *leftover = *more;
        return;
    }

    leftover->records = (more->records < GGI_LEFTOVER_MOST - leftover->records)
                        ? leftover->records + more->records : GGI_LEFTOVER_MOST;
    leftover->from = (more->from < leftover->from) ? more->from : leftover->from;
    leftover->to = (more->to > leftover->to) ? more->to : leftover->to;
}


/* Overwrites the file's line. Returns 0 or the errno. */
static int
ggi_leftover_write(int fd, const ggi_leftover_t *leftover)
{
    char  line[GGI_LEFTOVER_SIZE];

    snprintf(line, sizeof(line), "%" PRIu64 " %" PRIu64 " %" PRIu64 " %d", leftover->records,
             leftover->from, leftover->to, leftover->error);

    return ggi_beside_write(fd, 0, GGI_LEFTOVER_SIZE, line);
}


/*
 * Reads the file's line. Anything else, such as the zeros that a power cut can leave,
 * counts as no records.
 */
static void
ggi_leftover_read(int fd, ggi_leftover_t *leftover)
{
    char         line[GGI_LEFTOVER_SIZE + 1];
    uint64_t     error;
    const char  *p;

    p = line;
    (void) ggi_beside_read(fd, 0, GGI_LEFTOVER_SIZE, line);

    if (ggi_beside_number(&p, &leftover->records)
        && ggi_beside_number(&p, &leftover->from)
        && ggi_beside_number(&p, &leftover->to)
        && ggi_beside_number(&p, &error) && error <= INT_MAX)
    {
        leftover->error = (int) error;
        return;
    }

    memset(leftover, 0, sizeof(ggi_leftover_t));
}


int
ggi_leftover_open(const char *path)
{
    int             fd, error;
    off_t           size;
    ggi_leftover_t  none;

    fd = ggi_beside_open(path, GGI_LEFTOVER_SIZE, &size);

    if (fd == -1 || size) {
        return fd;
    }

    memset(&none, 0, sizeof(none));
    error = ggi_leftover_write(fd, &none);

    if (error) {
        (void) close(fd);
        errno = error;
    }

    return error ? -1 : fd;
}


int
ggi_leftover_leave(int fd, const ggi_leftover_t *leftover)
{
    int             error;
    ggi_leftover_t  sum;

    error = ggi_beside_lock(fd, 0, GGI_LEFTOVER_SIZE);

    if (error == 0) {
        ggi_leftover_read(fd, &sum);
        ggi_leftover_add(&sum, leftover);
        error = ggi_leftover_write(fd, &sum);
        ggi_beside_unlock(fd, 0, GGI_LEFTOVER_SIZE);
    }

    return error;
}


int
ggi_leftover_take(int fd, ggi_leftover_t *leftover)
{
    ggi_leftover_t  there;

    ggi_leftover_read(fd, &there);

    if (there.records == 0 || !ggi_beside_try_lock(fd, 0, GGI_LEFTOVER_SIZE)) {
        return 0;
    }

    ggi_leftover_read(fd, &there);

    if (there.records == 0) {
        ggi_beside_unlock(fd, 0, GGI_LEFTOVER_SIZE);
        return 0;
    }

    *leftover = there;

    return 1;
}


int
ggi_leftover_taken(int fd)
{
    int             error;
    ggi_leftover_t  none;

    memset(&none, 0, sizeof(none));
    error = ggi_leftover_write(fd, &none);
    ggi_beside_unlock(fd, 0, GGI_LEFTOVER_SIZE);

    return error;
}
