/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ggi_hold.h"
#include "ggi_places.h"
#include "ggi_seal_path.h"
#include "ggictl_changes_file.h"
#include "ggictl_out.h"

#define GGICTL_CHANGES_MOST   1024      /* files of a log; their numbers begin at 0 */
#define GGICTL_CHANGES_RACES  8         /* how often a file may be replaced while it is taken */
#define GGICTL_CHANGES_OPEN   (O_RDWR|O_APPEND|O_CLOEXEC|O_NOFOLLOW|O_NONBLOCK|O_NOCTTY)


/*
 * Writes the path of a file of the log, or of one beside it, which has another extension.
 * Returns 1, or 0 after a message.
 */
static int
ggictl_changes_file_name(char name[PATH_MAX], const char *log, long number)
{
    int     len, stem;

    stem = (int) ggi_seal_stem(log, strlen(log));

    if (number < 0) {
        len = snprintf(name, PATH_MAX, "%.*s.chains", stem, log);
    } else {
        len = snprintf(name, PATH_MAX, "%.*s.%ld%s", stem, log, number, log + stem);
    }

    if (len >= PATH_MAX) {
        (void) ggictl_fail("%s: the path is too long", log);
        return 0;
    }

    return 1;
}


/*
 * Takes the open file. Returns 1; 0 when somebody holds it or it was replaced, which sets
 * *again; or -1 after a message when it is no file to be written.
 */
static int
ggictl_changes_file_hold(ggictl_changes_file_t *file, int fd, int *again)
{
    ggi_hold_e   held;
    struct stat  st;

    if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_nlink > 1) {
        (void) ggictl_fail("%s is no regular file of one name: nothing is changed, since it "
                           "cannot be recorded there", file->name);
        return -1;
    }

    held = ggi_hold(fd, file->name, &st);
    *again = (held == GGI_HOLD_REPLACED);
    file->made = (st.st_size == 0);

    return held == GGI_HOLD_TAKEN;
}


/*
 * Takes the file with a number; flags is O_CREAT or 0. Returns 1; 0 when somebody holds it, it
 * is not there, or this user may not write it; or -1 after a message.
 */
static int
ggictl_changes_file_one(ggictl_changes_file_t *file, const char *log, size_t number, int flags)
{
    int  fd, rc, races, again;

    again = 1;
    rc = ggictl_changes_file_name(file->name, log, (long) number) ? 0 : -1;

    for (races = 0; rc == 0 && again && races < GGICTL_CHANGES_RACES; races++) {
        fd = open(file->name, GGICTL_CHANGES_OPEN | flags, 0640);

        if (fd == -1 && (errno == EACCES || (errno == ENOENT && flags == 0))) {
            file->error = (errno == EACCES) ? EACCES : file->error;
            return 0;
        }

        if (fd == -1) {
            (void) ggictl_fail("%s: %s: nothing is changed, since it cannot be recorded there",
                               file->name, errno == ELOOP ? "it is a symbolic link"
                                                          : strerror(errno));
            return -1;
        }

        rc = ggictl_changes_file_hold(file, fd, &again);

        if (rc == 1) {
            file->fd = fd;
            file->number = number;

        } else {
            (void) close(fd);
        }
    }

    return rc;
}


int
ggictl_changes_file_take(ggictl_changes_file_t *file, const char *log)
{
    int         rc;
    size_t      n;
    ggi_end_t   end;

    file->fd = -1;
    file->chains = -1;
    file->error = 0;

    if (!ggictl_changes_file_name(file->name, log, -1)) {
        return 0;
    }

    /* without it, as when it is another user's, less is known of the chain before */
    file->chains = ggi_places_open(file->name);

    for (rc = 0, n = 0; rc == 0 && file->chains != -1 && n < GGICTL_CHANGES_MOST; n++) {
        ggi_places_read(file->chains, n, &end);

        if (end.how == GGI_END_OPEN) {
            rc = ggictl_changes_file_one(file, log, n, 0);
        }
    }

    for (n = 0; rc == 0 && n < GGICTL_CHANGES_MOST; n++) {
        rc = ggictl_changes_file_one(file, log, n, O_CREAT);
    }

    if (rc == 0) {
        (void) ggictl_fail("%s: %s: nothing is changed, since it cannot be recorded there", log,
                           file->error ? strerror(file->error) : "all of its files are in use");
    }

    return rc == 1;
}


void
ggictl_changes_file_close(ggictl_changes_file_t *file)
{
    if (file->chains != -1) {
        (void) close(file->chains);
    }

    if (file->fd != -1) {
        (void) close(file->fd);         /* the lock goes with it */
    }

    file->chains = -1;
    file->fd = -1;
}
