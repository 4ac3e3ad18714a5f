/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads a file of revocation lists into a block of the store. */

#ifndef GGI_CRL_LOAD_H
#define GGI_CRL_LOAD_H

#include "ggi_crl_set.h"

#define GGI_CRL_LOAD_GONE  (-2)


typedef struct {
    ggi_crl_store_t  *store;
    const char       *path;
    unsigned          pause;            /* of the pace at which the lists are read */
} ggi_crl_load_t;


/*
 * Reads a file as ggi_crl_parse() does, for the holder of the store's lock, and sets *stat to what
 * the file is that was read. Returns the block with its lists (ggi_crl_image_t), which
 * ggi_crl_store_free() frees. Returns -1 with the fault; or GGI_CRL_LOAD_GONE, without one, when
 * there is no such file, as when it was removed or renamed after the directory was listed. *again
 * is set to 1 when the file may be readable later as it is, and to 0 otherwise.
 */
int ggi_crl_load(const ggi_crl_load_t *load, ggi_crl_stat_t *stat, ggi_fault_t *fault,
    int *again);


#endif
