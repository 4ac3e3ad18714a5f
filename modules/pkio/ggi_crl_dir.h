/* SPDX-License-Identifier: EUPL-1.2 */

/* The files of a directory of revocation lists, without what is in them. */

#ifndef GGI_CRL_DIR_H
#define GGI_CRL_DIR_H

#include <stdint.h>
#include <sys/stat.h>

#include "ggi_source.h"

#define GGI_CRL_FILES_MAX  1024         /* files that a directory may have */
#define GGI_CRL_FILE_NAME  256          /* bytes of a name, and its NUL */
#define GGI_CRL_PATH_MAX   4096


/* What tells that a file is another one than before, or has another content. */
typedef struct {
    int64_t  device, inode, size, mode;
    int64_t  modified[2], changed[2];   /* seconds and nanoseconds */
} ggi_crl_stat_t;


typedef struct {
    char            name[GGI_CRL_FILE_NAME];
    ggi_crl_stat_t  stat;               /* zeros when the file cannot be looked at */
    int             error;              /* errno of that; 0: none */
} ggi_crl_found_t;


typedef struct {
    ggi_crl_found_t  *files;            /* by name */
    size_t            n;
} ggi_crl_dir_t;


/*
 * Notes what stat() tells of a file, by which a change of it is seen later: device, inode,
 * size and times.
 */
void ggi_crl_stat_set(ggi_crl_stat_t *out, const struct stat *st);

/*
 * Lists the regular files of a directory by their names. Files whose name begins with a
 * dot are left out. Returns 1; the caller ends with ggi_crl_dir_free(). Returns 0 with
 * the fault when the directory cannot be read or has more than GGI_CRL_FILES_MAX files;
 * nothing is to be freed then.
 */
int ggi_crl_dir_read(ggi_crl_dir_t *dir, const char *path, ggi_fault_t *fault);

/* Frees what ggi_crl_dir_read() allocated. */
void ggi_crl_dir_free(ggi_crl_dir_t *dir);


#endif
