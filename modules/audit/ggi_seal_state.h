/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The state of who seals an audit log: the secret of the next seal, and the seal before
 * it, so that a seal that was appended by half can be finished.
 */

#ifndef GGI_SEAL_STATE_H
#define GGI_SEAL_STATE_H

#include <stdint.h>

#include "ggi_seal_note.h"


/* A state. The strings of one that was read point into the text that it was read from. */
typedef struct {
    ggi_str_t      name;                /* of the node and the log */
    int64_t        number;              /* of the next seal, from 1 */
    unsigned char  secret[GGI_SEAL_KEY];        /* of the next seal */
    unsigned char  public_key[GGI_SEAL_KEY];    /* of the next seal */
    int64_t        offset;              /* bytes of the seals before the last one */
    ggi_str_t      note;                /* the last one, whole; empty before the first */
} ggi_seal_state_t;


/*
 * Writes a state to text, which has to be empty. When there is no memory or OpenSSL cannot
 * hash, text->failed becomes 1. The text has the secret of the next seal: the caller overwrites
 * it before it frees it.
 */
void ggi_seal_state_write(ggi_seal_text_t *text, const ggi_seal_state_t *state);

/*
 * Reads a state that ggi_seal_state_write() has written to the beginning of text; what stands
 * behind it is passed over. The strings of state then point into text. Returns 1; or 0 when
 * text does not begin with a whole state, since it was written by half, was erased, or is
 * something else.
 */
int ggi_seal_state_read(ggi_seal_state_t *state, ggi_str_t text);

/*
 * Sets hash to what the next seal has to name as the hash of the seal before it: the SHA-256 of
 * the last note, or zeros before the first seal. Returns 1, or 0 when OpenSSL cannot hash.
 */
int ggi_seal_state_previous(const ggi_seal_state_t *state,
    unsigned char hash[GGI_SEAL_HASH]);


#endif
