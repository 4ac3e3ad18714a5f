/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Work that takes long and is not urgent, done in short stretches with pauses between
 * them, so that calls on the same processor wait for a stretch at most.
 */

#ifndef GGI_CRL_PACE_H
#define GGI_CRL_PACE_H

#define GGI_CRL_STRETCH  2048           /* entries of a list that are read in one stretch */


typedef struct {
    unsigned  pause;                    /* microseconds after each stretch; 0: none */
    unsigned  done;                     /* since the last pause */
} ggi_crl_pace_t;


/* Adds to the work that has been done, and pauses when that was a stretch. */
void ggi_crl_pace(ggi_crl_pace_t *pace, unsigned work);


#endif
