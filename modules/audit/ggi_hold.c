/* SPDX-License-Identifier: EUPL-1.2 */

/* A file of an audit log that one process at a time writes. */

#include <sys/file.h>

#include "ggi_hold.h"


ggi_hold_e
ggi_hold(int fd, const char *path, const struct stat *st)
{
    struct stat  there;

    if (flock(fd, LOCK_EX|LOCK_NB) == -1) {
        return GGI_HOLD_BUSY;
    }

    if (stat(path, &there) == -1 || there.st_dev != st->st_dev || there.st_ino != st->st_ino) {
        return GGI_HOLD_REPLACED;
    }

    return GGI_HOLD_TAKEN;
}
