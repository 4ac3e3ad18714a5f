/* SPDX-License-Identifier: EUPL-1.2 */

/* A file of an audit log that one process at a time writes, as it holds a lock on it. */

#ifndef GGI_HOLD_H
#define GGI_HOLD_H

#include <sys/stat.h>


typedef enum {
    GGI_HOLD_TAKEN,                     /* it is held from now on, until it is closed */
    GGI_HOLD_BUSY,                      /* another process holds it */
    GGI_HOLD_REPLACED                   /* another file stands at the path by now */
} ggi_hold_e;


/*
 * Takes the lock of a file that was opened as fd, by which one process at a time writes it, and
 * checks that the file still stands at path, where it was found. st is what fstat() said of fd.
 * Never waits. Returns GGI_HOLD_TAKEN when this process has the lock, which it keeps until it
 * closes fd; otherwise another value, and the caller closes fd.
 */
ggi_hold_e ggi_hold(int fd, const char *path, const struct stat *st);


#endif
