/* SPDX-License-Identifier: EUPL-1.2 */

/* How far a long command is, on a terminal. */

#ifndef GGICTL_PROGRESS_H
#define GGICTL_PROGRESS_H

#include <stdint.h>
#include <time.h>


typedef struct {
    int       shown;                    /* 1: there is a line to be taken away */
    int       terminal;                 /* 1: standard error is a terminal */
    uint64_t  all;                      /* bytes that there are to do; 0: not known */
    uint64_t  next;                     /* bytes from which it is worth to look at the clock */
    time_t    at;                       /* when it was shown last */
} ggictl_progress_t;


/*
 * Begins to show how far a command is. all is how many bytes it will have to read; 0 says that
 * this is not known. Nothing is shown when standard error is no terminal.
 */
void ggictl_progress_begin(ggictl_progress_t *progress, uint64_t all);

/*
 * Shows on standard error how many bytes are done, once a second, when that is a
 * terminal. It costs next to nothing, so that it can be called for each line.
 */
void ggictl_progress_show(ggictl_progress_t *progress, uint64_t done);

/* Takes the line away that ggictl_progress_show() has shown, so that a message can follow. */
void ggictl_progress_clear(ggictl_progress_t *progress);


#endif
