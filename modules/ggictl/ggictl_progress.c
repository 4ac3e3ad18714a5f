/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ggictl_progress.h"

#define GGICTL_PROGRESS_STEP  (1024 * 1024)     /* bytes between two looks at the clock */


void
ggictl_progress_begin(ggictl_progress_t *progress, uint64_t all)
{
    memset(progress, 0, sizeof(ggictl_progress_t));
    progress->terminal = isatty(STDERR_FILENO);
    progress->all = all;
    progress->at = time(NULL);
}


void
ggictl_progress_show(ggictl_progress_t *progress, uint64_t done)
{
    time_t  now;

    if (!progress->terminal || done < progress->next) {
        return;
    }

    progress->next = done + GGICTL_PROGRESS_STEP;
    now = time(NULL);

    if (now == progress->at) {
        return;
    }

    progress->at = now;
    progress->shown = 1;

    if (progress->all) {
        fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " MB (%" PRIu64 "%%)", done / 1000000,
                progress->all / 1000000, (done * 100) / progress->all);

    } else {
        fprintf(stderr, "\r%" PRIu64 " MB", done / 1000000);
    }
}


void
ggictl_progress_clear(ggictl_progress_t *progress)
{
    if (progress->shown) {
        /* back to the beginning of the line, and erase it (ECMA-48) */
        fputs("\r\033[K", stderr);
        progress->shown = 0;
    }
}
