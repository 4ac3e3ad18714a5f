/* SPDX-License-Identifier: EUPL-1.2 */

/* Has a witness stamp seals: the first one that is made, and then one an hour. */

#ifndef GGICTL_SEAL_STAMP_H
#define GGICTL_SEAL_STAMP_H

#include "ggi_seal_state.h"


typedef struct {
    const char  *url;                   /* of the witness; NULL: there is none */
    long         timeout;               /* seconds that it may take, at least 1 */
    int64_t      next;                  /* when it is asked again, of the monotonic clock, in ns */
    int64_t      seal;                  /* number of the one that was stamped */
    char         text[GGI_SEAL_STAMP_MAX + 1];  /* its stamp in base64; "": none waits */
} ggictl_seal_stamp_t;


/*
 * Initialises stamp, in memory of the caller. url is that of the witness, which is not copied,
 * or NULL when there is none; interval is the time between two seals, in ms. Returns 1, or 0
 * after a message when url is no URL of http:// or https://.
 */
int ggictl_seal_stamp_start(ggictl_seal_stamp_t *stamp, const char *url, int64_t interval);

/*
 * Has the last seal of a state stamped when it is time for that, and keeps the stamp for
 * the next seal. When the witness does not give one, that is told on standard error, and
 * it is asked again a minute later.
 */
void ggictl_seal_stamp_ask(ggictl_seal_stamp_t *stamp, const ggi_seal_state_t *state);

/*
 * Adds the line with the stamp that the witness gave last to text, a note that is being made.
 * Does nothing when no stamp waits for a note.
 */
void ggictl_seal_stamp_write(const ggictl_seal_stamp_t *stamp, ggi_seal_text_t *text);


#endif
