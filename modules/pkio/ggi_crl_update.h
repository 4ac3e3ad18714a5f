/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Takes over what has changed in a directory of revocation lists. Each file is judged by
 * itself: one that cannot be read keeps what was read of it before, and the others are
 * taken over.
 */

#ifndef GGI_CRL_UPDATE_H
#define GGI_CRL_UPDATE_H

#include "ggi_crl_succession.h"


/* A look at a directory. */
typedef struct {
    const char             *dir;
    const ggi_crl_known_t  *known;      /* certificates of CAs that may have signed lists */
    int                     level;      /* of the strictest server, by which lists are too weak */
    time_t                  now;
    unsigned                pause;      /* of ggi_crl_pace_t; 0 where nobody waits */
} ggi_crl_look_t;


/*
 * Compares the directory with the state in use, reads the files that have changed, and
 * makes that the state in use. What is to be logged is added to news; with level 0 no list
 * is too weak. The caller holds the lock of the store. A large list takes long: call it
 * in a thread or at start. Returns 1 when another state is in use afterwards, 0 otherwise.
 */
int ggi_crl_update(ggi_crl_store_t *store, const ggi_crl_look_t *look, ggi_crl_news_t *news);


#endif
