/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* asprintf() */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ggictl_index.h"
#include "ggictl_log.h"
#include "ggictl_log_files.h"
#include "ggictl_out.h"
#include "ggictl_progress.h"


/* An index that is being made. */
typedef struct {
    const char          *file;          /* of the log */
    char                *name;          /* of the index */
    char                *made;          /* of the file that it is written to at first */
    FILE                *out;
    ggi_index_head_t     head;
    ggi_index_block_t    block;
    uint64_t             records;
} ggictl_indexing_t;


/* Returns the name of an index, which the caller frees, or NULL without memory. */
static char *
ggictl_index_name(const char *directory, const char *file, uint64_t line)
{
    int          n;
    char        *name;
    const char  *slash;

    slash = strrchr(file, '/');

    if (directory) {
        n = asprintf(&name, "%s/ggi-index.%016" PRIx64, directory, line);

    } else {
        n = asprintf(&name, "%.*sggi-index.%016" PRIx64, slash ? (int) (slash + 1 - file) : 0,
                     file, line);
    }

    return n == -1 ? NULL : name;
}


void
ggictl_index_open(ggictl_index_t *index, const char *directory, const char *file, uint64_t line)
{
    int                      fd;
    char                    *name;
    struct stat              st;
    const ggi_index_head_t  *head;

    memset(index, 0, sizeof(ggictl_index_t));
    name = ggictl_index_name(directory, file, line);
    fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    free(name);

    if (fd == -1) {
        return;
    }

    if (fstat(fd, &st) == 0 && st.st_size > 0) {
        index->len = (size_t) st.st_size;
        index->data = mmap(NULL, index->len, PROT_READ, MAP_SHARED, fd, 0);
    }

    (void) close(fd);

    if (index->data == NULL || index->data == MAP_FAILED) {
        memset(index, 0, sizeof(ggictl_index_t));
        return;
    }

    index->blocks = ggi_index_read(index->data, index->len, line);

    if (index->blocks == NULL) {
        ggictl_index_close(index);
        return;
    }

    head = index->data;
    index->n = head->blocks;
    index->covered = head->covered;
    index->end = head->end;
    index->last = head->last;
}


void
ggictl_index_close(ggictl_index_t *index)
{
    if (index->data) {
        (void) munmap(index->data, index->len);
    }

    memset(index, 0, sizeof(ggictl_index_t));
}


/* Writes the block that was begun, if it has lines, and begins another one. */
static void
ggictl_index_block(ggictl_indexing_t *making)
{
    if (making->block.lines) {
        (void) fwrite(&making->block, sizeof(ggi_index_block_t), 1, making->out);
        making->head.blocks++;
        making->head.covered += making->block.bytes;
        making->records += making->block.lines;
    }

    ggi_index_block_begin(&making->block, making->head.covered);
}


/*
 * Reads the lines of a log into blocks. A last line without its newline is left out, since it
 * may grow. Returns GGICTL_OK, or GGICTL_ERROR after a message.
 */
static int
ggictl_index_lines(ggictl_indexing_t *making, ggictl_log_t *log, ggictl_progress_t *progress,
    uint64_t done)
{
    int          rc;
    size_t       len;
    uint64_t     before, after;
    const char  *line;

    before = ggictl_log_offset(log);

    while ((rc = ggictl_log_line(log, &line, &len)) == 1 && line[len - 1] == '\n') {
        after = ggictl_log_offset(log);
        ggi_index_block_add(&making->block, line, len, after - before);
        making->head.end = before;
        making->head.last = ggi_index_hash(line, len);
        before = after;

        if (making->block.bytes >= GGI_INDEX_BLOCK) {
            ggictl_index_block(making);
        }

        ggictl_progress_show(progress, done + ggictl_log_taken(log));
    }

    ggictl_index_block(making);

    return rc == -1 ? GGICTL_ERROR : GGICTL_OK;
}


/* Opens the file that the index is written to. Returns 1, or 0 after a message. */
static int
ggictl_index_create(ggictl_indexing_t *making, const char *directory, uint64_t line)
{
    making->name = ggictl_index_name(directory, making->file, line);

    if (making->name == NULL || asprintf(&making->made, "%s.new", making->name) == -1) {
        making->made = NULL;
        (void) ggictl_fail("no memory");
        return 0;
    }

    making->out = fopen(making->made, "we");

    if (making->out == NULL) {
        (void) ggictl_fail("%s: %s", making->made, strerror(errno));
        return 0;
    }

    ggi_index_begin(&making->head, line);
    ggi_index_block_begin(&making->block, 0);
    (void) fwrite(&making->head, sizeof(ggi_index_head_t), 1, making->out);

    return 1;
}


/* Writes the head and puts the index in place. Returns GGICTL_OK, or GGICTL_ERROR. */
static int
ggictl_index_place(ggictl_indexing_t *making)
{
    int  good;

    rewind(making->out);
    good = fwrite(&making->head, sizeof(ggi_index_head_t), 1, making->out) == 1
           && fflush(making->out) == 0 && !ferror(making->out);
    good = fclose(making->out) == 0 && good;
    making->out = NULL;

    if (!good || rename(making->made, making->name) == -1) {
        return ggictl_fail("%s: cannot be written: %s", making->made, strerror(errno));
    }

    return GGICTL_OK;
}


/* Makes the index of a file whose first line is known. Returns GGICTL_OK, or GGICTL_ERROR. */
static int
ggictl_index_make(ggictl_indexing_t *making, const char *directory, uint64_t line,
    ggictl_progress_t *progress, uint64_t done)
{
    int            rc;
    ggictl_log_t  *log;

    log = ggictl_log_open(making->file);

    if (log == NULL) {
        return GGICTL_ERROR;
    }

    rc = ggictl_index_create(making, directory, line)
         ? ggictl_index_lines(making, log, progress, done) : GGICTL_ERROR;
    ggictl_log_close(log);

    return rc == GGICTL_OK ? ggictl_index_place(making) : rc;
}


/* Reads the first line of a file. Returns 1 and sets its hash; 0 without; or -1 after a message. */
static int
ggictl_index_first(const char *file, uint64_t *hash)
{
    int            rc;
    size_t         len;
    const char    *line;
    ggictl_log_t  *log;

    log = ggictl_log_open(file);

    if (log == NULL) {
        return -1;
    }

    rc = ggictl_log_line(log, &line, &len);

    if (rc == 1) {
        *hash = ggi_index_hash(line, len);
        rc = (line[len - 1] == '\n');
    }

    ggictl_log_close(log);

    return rc;
}


void
ggictl_index_remove(const char *directory, const char *file)
{
    char      *name;
    uint64_t   line;

    if (ggictl_index_first(file, &line) == 1) {
        name = ggictl_index_name(directory, file, line);

        if (name) {
            (void) unlink(name);
        }

        free(name);
    }
}


/*
 * Makes the index of a file. line is the hash of its first line, or 0 when that could not be read
 * before. Returns GGICTL_OK, or GGICTL_ERROR after a message.
 */
static int
ggictl_index_file(const ggictl_args_t *args, const char *file, uint64_t line,
    ggictl_progress_t *progress, uint64_t done)
{
    int                rc;
    ggictl_indexing_t  making;

    rc = line ? 1 : ggictl_index_first(file, &line);

    if (rc != 1) {
        return rc == -1 ? GGICTL_ERROR : GGICTL_OK;
    }

    memset(&making, 0, sizeof(ggictl_indexing_t));
    making.file = file;
    rc = ggictl_index_make(&making, args->option[GGICTL_INDEX], line, progress, done);

    if (making.out) {
        (void) fclose(making.out);

        if (making.made) {
            (void) unlink(making.made);
        }
    }

    ggictl_progress_clear(progress);

    if (rc == GGICTL_OK) {
        ggictl_say(args->result, "%s: %s, %" PRIu64 " record%s in %" PRIu64 " block%s\n", file,
                   making.name, making.records, ggictl_plural(making.records),
                   making.head.blocks, ggictl_plural(making.head.blocks));
        json_array_append_new(json_object_get(args->result, "files"),
                              json_pack("{s:o, s:o, s:I}", "file", ggictl_json_cstr(file), "index",
                                        ggictl_json_cstr(making.name), "records",
                                        (json_int_t) making.records));
    }

    free(making.name);
    free(making.made);

    return rc;
}


/*
 * Finds all files beside those that are indexed, of which one may begin with the same line as one
 * of them; of standard input there are none. Returns 1, or 0 after a message.
 */
static int
ggictl_index_beside(ggictl_log_files_t *all, const ggictl_log_files_t *files)
{
    int     good;
    char    directory[PATH_MAX], last[PATH_MAX];
    size_t  i;

    all->quiet = 1;
    last[0] = '\0';

    for (i = 0, good = 1; i < files->n && good; i++) {
        if (ggictl_log_directory(directory, files->files[i].name)
            && strcmp(directory, last) != 0)
        {
            /* a directory in which no file has the name of one of a log has no other one */
            (void) ggictl_log_files_add(all, directory);
            memcpy(last, directory, sizeof(last));
        }

        good = ggictl_log_files_add(all, files->files[i].name);
    }

    return good;
}


/*
 * Returns the hashes of the first lines of all files, 0 for one without, which the caller frees;
 * or NULL after a message.
 */
static uint64_t *
ggictl_index_firsts(const ggictl_log_files_t *files)
{
    size_t     i;
    uint64_t  *lines;

    lines = calloc(files->n + 1, sizeof(uint64_t));

    if (lines == NULL) {
        (void) ggictl_fail("no memory");
        return NULL;
    }

    for (i = 0; i < files->n; i++) {
        if (ggictl_index_first(files->files[i].name, &lines[i]) == -1) {
            lines[i] = 0;
        }
    }

    return lines;
}


/* Returns the hash of the first line of one of all files; 0 when it has none. */
static uint64_t
ggictl_index_line_of(const ggictl_log_files_t *all, const uint64_t *lines, const char *name)
{
    size_t  i;

    for (i = 0; i < all->n; i++) {
        if (strcmp(all->files[i].name, name) == 0) {
            return lines[i];
        }
    }

    return 0;
}


/* Returns 1 when another one of all files begins with the first line of a file, 0 otherwise. */
static int
ggictl_index_has_twin(const ggictl_log_files_t *all, const uint64_t *lines, const char *name,
    uint64_t line)
{
    size_t       i;
    struct stat  st, other;

    for (i = 0; i < all->n; i++) {
        if (lines[i] == line && line && strcmp(all->files[i].name, name) != 0
            && stat(name, &st) == 0 && stat(all->files[i].name, &other) == 0
            && (other.st_ino != st.st_ino || other.st_dev != st.st_dev))
        {
            return 1;
        }
    }

    return 0;
}


/*
 * Makes the index of each file, but for those that begin with the same line as another one of all:
 * an index is found by that, and a query would pass over records by the index of another file.
 * Returns GGICTL_OK, or GGICTL_ERROR after a message.
 */
static int
ggictl_index_files(const ggictl_args_t *args, const ggictl_log_files_t *files,
    const ggictl_log_files_t *all, ggictl_progress_t *progress)
{
    int          rc;
    size_t       k;
    uint64_t     done, line, *lines;
    const char  *name;
    struct stat  st;

    lines = ggictl_index_firsts(all);
    rc = lines ? GGICTL_OK : GGICTL_ERROR;

    for (done = 0, k = 0; k < files->n && rc == GGICTL_OK; k++) {
        name = files->files[k].name;

        line = ggictl_index_line_of(all, lines, name);

        if (ggictl_index_has_twin(all, lines, name, line)) {
            ggictl_index_remove(args->option[GGICTL_INDEX], name);
            ggictl_say(args->result, "%s: no index, since another file begins with the same line\n",
                       name);

        } else {
            rc = ggictl_index_file(args, name, line, progress, done);
        }

        done += (stat(name, &st) == 0) ? (uint64_t) st.st_size : 0;
    }

    free(lines);

    return rc;
}


int
ggictl_index(ggictl_args_t *args)
{
    int                  i, rc;
    ggictl_progress_t    progress;
    ggictl_log_files_t   files, all;

    memset(&files, 0, sizeof(ggictl_log_files_t));
    memset(&all, 0, sizeof(ggictl_log_files_t));
    json_object_set_new(args->result, "files", json_array());
    rc = GGICTL_OK;

    for (i = 0; i < args->n && rc == GGICTL_OK; i++) {
        if (strcmp(args->arguments[i], "-") == 0) {
            rc = ggictl_fail("audit index: an index is made of files, not of standard input");
            break;
        }

        rc = ggictl_log_files_add(&files, args->arguments[i]) ? GGICTL_OK : GGICTL_ERROR;
    }

    ggictl_progress_begin(&progress, files.bytes);

    if (rc == GGICTL_OK) {
        rc = ggictl_index_beside(&all, &files)
             ? ggictl_index_files(args, &files, &all, &progress) : GGICTL_ERROR;
    }

    ggictl_log_files_free(&all);
    ggictl_log_files_free(&files);

    return rc;
}
