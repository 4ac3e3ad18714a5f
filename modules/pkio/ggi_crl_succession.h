/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What becomes of lists that others take the place of: they go, they stay as long as
 * they are needed, and what has been in force is remembered.
 */

#ifndef GGI_CRL_SUCCESSION_H
#define GGI_CRL_SUCCESSION_H

#include "ggi_crl_known.h"
#include "ggi_crl_news.h"
#include "ggi_crl_set.h"


/*
 * Returns NULL when the lists of a file that are new take the place of those that were
 * there before, at the time now. Returns the first of the new lists that does not yet,
 * or does not at all, because it begins later or is older than the one of the same
 * issuer and scope before it; those before are still needed then. *before is set to the
 * latter. A list whose issuer has no list any more in the file is no longer needed, nor
 * is one whose new list does not count, nor one that none of the certificates of its
 * issuer signed that are known.
 */
const ggi_crl_list_t *ggi_crl_waits(const ggi_crl_room_t *lists,
    const ggi_crl_room_t *old, const ggi_crl_known_t *known, time_t now,
    const ggi_crl_list_t **before);

/* Why the lists that a file had before stay in use. */
typedef struct {
    const char            *path;        /* of the file */
    const ggi_crl_list_t  *list;        /* what ggi_crl_waits() returned */
    const ggi_crl_list_t  *before;      /* what it set *before to */
    int                    level;       /* security level of the strictest server */
    time_t                 now;
} ggi_crl_kept_t;

/*
 * Adds a line to news that says why the lists that a file had before stay in use, and that they
 * do not in a server that refuses their signatures.
 */
void ggi_crl_tell_kept(ggi_crl_news_t *news, const ggi_crl_kept_t *kept);

/*
 * Adds a line to news for each list of a file that does not count, or does not in the
 * servers with the highest security level, which is level.
 */
void ggi_crl_tell_wrong(ggi_crl_news_t *news, const char *path,
    const ggi_crl_room_t *lists, int level);

/*
 * Notes how new the lists were that go, in marks, which has room for GGI_CRL_MARKS_MAX of
 * which *n are used. Only lists that have begun, and that one of the certificates signed
 * that are known, have been in force. When there is no room, the mark goes whose list
 * expired first: lists older than that one have as a rule expired too. Returns 1, or 0
 * without memory, when not all may have been noted.
 */
int ggi_crl_marks_note(ggi_crl_mark_t *marks, size_t *n,
    const ggi_crl_room_t *lists, STACK_OF(X509) *known, time_t now);


#endif
