/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads the revocation lists in files and directories with the code of the gate pkio. */

#ifndef GGICTL_LISTS_H
#define GGICTL_LISTS_H

#include "ggi_crl_parse.h"
#include "ggi_crl_standing.h"

#define GGICTL_WEAK_MAX  160            /* bytes of the text about a weak signature */


/* The lists of a file. */
typedef struct {
    ggi_crl_room_t  room;               /* see ggi_crl_room_next() */
    size_t          mapped;             /* bytes of the room's memory */
    char           *path;               /* NULL: it is not of a folder */
} ggictl_lists_t;


/* The lists of several files. */
typedef struct {
    ggictl_lists_t  *files;
    size_t           n;
    ggi_crls_t       crls;              /* all lists, as the gate judges by them */
} ggictl_folder_t;


/*
 * Reads all lists from fd, from the start of a file in DER or PEM, as the gate does.
 * path names the file in faults. Returns 1; the caller frees the lists with
 * ggictl_lists_free(). Returns 0 with the fault when the file is no regular file, is too
 * large, or cannot be read as lists; nothing is to be freed then.
 */
int ggictl_lists_read(ggictl_lists_t *lists, int fd, const char *path,
    ggi_fault_t *fault);

/*
 * Reads all lists from the file at path, in DER or PEM, as the gate does. Returns 1, and the
 * caller frees the lists with ggictl_lists_free(); or 0 with the fault, and there is nothing
 * to free, when the file cannot be opened or ggictl_lists_read() refuses it.
 */
int ggictl_lists_open(ggictl_lists_t *lists, const char *path, ggi_fault_t *fault);

/* Frees what ggictl_lists_read() or ggictl_lists_open() allocated. */
void ggictl_lists_free(ggictl_lists_t *lists);

/*
 * Adds the lists of the file at path to a folder, which is zeroed before the first.
 * Returns them, until the next call, or NULL with the fault when they cannot be read.
 */
const ggictl_lists_t *ggictl_folder_add(ggictl_folder_t *folder, const char *path,
    ggi_fault_t *fault);

/*
 * Calls each() with the path of every file in a directory that the gate would read, in
 * the order of their names: see ggi_crl_dir_read(). Returns 1, or 0 with the fault when
 * the directory cannot be read or has more files than the gate reads.
 */
int ggictl_folder_each(const char *dir, void (*each)(void *data, const char *path),
    void *data, ggi_fault_t *fault);

/*
 * Tells how a CA stands with the lists of a folder, as the gate judges it: by the newest
 * of its lists that one of the certificates known signed, with a signature that
 * folder->crls.level accepts. Sets *standing, which is valid
 * until the folder changes. Returns 1 when there is a list that can be used at the time
 * now, 0 otherwise.
 */
int ggictl_folder_standing(ggictl_folder_t *folder, const X509_NAME *ca,
    STACK_OF(X509) *known, time_t now, ggi_crl_standing_t *standing);

/*
 * Returns the security level of OpenSSL, 0 to 5, below which a signature of a list does not
 * count. text is the value of the option --level, which was checked; with NULL it is the level
 * that TLS has by OpenSSL and its configuration on this host.
 */
int ggictl_lists_level(const char *text);

/*
 * Returns 1 when TLS refuses the signature of a list on certificates at a security
 * level, and writes to why what is wrong, in words that complete "the list ...". Returns
 * 0 when it does not.
 */
int ggictl_lists_weak(const ggi_crl_list_t *list, int level, char why[GGICTL_WEAK_MAX]);

/* Frees all lists of a folder, and leaves it empty. */
void ggictl_folder_free(ggictl_folder_t *folder);


#endif
