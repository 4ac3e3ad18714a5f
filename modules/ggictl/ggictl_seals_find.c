/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ggi_seal_path.h"
#include "ggictl_log_files.h"
#include "ggictl_out.h"
#include "ggictl_seals_find.h"


/* The seals that were found, or where they were looked for. */
typedef struct {
    char  *path;                        /* NULL: nowhere yet */
    int    there;                       /* 1: it is there */
} ggictl_seals_found_t;


int
ggictl_seals_named(const char *argument)
{
    size_t  len;

    len = strlen(argument);

    return len > strlen(GGI_SEAL_EXTENSION)
           && strcmp(argument + len - strlen(GGI_SEAL_EXTENSION), GGI_SEAL_EXTENSION) == 0;
}


/*
 * Notes a path where seals may be. Returns 1, or 0 after a message when others were found
 * before, or there is no memory.
 */
static int
ggictl_seals_try(ggictl_seals_found_t *found, const char *path)
{
    int    there;
    char  *copy;

    there = (access(path, F_OK) == 0);

    if (found->there) {
        if (there && strcmp(found->path, path) != 0) {
            (void) ggictl_fail("these have different seals, %s and %s: verify one log at a time",
                               found->path, path);
            return 0;
        }

        return 1;
    }

    copy = strdup(path);

    if (copy == NULL) {
        (void) ggictl_fail("no memory");
        return 0;
    }

    free(found->path);
    found->path = copy;
    found->there = there;

    return 1;
}


/* Notes an entry of a directory as ggictl_seals_try() notes a path. */
static int
ggictl_seals_entry(ggictl_seals_found_t *found, const char *directory, const char *entry)
{
    int    good;
    char  *path;

    path = ggictl_log_join(directory, entry);

    if (path == NULL) {
        (void) ggictl_fail("no memory");
        return 0;
    }

    good = ggictl_seals_try(found, path);
    free(path);

    return good;
}


/* Looks for seals in a directory. Returns 1, or 0 after a message. */
static int
ggictl_seals_directory(ggictl_seals_found_t *found, const char *directory)
{
    int             good;
    DIR            *dir;
    struct dirent  *entry;

    dir = opendir(directory);
    good = found->path || ggictl_seals_entry(found, directory, "*" GGI_SEAL_EXTENSION);

    while (dir && good && (entry = readdir(dir)) != NULL) {
        if (ggictl_seals_named(entry->d_name)) {
            good = ggictl_seals_entry(found, directory, entry->d_name);
        }
    }

    if (dir) {
        (void) closedir(dir);
    }

    return good;
}


/* Looks for seals beside a log, or beside one of its files. Returns 1, or 0 after a message. */
static int
ggictl_seals_beside(ggictl_seals_found_t *found, const char *file)
{
    char         path[PATH_MAX];
    size_t       len;
    const char  *slash, *point;

    slash = strrchr(file, '/');
    len = strlen(file);

    /* a file of a worker has a number behind the stem of the log */
    for (point = strchr(slash ? slash : file, '.'); point; point = strchr(point + 1, '.')) {
        if (point[1] >= '0' && point[1] <= '9') {
            len = (size_t) (point - file);
            break;
        }
    }

    return !(point ? snprintf(path, sizeof(path), "%.*s" GGI_SEAL_EXTENSION, (int) len, file) > 0
             : ggi_seal_path(path, sizeof(path), file, len))
           || ggictl_seals_try(found, path);
}


char *
ggictl_seals_find(const ggictl_args_t *args)
{
    int                    i, good;
    struct stat            st;
    const char            *argument;
    ggictl_seals_found_t   found;

    memset(&found, 0, sizeof(found));

    for (i = 0, good = 1; i < args->n && good; i++) {
        argument = args->arguments[i];

        if (ggictl_seals_named(argument)) {
            good = ggictl_seals_try(&found, argument);

        } else if (strcmp(argument, "-") == 0) {
            continue;

        } else if (stat(argument, &st) == 0 && S_ISDIR(st.st_mode)) {
            good = ggictl_seals_directory(&found, argument);

        } else {
            good = ggictl_seals_beside(&found, argument);
        }
    }

    if (good && found.path == NULL) {
        (void) ggictl_fail("name the seals too, a file with the extension " GGI_SEAL_EXTENSION);
        good = 0;
    }

    if (!good) {
        free(found.path);
        return NULL;
    }

    return found.path;
}
