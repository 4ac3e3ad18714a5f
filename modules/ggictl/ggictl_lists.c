/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* asprintf() */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ggictl_lists.h"


int
ggictl_lists_read(ggictl_lists_t *lists, int fd, const char *path, ggi_fault_t *fault)
{
    void         *memory;
    struct stat   st;

    memset(lists, 0, sizeof(ggictl_lists_t));

    if (fstat(fd, &st) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
        return ggi_fault(fault, path, "%s", strerror(errno));
    }

    if (!S_ISREG(st.st_mode)) {
        return ggi_fault(fault, path, "expected a regular file");
    }

    if (st.st_size > GGI_CRL_FILE_MAX) {
        return ggi_fault(fault, path, "expected at most %d bytes", GGI_CRL_FILE_MAX);
    }

    lists->mapped = ggi_crl_room_size(st.st_size);
    memory = mmap(NULL, lists->mapped, PROT_READ|PROT_WRITE,
                  MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED) {
        return ggi_fault(fault, path, "no memory");
    }

    lists->room.base = memory;
    lists->room.size = lists->mapped;

    if (!ggi_crl_parse(&lists->room, fd, path, fault)) {
        ggictl_lists_free(lists);
        return 0;
    }

    return 1;
}


int
ggictl_lists_open(ggictl_lists_t *lists, const char *path, ggi_fault_t *fault)
{
    int  fd, good;

    /* it does not wait for the writer of a FIFO */

    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd == -1) {
        return ggi_fault(fault, path, "%s", strerror(errno));
    }

    good = ggictl_lists_read(lists, fd, path, fault);
    close(fd);

    return good;
}


void
ggictl_lists_free(ggictl_lists_t *lists)
{
    (void) munmap(lists->room.base, lists->mapped);
}


int
ggictl_lists_dir(const char *dir, void (*each)(void *data, const char *path), void *data,
    ggi_fault_t *fault)
{
    int              i, n;
    char            *path;
    struct stat      st;
    struct dirent  **entries;

    n = scandir(dir, &entries, NULL, alphasort);

    if (n < 0) {
        return ggi_fault(fault, dir, "%s", strerror(errno));
    }

    for (i = 0; i < n; i++) {
        if (n <= GGICTL_LISTS_FILES_MAX && entries[i]->d_name[0] != '.'
            && asprintf(&path, "%s/%s", dir, entries[i]->d_name) > 0)
        {
            /* what cannot be looked at is passed on, so that its fault is named */

            if (stat(path, &st) != 0 || S_ISREG(st.st_mode)) {
                each(data, path);
            }

            free(path);
        }

        free(entries[i]);
    }

    free(entries);

    return n <= GGICTL_LISTS_FILES_MAX
           || ggi_fault(fault, dir, "expected at most %d files", GGICTL_LISTS_FILES_MAX);
}


const char *
ggictl_lists_time(int64_t seconds, char buf[GGICTL_LISTS_TIME])
{
    time_t     at;
    struct tm  tm;

    at = (time_t) seconds;

    if (gmtime_r(&at, &tm) == NULL
        || strftime(buf, GGICTL_LISTS_TIME, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
    {
        snprintf(buf, GGICTL_LISTS_TIME, "?");
    }

    return buf;
}
