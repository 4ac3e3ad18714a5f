/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_dir.h"
#include "ggi_room.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>


void
ggi_crl_stat_set(ggi_crl_stat_t *out, const struct stat *st)
{
    out->device = (int64_t) st->st_dev;
    out->inode = (int64_t) st->st_ino;
    out->size = (int64_t) st->st_size;
    out->mode = (int64_t) st->st_mode;
    out->modified[0] = (int64_t) st->st_mtim.tv_sec;
    out->modified[1] = (int64_t) st->st_mtim.tv_nsec;
    out->changed[0] = (int64_t) st->st_ctim.tv_sec;
    out->changed[1] = (int64_t) st->st_ctim.tv_nsec;
}


static int
ggi_crl_found_compare(const void *one, const void *two)
{
    const ggi_crl_found_t  *a = one;
    const ggi_crl_found_t  *b = two;

    return strcmp(a->name, b->name);
}


/*
 * Adds a file of the directory, when it is a regular one or what its link leads to
 * cannot be looked at. A file that is gone by now is none.
 */
static void
ggi_crl_dir_add(ggi_crl_dir_t *dir, int fd, const char *name)
{
    struct stat       st;
    ggi_crl_found_t  *file;

    file = &dir->files[dir->n];
    memset(file, 0, sizeof(ggi_crl_found_t));
    memcpy(file->name, name, strlen(name) + 1);

    if (fstatat(fd, name, &st, 0) != 0) {
        file->error = errno;

        if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
            dir->n++;
        }

        return;
    }

    if (S_ISREG(st.st_mode)) {
        ggi_crl_stat_set(&file->stat, &st);
        dir->n++;
    }
}


/*
 * Returns the next entry of an open directory that may be a list, or NULL with errno: 0
 * after the last one, and otherwise why the directory cannot be read further.
 */
static const char *
ggi_crl_dir_next(DIR *open)
{
    struct dirent  *entry;

    do {
        errno = 0;
        entry = readdir(open);
    } while (entry && (entry->d_name[0] == '.'
                       || strlen(entry->d_name) >= GGI_CRL_FILE_NAME));

    return entry ? entry->d_name : NULL;
}


/* Adds the files of an open directory. Returns 1, or 0 with errno, EFBIG for too many files. */
static int
ggi_crl_dir_list(ggi_crl_dir_t *dir, DIR *open)
{
    void        *files;
    size_t       allocated;
    const char  *name;

    allocated = 0;

    while ((name = ggi_crl_dir_next(open)) != NULL) {
        if (dir->n == GGI_CRL_FILES_MAX) {
            errno = EFBIG;
            return 0;
        }

        files = ggi_room(dir->files, dir->n, &allocated, sizeof(ggi_crl_found_t));

        if (files == NULL) {
            errno = ENOMEM;
            return 0;
        }

        dir->files = files;
        ggi_crl_dir_add(dir, dirfd(open), name);
    }

    return errno == 0;
}


int
ggi_crl_dir_read(ggi_crl_dir_t *dir, const char *path, ggi_fault_t *fault)
{
    int   good, error;
    DIR  *open;

    memset(dir, 0, sizeof(ggi_crl_dir_t));
    open = opendir(path);

    if (open == NULL) {
        return ggi_fault(fault, path, "%s", strerror(errno));
    }

    good = ggi_crl_dir_list(dir, open);
    error = errno;
    (void) closedir(open);

    if (!good) {
        ggi_crl_dir_free(dir);

        return (error == EFBIG)
               ? ggi_fault(fault, path, "expected at most %d files",
                           GGI_CRL_FILES_MAX)
               : ggi_fault(fault, path, "%s", strerror(error));
    }

    if (dir->n) {
        qsort(dir->files, dir->n, sizeof(ggi_crl_found_t),
              ggi_crl_found_compare);
    }

    return 1;
}


void
ggi_crl_dir_free(ggi_crl_dir_t *dir)
{
    free(dir->files);
    memset(dir, 0, sizeof(ggi_crl_dir_t));
}
