/* SPDX-License-Identifier: EUPL-1.2 */

/* Keeps the names of users out of the records. */

#ifndef GGI_PSEUDONYM_H
#define GGI_PSEUDONYM_H

#include <stddef.h>

#include "ggi_str.h"

#define GGI_PSEUDONYM_KEY_MIN  16       /* bytes */
#define GGI_PSEUDONYM_KEY_MAX  256
#define GGI_PSEUDONYM_LEN      37       /* "hmac:" and 32 hexadecimal digits */


/*
 * Writes the pseudonym of a user, without a NUL: "hmac:" and the first 128 bits of the
 * HMAC-SHA-256 of the name under a key, in hexadecimal. A user has one pseudonym as
 * long as the key stays; without the key nobody can try names. Returns 1, or 0 when
 * the HMAC fails.
 */
int ggi_pseudonym_write(char dst[GGI_PSEUDONYM_LEN], ggi_str_t user,
    ggi_str_t key);

/*
 * Returns 1 when user is one of the standard values BurgerZelf and Systeem, which
 * name no person; otherwise 0.
 */
int ggi_pseudonym_needless(ggi_str_t user);


#endif
