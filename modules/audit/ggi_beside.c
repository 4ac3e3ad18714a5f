/* SPDX-License-Identifier: EUPL-1.2 */

/* A small file beside an audit log, in which workers leave word to those after them. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ggi_beside.h"
#include "ggi_str.h"

#define GGI_BESIDE_TRIES  50            /* attempts to lock it, 10 ms apart */
#define GGI_BESIDE_LINE   256           /* bytes of the longest text */


int
ggi_beside_open(const char *path, off_t exact, off_t *size)
{
    int          fd, error;
    struct stat  st;

    fd = open(path, O_RDWR|O_CREAT|O_CLOEXEC|O_NOFOLLOW|O_NONBLOCK|O_NOCTTY, 0600);
    if (fd == -1) {
        return -1;
    }

    error = 0;

    if (fstat(fd, &st) == -1) {
        error = errno;

    } else if (!S_ISREG(st.st_mode) || st.st_nlink > 1
               || (exact && st.st_size && st.st_size != exact))
    {
        error = EINVAL;
    }

    if (error) {
        (void) close(fd);
        errno = error;
        return -1;
    }

    *size = st.st_size;

    return fd;
}


/*
 * Sets or gives up a lock. It is fcntl()'s, which belongs to a process: all workers share
 * the file description that the master opened. Returns 0, or -1 with the errno.
 */
static int
ggi_beside_set_lock(int fd, off_t offset, size_t len, short type)
{
    struct flock  lock;

    memset(&lock, 0, sizeof(lock));
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = offset;
    lock.l_len = (off_t) len;

    return fcntl(fd, F_SETLK, &lock);
}


int
ggi_beside_lock(int fd, off_t offset, size_t len)
{
    int              tries;
    struct timespec  pause = { 0, 10 * 1000 * 1000 };

    for (tries = 0; ggi_beside_set_lock(fd, offset, len, F_WRLCK) == -1; tries++) {

        if (tries == GGI_BESIDE_TRIES || (errno != EACCES && errno != EAGAIN)) {
            return errno;
        }

        (void) nanosleep(&pause, NULL);
    }

    return 0;
}


int
ggi_beside_try_lock(int fd, off_t offset, size_t len)
{
    return ggi_beside_set_lock(fd, offset, len, F_WRLCK) == 0;
}


void
ggi_beside_unlock(int fd, off_t offset, size_t len)
{
    (void) ggi_beside_set_lock(fd, offset, len, F_UNLCK);
}


/*
 * Overwrites size bytes from offset on through memory, since a process whose limit is
 * RLIMIT_FSIZE may not write() behind it what the file has room for. Returns 0 or the
 * errno, EFBIG where the file ends before.
 */
static int
ggi_beside_overwrite(int fd, off_t offset, size_t size, const char *line)
{
    char         *page;
    size_t        before;
    struct stat   st;

    if (fstat(fd, &st) == -1) {
        return errno;
    }

    if (offset + (off_t) size > st.st_size) {
        return EFBIG;
    }

    before = (size_t) (offset % sysconf(_SC_PAGESIZE));
    page = mmap(NULL, before + size, PROT_READ|PROT_WRITE, MAP_SHARED, fd,
                offset - (off_t) before);

    if (page == MAP_FAILED) {
        return errno;
    }

    memcpy(page + before, line, size);
    (void) munmap(page, before + size);

    return 0;
}


int
ggi_beside_write(int fd, off_t offset, size_t size, const char *text)
{
    char     line[GGI_BESIDE_LINE];
    ssize_t  n;

    memset(line, ' ', size);
    memcpy(line, text, strlen(text));
    line[size - 1] = '\n';
    n = pwrite(fd, line, size, offset);

    if (n == (ssize_t) size) {
        return 0;
    }

    if (n == -1 && errno == EFBIG) {
        return ggi_beside_overwrite(fd, offset, size, line);
    }

    return (n == -1) ? errno : EIO;
}


int
ggi_beside_read(int fd, off_t offset, size_t size, char *line)
{
    ssize_t  n;

    n = (fd == -1) ? -1 : pread(fd, line, size, offset);

    if (n == -1) {
        line[0] = '\0';
        return 0;
    }

    while (n && (line[n - 1] == ' ' || line[n - 1] == '\n' || line[n - 1] == '\0')) {
        n--;
    }

    line[n] = '\0';

    return 1;
}


int
ggi_beside_number(const char **pos, uint64_t *number)
{
    char  *end;

    if (!ggi_is_digit(**pos)) {
        return 0;
    }

    errno = 0;
    *number = strtoull(*pos, &end, 10);

    if (errno || *number > INT64_MAX || (*end != ' ' && *end != '\0')) {
        return 0;
    }

    *pos = end + (*end == ' ');

    return 1;
}
