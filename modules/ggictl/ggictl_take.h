/* SPDX-License-Identifier: EUPL-1.2 */

/* Judges a revocation list that was fetched, and takes it over if it is good and not older. */

#ifndef GGICTL_TAKE_H
#define GGICTL_TAKE_H

#include <signal.h>

#include "ggi_list_name.h"
#include "ggi_points.h"
#include "ggi_trust.h"
#include "ggictl_place.h"

#define GGICTL_TAKE_WHY_MAX  640        /* bytes of the text of why a list is not taken over */


typedef enum {
    GGICTL_TAKE_NOT = 0,                /* the list is not taken over */
    GGICTL_TAKE_NEW,                    /* it has been put in place */
    GGICTL_TAKE_SAME                    /* it is the one that is in place already */
} ggictl_take_e;


/* What is known of a list in place. */
typedef struct {
    char     file[GGI_LIST_NAME_MAX];   /* name in the directory */
    char     number[GGI_CRL_NUMBER_TEXT];
    int64_t  next_update;
    uint64_t entries;
} ggictl_taken_t;


typedef struct {
    const ggi_trust_t            *trust;
    const ggictl_place_t         *place;
    const volatile sig_atomic_t  *stop; /* waiting ends when this is not 0 */
    const char                   *url;  /* where the answer is from */
} ggictl_take_t;


/*
 * Looks for the list of a distribution point in an answer, and puts it in place when it
 * is good and is not there yet. fd is a file, which stays the caller's, with lists in DER
 * or PEM, of which the first counts that is good. A list is good when the CA of the point
 * issued and signed it, when the gate can use it, also for the certificate that names the
 * point and by the security level of trust, when it is in force, and when neither its
 * number nor, with the same number, its thisUpdate is lower than in the list in place.
 * Waits for a list that comes into force within a minute, since the clock of the CA may
 * be ahead. Returns what was done. Sets *taken to the list in place or, when the list is
 * not taken over, why to what is wrong with it and to the remedy.
 */
ggictl_take_e ggictl_take(const ggictl_take_t *take, const ggi_point_t *point, int fd,
    ggictl_taken_t *taken, char why[GGICTL_TAKE_WHY_MAX]);

/*
 * Finds the list of a CA in the directory by which the gate judges now. Returns its path,
 * which the caller frees, and sets *until to its nextUpdate, or returns NULL when there
 * is none that can be used.
 */
char *ggictl_take_standing(const ggictl_take_t *take, const ggi_trust_ca_t *ca,
    int64_t *until);


#endif
