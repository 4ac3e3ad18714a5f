/* SPDX-License-Identifier: EUPL-1.2 */

/* Keeping citizens and users out of the records. */

#ifndef GGI_PRIVACY_H
#define GGI_PRIVACY_H

#include <stddef.h>

#include "ggi_str.h"

#define GGI_BSN_LEN            9        /* digits */
#define GGI_PSEUDONYM_KEY_MIN  16       /* bytes */
#define GGI_PSEUDONYM_KEY_MAX  256
#define GGI_PSEUDONYM_LEN      37       /* "hmac:" and 32 hexadecimal digits */


/*
 * Replaces, in place, every run of exactly nine digits that is a valid BSN
 * (by its elfproef) by nine "*". Returns how many.
 */
size_t ggi_bsn_mask(char *text, size_t len);

/*
 * Writes the pseudonym of a user: the first 128 bits of the HMAC-SHA-256 of
 * the name under a key. The same user has the same pseudonym as long as the key
 * stays; without the key nobody can try names. Returns 1, or 0 when the HMAC
 * fails.
 */
int ggi_pseudonym_write(char dst[GGI_PSEUDONYM_LEN], ggi_str_t user,
    ggi_str_t key);

/* 1 when user is not a person but one of the standard values BurgerZelf and Systeem. */
int ggi_pseudonym_needless(ggi_str_t user);


#endif
