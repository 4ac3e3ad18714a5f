/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A state of the revocation lists of a directory, in a store that all processes share:
 * the files, what was read of each, and what could not be read. It does not change once
 * it has been published; a change makes another state.
 */

#ifndef GGI_CRL_SET_H
#define GGI_CRL_SET_H

#include "ggi_crl_dir.h"
#include "ggi_crl_room.h"
#include "ggi_crl_store.h"
#include "ggi_crl_view.h"

#define GGI_CRL_FAULT_MAX  512          /* bytes of the text of a fault */
#define GGI_CRL_MARKS_MAX  1024


typedef struct {
    char            name[GGI_CRL_FILE_NAME];
    ggi_crl_stat_t  stat;               /* of the file when it was last read */
    int32_t         image;              /* block with its lists; -1: never read */
    int32_t         kept;               /* block with lists of before that still count; -1: none */
    uint32_t        again;              /* 1: to be read again although it has not changed */
    char            fault[GGI_CRL_FAULT_MAX];   /* why it could not be read; empty: it was */
} ggi_crl_file_t;


/* The state. The files and the marks follow. */
typedef struct {
    uint64_t  number;                   /* of the state, which the store writes */
    uint64_t  nfiles;
    uint64_t  nmarks;
    char      fault[GGI_CRL_FAULT_MAX]; /* why the directory could not be read; empty: it was */
} ggi_crl_set_t;


/* The start of a block with the lists of a file. They follow. */
typedef struct {
    uint64_t  used;                     /* bytes of the lists */
    uint64_t  n;                        /* lists */
} ggi_crl_image_t;


/*
 * Sets *room to the lists of a file, which are in the block numbered image of the store;
 * to an empty room when image is -1. They stay in the store: do not add to the room.
 */
void ggi_crl_image_room(const ggi_crl_store_t *store, int32_t image,
    ggi_crl_room_t *room);

/*
 * Returns the files of a state, sorted by name: set->nfiles of them. They are in the
 * store, and valid as long as the state.
 */
const ggi_crl_file_t *ggi_crl_set_files(const ggi_crl_set_t *set);

/*
 * Returns the marks of a state, set->nmarks of them. They stand in the state, and are valid as
 * long as that is.
 */
const ggi_crl_mark_t *ggi_crl_set_marks(const ggi_crl_set_t *set);

/* Returns the file of that name in a state, or NULL. set may be NULL. */
const ggi_crl_file_t *ggi_crl_set_find(const ggi_crl_set_t *set,
    const char *name);

/* Returns how many lists are in use in a state of the store: the sum over all its files. */
size_t ggi_crl_set_lists(const ggi_crl_store_t *store, const ggi_crl_set_t *set);

/*
 * Writes a state with these files and marks to a new block, for the holder of the lock,
 * and says to the store which blocks it keeps. Returns the block, or -1 when there is no
 * room for it.
 */
int ggi_crl_set_write(ggi_crl_store_t *store, const char *fault,
    const ggi_crl_file_t *files, size_t nfiles, const ggi_crl_mark_t *marks,
    size_t nmarks);

/*
 * Makes a view of all lists of a state, which has to stay in use meanwhile. Returns 1;
 * the caller frees the view with ggi_crls_free(). Returns 0 without memory; nothing is
 * to be freed then.
 */
int ggi_crl_set_view(const ggi_crl_store_t *store, const ggi_crl_set_t *set,
    ggi_crls_t *crls);


#endif
