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


/*
 * Notes work, in units of what it takes to read an entry of a list. When GGI_CRL_STRETCH
 * units or more have been done since the last pause, waits for pace->pause microseconds:
 * call it in a thread, or in a process that serves no calls.
 */
void ggi_crl_pace(ggi_crl_pace_t *pace, unsigned work);


#endif
