/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_str.h"
#include "ggictl_log_files.h"
#include "ggictl_out.h"


/*
 * The names of a directory that are meant: those that begin with a stem, a point and a
 * digit, and have the extension behind that; or, without a stem, have it anywhere.
 */
typedef struct {
    const char  *stem;                  /* NULL: none is asked for */
    size_t       stem_len;
    const char  *extension;
} ggictl_log_pattern_t;


/* Tells of what is not there, and why, unless that is not asked for. Returns 0. */
static int
ggictl_log_files_lack(const ggictl_log_files_t *files, const char *name, const char *why)
{
    if (!files->quiet) {
        (void) ggictl_fail("%s: %s", name, why);
    }

    return 0;
}


/*
 * Adds a file, whose name it takes over; st is NULL for standard input. Returns 1, or 0
 * after a message without memory, as a NULL name is too.
 */
static int
ggictl_log_files_append(ggictl_log_files_t *files, char *name, const struct stat *st)
{
    ggictl_log_file_t  *file;

    file = name ? realloc(files->files, (files->n + 1) * sizeof(ggictl_log_file_t)) : NULL;

    if (file == NULL) {
        free(name);
        (void) ggictl_fail("no memory");
        return 0;
    }

    files->files = file;
    file += files->n++;
    memset(file, 0, sizeof(ggictl_log_file_t));
    file->name = name;

    if (st) {
        file->changed = st->st_mtim;
        files->bytes += (uint64_t) st->st_size;
    }

    return 1;
}


static int
ggictl_log_matches(const ggictl_log_pattern_t *pattern, const char *name)
{
    if (pattern->stem) {
        if (strncmp(name, pattern->stem, pattern->stem_len) != 0
            || name[pattern->stem_len] != '.' || !ggi_is_digit(name[pattern->stem_len + 1]))
        {
            return 0;
        }

        name += pattern->stem_len + 1;
    }

    return strstr(name, pattern->extension) != NULL;
}


char *
ggictl_log_join(const char *directory, const char *entry)
{
    char    *path;
    size_t   len;

    len = strlen(directory);

    return asprintf(&path, "%s%s%s", directory, len && directory[len - 1] == '/' ? "" : "/", entry)
           == -1 ? NULL : path;
}


/*
 * Adds an entry of a directory if it is a regular file. Returns 1; or 0 after a message
 * when the system does not tell what it is, as when it was renamed meanwhile.
 */
static int
ggictl_log_files_entry(ggictl_log_files_t *files, const char *directory, const char *entry)
{
    char         *name;
    struct stat   st;

    name = ggictl_log_join(directory, entry);

    if (name == NULL) {
        return ggictl_log_files_append(files, NULL, NULL);
    }

    if (stat(name, &st) == -1) {
        (void) ggictl_log_files_lack(files, name, strerror(errno));
        free(name);
        return 0;
    }

    if (S_ISREG(st.st_mode)) {
        return ggictl_log_files_append(files, name, &st);
    }

    free(name);

    return 1;
}


/* Adds the files of a directory that match, and closes it. Returns 1, or 0 after a message. */
static int
ggictl_log_files_find(ggictl_log_files_t *files, const char *directory, DIR *dir,
    const ggictl_log_pattern_t *pattern)
{
    int             good;
    struct dirent  *entry;

    for (good = 1; good && (errno = 0, entry = readdir(dir)) != NULL; ) {
        if (ggictl_log_matches(pattern, entry->d_name)) {
            good = ggictl_log_files_entry(files, directory, entry->d_name);
        }
    }

    if (good && errno) {
        (void) ggictl_fail("%s: %s", directory, strerror(errno));
        good = 0;
    }

    (void) closedir(dir);

    return good;
}


int
ggictl_log_directory(char directory[PATH_MAX], const char *path)
{
    const char  *slash;

    slash = strrchr(path, '/');

    return snprintf(directory, PATH_MAX, "%.*s", slash ? (int) (slash + 1 - path) : 1,
                    slash ? path : ".") < PATH_MAX;
}


int
ggictl_log_files_workers(ggictl_log_files_t *files, const char *path)
{
    DIR                   *dir;
    char                   directory[PATH_MAX];
    const char            *slash, *point;
    ggictl_log_pattern_t   pattern;

    slash = strrchr(path, '/');
    pattern.stem = slash ? slash + 1 : path;
    point = strrchr(pattern.stem, '.');
    pattern.extension = point ? point : "";
    pattern.stem_len = point ? (size_t) (point - pattern.stem) : strlen(pattern.stem);

    if (pattern.stem_len == 0 || !ggictl_log_directory(directory, path)) {
        return 1;
    }

    dir = opendir(directory);

    return dir == NULL || ggictl_log_files_find(files, directory, dir, &pattern);
}


/* Adds the files of a directory. Returns 1, or 0 after a message. */
static int
ggictl_log_files_directory(ggictl_log_files_t *files, const char *directory)
{
    DIR     *dir;
    size_t   before;

    static const ggictl_log_pattern_t  all = { NULL, 0, ".jsonl" };

    before = files->n;
    dir = opendir(directory);

    if (dir == NULL) {
        return ggictl_log_files_lack(files, directory, strerror(errno));
    }

    if (!ggictl_log_files_find(files, directory, dir, &all)) {
        return 0;
    }

    if (files->n == before) {
        return ggictl_log_files_lack(files, directory,
                                     "no file in this directory has \".jsonl\" in its name");
    }

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


int
ggictl_log_files_add(ggictl_log_files_t *files, const char *argument)
{
    int           error, good;
    size_t        before;
    struct stat   st;

    before = files->n;

    if (strcmp(argument, "-") == 0) {
        return ggictl_log_files_append(files, strdup(argument), NULL);
    }

    if (stat(argument, &st) == -1) {
        error = errno;
        good = ggictl_log_files_workers(files, argument);

        if (good && files->n == before) {
            return ggictl_log_files_lack(files, argument, strerror(error));
        }

    } else if (S_ISDIR(st.st_mode)) {
        good = ggictl_log_files_directory(files, argument);

    } else {
        return ggictl_log_files_append(files, strdup(argument), &st);
    }

    if (files->n > before) {
        qsort(files->files + before, files->n - before, sizeof(ggictl_log_file_t),
              ggictl_log_compare);
    }

    return good;
}


void
ggictl_log_files_free(ggictl_log_files_t *files)
{
    while (files->n) {
        free(files->files[--files->n].name);
    }

    free(files->files);
    memset(files, 0, sizeof(ggictl_log_files_t));
}
