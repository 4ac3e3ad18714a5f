/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Judges the seals of an audit log by the first public key: whether each is signed by the
 * key that the one before names, follows it, and goes on where that left each file.
 */

#ifndef GGI_SEAL_CHECK_H
#define GGI_SEAL_CHECK_H

#include "ggi_seal_known.h"
#include "ggi_seal_note.h"


typedef struct {
    char              name[GGI_SEAL_NAME_MAX + 1];
    unsigned char     key[GGI_SEAL_KEY];        /* of the next seal */
    unsigned char     previous[GGI_SEAL_HASH];  /* of the last one */
    int64_t           number;           /* of the last one that is good; 0: none */
    int64_t           time;             /* of the last one that is good */
    int               closed;           /* 1: it is a closing one */
    ggi_seal_known_t  known;            /* the files that good seals name */
} ggi_seal_check_t;


/*
 * Prepares check to judge the seals of a log from the first one on. verifier is the text of the
 * first public key, as ggi_seal_verifier_write() writes it. Returns 1, and the caller ends with
 * ggi_seal_check_free(); or 0 when the text is no public key, and there is nothing to free.
 */
int ggi_seal_check_start(ggi_seal_check_t *check, ggi_str_t verifier);

/*
 * Judges the next seal of a file of seals: whole is its text, and offset where it begins in the
 * file, in bytes. Sets *note to what it says, whose strings point into whole. Returns NULL when
 * it is good. Otherwise returns a literal that says what is wrong and goes on after "seal 17:
 * "; no later seal can be judged then.
 */
const char *ggi_seal_check_note(ggi_seal_check_t *check, ggi_str_t whole,
    int64_t offset, ggi_seal_note_t *note);

/*
 * Frees what ggi_seal_check_note() has kept of the files that seals name. The check is of no
 * use after that.
 */
void ggi_seal_check_free(ggi_seal_check_t *check);


#endif
