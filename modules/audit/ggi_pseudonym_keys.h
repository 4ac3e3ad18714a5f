/* SPDX-License-Identifier: EUPL-1.2 */

/* The keys of pseudonyms in a file: one as it is, or several, of which the first is the newest. */

#ifndef GGI_PSEUDONYM_KEYS_H
#define GGI_PSEUDONYM_KEYS_H

#include "ggi_pseudonym.h"

#define GGI_PSEUDONYM_KEYS      16      /* most keys in a file */
#define GGI_PSEUDONYM_FILE_MAX  16384   /* bytes of a file */


typedef struct {
    ggi_pseudonym_key_t  key[GGI_PSEUDONYM_KEYS];       /* the first makes pseudonyms */
    size_t               n;
    char                 bytes[GGI_PSEUDONYM_KEYS][GGI_PSEUDONYM_KEY_MAX];
} ggi_pseudonym_keys_t;


/*
 * Reads the keys from the bytes of a file, which are copied; keys has to stay where it is. A
 * file of several keys begins with the line "# ggi-pseudonym-keys", and has a key a line in
 * hexadecimal; lines that are empty or begin with "#" are passed over. Any other file is one
 * key. Returns NULL, or what is wrong with the file, as a part of a sentence.
 */
const char *ggi_pseudonym_keys_read(ggi_pseudonym_keys_t *keys, ggi_str_t file);


#endif
