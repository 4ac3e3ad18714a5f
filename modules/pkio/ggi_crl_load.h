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
 * Reads all lists of the file load->path, as ggi_crl_parse() does, into a new block of the
 * store. The caller holds the lock of the store. Sets *stat to what tells the file that was
 * read from others. Returns the number of the block, whose memory begins with a
 * ggi_crl_image_t, and which the caller publishes or frees by ggi_crl_store_free(). Returns
 * GGI_CRL_LOAD_GONE, without a fault, when there is no such file, for example because it was
 * removed after the directory was listed. Returns -1 with the fault when its lists cannot be
 * read; *again is then 1 when that may pass although the file stays as it is, and otherwise 0.
 */
int ggi_crl_load(const ggi_crl_load_t *load, ggi_crl_stat_t *stat, ggi_fault_t *fault,
    int *again);


#endif
