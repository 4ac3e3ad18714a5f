/* SPDX-License-Identifier: EUPL-1.2 */

/* Which files an audit log consists of: those of all workers, rotated and packed ones too. */

#ifndef GGICTL_LOG_FILES_H
#define GGICTL_LOG_FILES_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* The audit log that is read when a command names none. */
#define GGICTL_LOG_DEFAULT  "/var/log/nginx/ggi-audit.jsonl"


typedef struct {
    char             *name;
    struct timespec   changed;          /* when it was written last */
} ggictl_log_file_t;

typedef struct {
    ggictl_log_file_t  *files;
    size_t              n;
    uint64_t            bytes;          /* what the files take on the disk together */
    int                 quiet;          /* 1: no message about what is not there */
} ggictl_log_files_t;


/*
 * Adds the files that an argument names to files, which is all zeros at first: the file
 * itself, or "-"; of a directory, each file in it with ".jsonl" in its name; and for the
 * path that "ggi_audit_log" has, where no such file is, the files NAME.<n>.jsonl* of its
 * workers. Files of one argument are ordered by the time of their last change. Returns 1;
 * or 0 after a message on standard error when there is none, or when not all can be found.
 * The caller frees by ggictl_log_files_free() either way.
 */
int ggictl_log_files_add(ggictl_log_files_t *files, const char *argument);

/*
 * Adds the files of the workers of a log, rotated and packed ones too, in no order, by the
 * path that "ggi_audit_log" has. Returns 1, also when there are none or the directory
 * cannot be read; or 0 after a message when not all can be found.
 */
int ggictl_log_files_workers(ggictl_log_files_t *files, const char *path);

/*
 * Writes the directory of a log to directory, by the path that "ggi_audit_log" has. Returns
 * 1, or 0 when it is too long.
 */
int ggictl_log_directory(char directory[PATH_MAX], const char *path);

/*
 * Returns the path of an entry of a directory, whose name may end in "/", or NULL without memory.
 * The caller frees it.
 */
char *ggictl_log_join(const char *directory, const char *entry);

/* Frees the list of files with their names. */
void ggictl_log_files_free(ggictl_log_files_t *files);


#endif
