/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ggictl_log_files.h"
#include "ggictl_out.h"


/* A file, to be ordered by its time. */
typedef struct {
    char             *name;
    struct timespec   changed;
    uint64_t          bytes;
} ggictl_log_file_t;

/* The files that were found in a directory. */
typedef struct {
    ggictl_log_file_t  *files;
    size_t              n;
    int                 nomem;          /* 1: not all, for lack of memory */
} ggictl_log_found_t;

/*
 * The names of a directory that are meant: those that begin with a stem, a point and a
 * digit, and have the extension behind that; or, without a stem, have it anywhere.
 */
typedef struct {
    const char  *stem;                  /* NULL: none is asked for */
    size_t       stem_len;
    const char  *extension;
} ggictl_log_pattern_t;


/*
 * Adds a file that was found, if it is a regular file. Returns 1, or 0 without memory; it
 * takes name over.
 */
static int
ggictl_log_found_add(ggictl_log_found_t *found, char *name)
{
    struct stat         st;
    ggictl_log_file_t  *files;

    if (stat(name, &st) != 0 || !S_ISREG(st.st_mode)) {
        free(name);
        return 1;
    }

    files = realloc(found->files, (found->n + 1) * sizeof(ggictl_log_file_t));

    if (files == NULL) {
        free(name);
        return 0;
    }

    found->files = files;
    files += found->n++;
    files->name = name;
    files->changed = st.st_mtim;
    files->bytes = (uint64_t) st.st_size;

    return 1;
}


static int
ggictl_log_matches(const ggictl_log_pattern_t *pattern, const char *name)
{
    if (pattern->stem) {
        if (strncmp(name, pattern->stem, pattern->stem_len) != 0
            || name[pattern->stem_len] != '.'
            || name[pattern->stem_len + 1] < '0' || name[pattern->stem_len + 1] > '9')
        {
            return 0;
        }

        name += pattern->stem_len + 1;
    }

    return strstr(name, pattern->extension) != NULL;
}


/* Finds the files of a directory that match. Returns 1, or 0 when it cannot be read. */
static int
ggictl_log_find(ggictl_log_found_t *found, const char *directory,
    const ggictl_log_pattern_t *pattern)
{
    DIR            *dir;
    char           *name;
    struct dirent  *entry;

    dir = opendir(directory);

    if (dir == NULL) {
        return 0;
    }

    while ((entry = readdir(dir)) != NULL) {

        if (!ggictl_log_matches(pattern, entry->d_name)) {
            continue;
        }

        if (asprintf(&name, "%s/%s", directory, entry->d_name) == -1
            || !ggictl_log_found_add(found, name))
        {
            found->nomem = 1;
        }
    }

    (void) closedir(dir);

    return 1;
}


static int
ggictl_log_compare(const void *one, const void *other)
{
    const ggictl_log_file_t  *a = one, *b = other;

    if (a->changed.tv_sec != b->changed.tv_sec) {
        return (a->changed.tv_sec < b->changed.tv_sec) ? -1 : 1;
    }

    if (a->changed.tv_nsec != b->changed.tv_nsec) {
        return (a->changed.tv_nsec < b->changed.tv_nsec) ? -1 : 1;
    }

    return strcmp(a->name, b->name);
}


/* Adds one name. Returns 1, or 0 without memory; it takes name over. */
static int
ggictl_log_files_append(ggictl_log_files_t *files, char *name, uint64_t bytes)
{
    char  **names;

    names = name ? realloc(files->names, (files->n + 1) * sizeof(char *)) : NULL;

    if (names == NULL) {
        free(name);
        return 0;
    }

    files->names = names;
    names[files->n++] = name;
    files->bytes += bytes;

    return 1;
}


/* Moves all that was found to files, in its order. Returns 1, or 0 without memory. */
static int
ggictl_log_files_take(ggictl_log_files_t *files, ggictl_log_found_t *found)
{
    int     whole;
    size_t  i;

    if (found->n) {
        qsort(found->files, found->n, sizeof(ggictl_log_file_t), ggictl_log_compare);
    }

    whole = !found->nomem;

    for (i = 0; i < found->n; i++) {
        whole &= ggictl_log_files_append(files, found->files[i].name, found->files[i].bytes);
    }

    free(found->files);

    return whole;
}


/* Finds the files of the workers of a log by the path in the configuration. */
static void
ggictl_log_find_workers(ggictl_log_found_t *found, const char *path)
{
    char                   directory[PATH_MAX];
    const char            *slash, *point;
    ggictl_log_pattern_t   pattern;

    slash = strrchr(path, '/');
    pattern.stem = slash ? slash + 1 : path;
    point = strrchr(pattern.stem, '.');
    pattern.extension = point ? point : "";
    pattern.stem_len = point ? (size_t) (point - pattern.stem) : strlen(pattern.stem);

    if (pattern.stem_len
        && snprintf(directory, sizeof(directory), "%.*s", slash ? (int) (slash + 1 - path) : 1,
                    slash ? path : ".") < (int) sizeof(directory))
    {
        (void) ggictl_log_find(found, directory, &pattern);
    }
}


int
ggictl_log_files_add(ggictl_log_files_t *files, const char *argument)
{
    int                 error;
    struct stat         st;
    ggictl_log_found_t  found;

    static const ggictl_log_pattern_t  all = { NULL, 0, ".jsonl" };

    memset(&found, 0, sizeof(ggictl_log_found_t));

    if (strcmp(argument, "-") == 0) {
        return ggictl_log_files_append(files, strdup(argument), 0)
               || ggictl_fail("no memory") == GGICTL_OK;
    }

    if (stat(argument, &st) != 0) {
        error = errno;
        ggictl_log_find_workers(&found, argument);

        if (found.n == 0) {
            (void) ggictl_fail("%s: %s", argument, strerror(error));
            return 0;
        }

    } else if (!S_ISDIR(st.st_mode)) {
        return ggictl_log_files_append(files, strdup(argument), (uint64_t) st.st_size)
               || ggictl_fail("no memory") == GGICTL_OK;

    } else if (!ggictl_log_find(&found, argument, &all)) {
        (void) ggictl_fail("%s: %s", argument, strerror(errno));
        return 0;

    } else if (found.n == 0) {
        (void) ggictl_fail("%s: no file in this directory has \".jsonl\" in its name", argument);
        return 0;
    }

    return ggictl_log_files_take(files, &found) || ggictl_fail("no memory") == GGICTL_OK;
}


void
ggictl_log_files_free(ggictl_log_files_t *files)
{
    while (files->n) {
        free(files->names[--files->n]);
    }

    free(files->names);
    memset(files, 0, sizeof(ggictl_log_files_t));
}
