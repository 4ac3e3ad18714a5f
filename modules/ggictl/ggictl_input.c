/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ggi_source.h"
#include "ggictl_input.h"
#include "ggictl_out.h"


/*
 * Copies standard input to a file, GGI_SOURCE_FILE_MAX bytes at most. Returns 1, or 0
 * after a message.
 */
static int
ggictl_input_copy(int fd)
{
    char     buf[64 * 1024];
    size_t   total;
    ssize_t  n;

    for (total = 0; total <= GGI_SOURCE_FILE_MAX; total += (size_t) n) {
        n = read(STDIN_FILENO, buf, sizeof(buf));

        if (n == 0) {
            return 1;
        }

        if (n < 0 || write(fd, buf, (size_t) n) != n) {
            ggictl_fail("standard input could not be read: %s", strerror(errno));
            return 0;
        }
    }

    ggictl_fail("standard input: expected at most %d bytes", GGI_SOURCE_FILE_MAX);

    return 0;
}


/*
 * Returns 1 when a file can be opened and is no directory, or 0 after a message. It does not
 * wait for the writer of a FIFO.
 */
static int
ggictl_input_readable(const char *name)
{
    int          fd, directory;
    struct stat  st;

    fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    if (fd == -1) {
        ggictl_fail("%s: %s", name, strerror(errno));
        return 0;
    }

    directory = (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode));
    close(fd);

    if (directory) {
        ggictl_fail("%s: %s", name, strerror(EISDIR));
        return 0;
    }

    return 1;
}


const char *
ggictl_input(const char *name)
{
    int          fd;
    static char  path[32];

    if (strcmp(name, "-") != 0) {
        return ggictl_input_readable(name) ? name : NULL;
    }

    if (path[0]) {
        return path;
    }

    fd = memfd_create("ggictl", MFD_CLOEXEC);

    if (fd == -1) {
        ggictl_fail("no memory for standard input: %s", strerror(errno));
        return NULL;
    }

    if (!ggictl_input_copy(fd)) {
        close(fd);
        return NULL;
    }

    /* the descriptor stays open, since the copy exists as long as it does */
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);

    return path;
}


ssize_t
ggictl_input_secret(const char *name, char *data, size_t size)
{
    int      fd, standard;
    size_t   len;
    ssize_t  n;

    standard = (strcmp(name, "-") == 0);
    fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    n = (fd == -1) ? -1 : 1;

    for (len = 0; n > 0 && len < size; len += (size_t) n) {
        do {
            n = read(fd, data + len, size - len);
        } while (n == -1 && errno == EINTR);

        if (n == -1) {
            break;
        }
    }

    if (n == -1) {
        (void) ggictl_fail("%s: %s", ggictl_input_name(name), strerror(errno));
    }

    if (fd != -1 && !standard) {
        (void) close(fd);
    }

    return (n == -1) ? -1 : (ssize_t) len;
}


const char *
ggictl_input_line(const char *text)
{
    size_t        end;
    ssize_t       n;
    static char   line[GGICTL_INPUT_LINE + 1];

    if (strcmp(text, "-") != 0) {
        return text;
    }

    n = ggictl_input_secret(text, line, sizeof(line));

    if (n == -1) {
        return NULL;
    }

    end = (size_t) n;

    while (end && (line[end - 1] == '\n' || line[end - 1] == '\r')) {
        end--;
    }

    if (end == 0 || (size_t) n == sizeof(line) || memchr(line, '\n', end)
        || memchr(line, '\0', end))
    {
        ggictl_fail("standard input: expected one line of at most %d bytes", GGICTL_INPUT_LINE);
        return NULL;
    }

    line[end] = '\0';

    return line;
}


const char *
ggictl_input_name(const char *name)
{
    return strcmp(name, "-") == 0 ? "standard input" : name;
}
