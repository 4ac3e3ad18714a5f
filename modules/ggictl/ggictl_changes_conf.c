/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ggictl_changes_conf.h"
#include "ggictl_out.h"

#define GGICTL_CONF_BLANK  " \t\r\n"


/*
 * Reads a line of the file, which says "changes PATH", or is empty or a comment. Returns 1,
 * or 0 when it says something else.
 */
static int
ggictl_conf_line(char path[PATH_MAX], char *line)
{
    size_t  len;

    static const char  word[] = "changes";

    line += strspn(line, GGICTL_CONF_BLANK);

    for (len = strlen(line); len && strchr(GGICTL_CONF_BLANK, line[len - 1]); len--) {
        line[len - 1] = '\0';
    }

    if (line[0] == '\0' || line[0] == '#') {
        return 1;
    }

    len = strcspn(line, GGICTL_CONF_BLANK);

    if (len != sizeof(word) - 1 || memcmp(line, word, len) != 0) {
        return 0;
    }

    line += len + strspn(line + len, GGICTL_CONF_BLANK);

    return line[0] == '/' && path[0] == '\0' && snprintf(path, PATH_MAX, "%s", line) < PATH_MAX;
}


/* Reads the lines of the file. Returns 1, or 0 after a message. */
static int
ggictl_conf_lines(char path[PATH_MAX], FILE *in)
{
    int   number;
    char  line[PATH_MAX + 64];

    for (number = 1; fgets(line, sizeof(line), in); number++) {
        if (!ggictl_conf_line(path, line)) {
            (void) ggictl_fail("%s:%d: expected \"changes PATH\" once, with an absolute path",
                               GGICTL_CHANGES_CONF, number);
            return 0;
        }
    }

    if (ferror(in)) {
        (void) ggictl_fail("%s: %s", GGICTL_CHANGES_CONF, strerror(errno));
        return 0;
    }

    return 1;
}


/* Reads the file. Returns 1, and path is empty when it is not there; or 0 after a message. */
static int
ggictl_conf_read(char path[PATH_MAX])
{
    int           fd, good;
    FILE         *in;
    struct stat   st;

    path[0] = '\0';
    fd = open(GGICTL_CHANGES_CONF, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd == -1 && errno == ENOENT) {
        return 1;
    }

    in = (fd == -1) ? NULL : fdopen(fd, "r");

    if (in == NULL) {
        (void) ggictl_fail("%s: %s: nothing is changed, since it may ask for a record",
                           GGICTL_CHANGES_CONF, strerror(errno));
        return 0;
    }

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != 0
        || (st.st_mode & (S_IWGRP | S_IWOTH)))
    {
        (void) ggictl_fail("%s has to be a file of root that nobody else can write",
                           GGICTL_CHANGES_CONF);
        good = 0;

    } else {
        good = ggictl_conf_lines(path, in);
    }

    (void) fclose(in);

    return good;
}


int
ggictl_changes_path(char path[PATH_MAX], const ggictl_args_t *args)
{
    const char  *asked;

    asked = args->option[GGICTL_CHANGES] ? args->option[GGICTL_CHANGES] : getenv("GGI_CHANGES");
    asked = asked ? asked : "";

    if (!ggictl_conf_read(path)) {
        return -1;
    }

    if (path[0] && asked[0] && strcmp(path, asked) != 0) {
        (void) ggictl_fail("%s has changes recorded in %s, and %s names %s: nothing is changed",
                           GGICTL_CHANGES_CONF, path,
                           args->option[GGICTL_CHANGES] ? "--changes" : "GGI_CHANGES", asked);
        return -1;
    }

    if (path[0] == '\0' && snprintf(path, PATH_MAX, "%s", asked) >= PATH_MAX) {
        (void) ggictl_fail("the path of the log of changes is too long");
        return -1;
    }

    return path[0] != '\0';
}
