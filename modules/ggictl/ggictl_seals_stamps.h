/* SPDX-License-Identifier: EUPL-1.2 */

/* Verifies the time stamps in seals, for "audit verify --witness-ca". */

#ifndef GGICTL_SEALS_STAMPS_H
#define GGICTL_SEALS_STAMPS_H

#include <openssl/x509.h>

#include "ggi_seal_note.h"


typedef struct {
    X509_STORE  *store;                 /* of the authorities; NULL: stamps are only counted */
    int64_t      count;
    int64_t      seal;                  /* number of the last that was stamped; 0: none */
    int64_t      time;                  /* of its stamp */
} ggictl_seals_stamps_t;


/*
 * Prepares to judge the time stamps in seals. file is the PEM file with the CAs that the
 * certificates of witnesses have to lead to; with NULL no CA is asked for. Returns 1, and the
 * caller ends with ggictl_seals_stamps_free(); or 0 after a message when the file cannot be
 * read, and there is nothing to free.
 */
int ggictl_seals_stamps_start(ggictl_seals_stamps_t *stamps, const char *file);

/*
 * Judges the stamps in a seal, which are of the seal before it. before is the time of that
 * seal, in seconds since the epoch: the time of a stamp lies between those of the two seals,
 * as far as clocks agree. Returns NULL, or what is wrong, in a constant text.
 */
const char *ggictl_seals_stamps_judge(ggictl_seals_stamps_t *stamps,
    const ggi_seal_note_t *note, int64_t before);

/* Frees the CAs of witnesses and what is known of stamps. */
void ggictl_seals_stamps_free(ggictl_seals_stamps_t *stamps);


#endif
