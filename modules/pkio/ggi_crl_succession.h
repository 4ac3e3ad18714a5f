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
 * Judges whether the lists of a file, as it is now, may take the place of old, the lists that
 * it had before, at the time now. Returns NULL when they may. Otherwise an old list is still
 * needed, since the new one of its issuer and scope begins later or is the older one: returns
 * the first such new list, and sets *before to the old one. Both belong to their rooms. An old
 * list is not needed when the file has no list of its issuer any more, when the new one does
 * not count, or when none of the certificates of its issuer in known has signed it.
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
 * Adds a line to news that says why the lists that a file had before stay in use. When their
 * signatures are too weak for some server, the line says that they do not count there.
 */
void ggi_crl_tell_kept(ggi_crl_news_t *news, const ggi_crl_kept_t *kept);

/*
 * Adds a line to news for each list of a file that does not count, with the reason. A list
 * whose signature is too weak for the security level of a server gets a line as well: level is
 * the highest such level of all servers. path names the file in the lines.
 */
void ggi_crl_tell_wrong(ggi_crl_news_t *news, const char *path,
    const ggi_crl_room_t *lists, int level);

/*
 * Notes in marks how new the lists are that are about to go out of use, so that no older list
 * comes into force later. marks has room for GGI_CRL_MARKS_MAX, of which *n are used. Only
 * lists count that were in force: those that have begun, and that one of the certificates in
 * known has signed. When there is no room, the mark of the list that expired first is given up;
 * lists older than that one have as a rule expired too. Returns 1; or 0 without memory, and
 * some may not have been noted.
 */
int ggi_crl_marks_note(ggi_crl_mark_t *marks, size_t *n,
    const ggi_crl_room_t *lists, STACK_OF(X509) *known, time_t now);


#endif
