/* SPDX-License-Identifier: EUPL-1.2 */

/* The pseudonyms of an audit log, for whoever has their keys; and "audit pseudonym". */

#ifndef GGICTL_PSEUDONYM_H
#define GGICTL_PSEUDONYM_H

#include "ggi_bsn.h"
#include "ggi_pseudonym_keys.h"
#include "ggictl_args.h"


/* Reads the keys in a file of ggi_audit_pseudonym_key. Returns 1, or 0 after a message. */
int ggictl_pseudonym_keys(ggi_pseudonym_keys_t *keys, const char *file);

/*
 * Returns what the pseudonym of a data subject is made of: the nine digits of a BSN in text,
 * however it is spelled, which are written to bsn; or text itself when it has none.
 */
ggi_str_t ggictl_pseudonym_subject(const char *text, char bsn[GGI_BSN_LEN]);

/*
 * Writes the pseudonym of a text under a key, and a NUL, to dst. old is 1 for the form that
 * version 0.9 wrote, which does not name the key, and 0 for that of today. Returns 1, or 0
 * after a message.
 */
int ggictl_pseudonym_write(char dst[GGI_PSEUDONYM_LEN + 1], ggi_str_t text,
    const ggi_pseudonym_key_t *key, int old);

/*
 * Runs "audit pseudonym": prints the pseudonym of a text under each key of a file. Returns
 * GGICTL_OK, or GGICTL_ERROR after a message.
 */
int ggictl_pseudonym(ggictl_args_t *args);


#endif
