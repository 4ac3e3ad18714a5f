/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Asks for a seal that says what expired: the process that makes seals, or this one when no
 * other does.
 */

#ifndef GGICTL_SEAL_ASK_H
#define GGICTL_SEAL_ASK_H

#include <limits.h>

#include "ggictl_args.h"
#include "ggictl_sealer.h"


/*
 * Opens the sealer of the options --log, --keys and --node, and sets seals to the path of its
 * seals. Returns 1; 0 when another process makes seals with these keys; or -1 after a
 * message. The caller ends with ggictl_sealer_close() either way.
 */
int ggictl_seal_ask_open(const ggictl_args_t *args, ggictl_sealer_t *sealer,
    char seals[PATH_MAX]);

/* Sets hash to that of the first line of a file of the log. Returns 1, or 0 after a message. */
int ggictl_seal_ask_hash(const char *file, unsigned char hash[GGI_SEAL_HASH]);

/*
 * Has a seal say that a file of the log expires, or that some of its lines are tombstones, and
 * returns when it does. keys is the path of the directory of keys, hash that of the first line
 * of the file, and text the reason or a line "tombstones", as for ggictl_seal_expire_ask().
 * opened is what ggictl_seal_ask_open() has returned: with 1 this process makes the seal with
 * sealer; with 0 it waits until the process that makes seals has done so. Returns 1 when a seal
 * says so; -1 when no seal names the file, so that nothing need be said; or 0 after a message.
 */
int ggictl_seal_ask(ggictl_sealer_t *sealer, int opened, const char *keys,
    const unsigned char hash[GGI_SEAL_HASH], const char *text);


#endif
