/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ggi_seal_path.h"
#include "ggictl_out.h"
#include "ggictl_seal_ask.h"
#include "ggictl_seal_expire.h"

#define GGICTL_ASK_PATIENCE  600        /* seconds for which a request waits */
#define GGICTL_ASK_TURNS     10         /* times in a second that an answer is looked for */
#define GGICTL_ASK_GONE      2          /* seconds in which a process may be started anew */
#define GGICTL_ASK_ATTEMPTS  1000       /* seals that are made to let a file expire */


int
ggictl_seal_ask_hash(const char *file, unsigned char hash[GGI_SEAL_HASH])
{
    int                    fd, rc;
    ggictl_seal_source_t   source;

    fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd == -1) {
        (void) ggictl_fail("%s: %s", file, strerror(errno));
        return 0;
    }

    rc = ggictl_seal_source_start(&source) && ggictl_seal_source_open(&source, file, fd, 0)
         ? ggictl_seal_source_first(&source, hash) : -1;

    if (rc == 0) {
        (void) ggictl_fail("%s has no line", file);
    }

    ggictl_seal_source_free(&source);
    (void) close(fd);

    return rc == 1;
}


/*
 * Waits until the process that makes seals has answered. Returns what
 * ggictl_seal_expire_answer() says, or 0 after a message when that takes too long, or when the
 * process has ended.
 */
static int
ggictl_seal_ask_wait(const char *keys, const unsigned char hash[GGI_SEAL_HASH])
{
    int              i, answer, gone;
    struct timespec  pause = { 0, 1000 * 1000000 / GGICTL_ASK_TURNS };

    gone = 0;

    for (i = 1; i <= GGICTL_ASK_TURNS * GGICTL_ASK_PATIENCE && gone < GGICTL_ASK_GONE; i++) {
        answer = ggictl_seal_expire_answer(keys, hash);

        if (answer) {
            return answer;
        }

        (void) nanosleep(&pause, NULL);

        if (i % GGICTL_ASK_TURNS == 0) {
            gone = ggictl_seal_keys_held(keys) ? 0 : gone + 1;
        }
    }

    /* it may have answered just before it ended */
    answer = ggictl_seal_expire_answer(keys, hash);

    if (answer) {
        return answer;
    }

    ggictl_seal_expire_withdraw(keys, hash);

    if (gone) {
        (void) ggictl_fail("%s: the process that makes seals has ended without an answer: try "
                           "again, with or without it", keys);

    } else {
        (void) ggictl_fail("%s: the process that makes seals has not answered for %d s", keys,
                           GGICTL_ASK_PATIENCE);
    }

    return 0;
}


/* Makes seals until one says that the file expired. Returns the answer, or 0 after a message. */
static int
ggictl_seal_ask_make(ggictl_sealer_t *sealer, const unsigned char hash[GGI_SEAL_HASH])
{
    int  i, answer;

    answer = 0;

    for (i = 0; i < GGICTL_ASK_ATTEMPTS && answer == 0; i++) {
        if (!ggictl_sealer_make(sealer, INT64_MAX, 0)) {
            return 0;
        }

        answer = ggictl_seal_expire_answer(sealer->keys.dir, hash);
    }

    return answer;
}


int
ggictl_seal_ask(ggictl_sealer_t *sealer, int opened, const char *keys,
    const unsigned char hash[GGI_SEAL_HASH], const char *text)
{
    if (!ggictl_seal_expire_ask(keys, hash, text)) {
        return 0;
    }

    return opened ? ggictl_seal_ask_make(sealer, hash) : ggictl_seal_ask_wait(keys, hash);
}


int
ggictl_seal_ask_open(const ggictl_args_t *args, ggictl_sealer_t *sealer, char seals[PATH_MAX])
{
    char         host[256];
    const char  *log, *node;

    log = args->option[GGICTL_LOG];
    node = args->option[GGICTL_NODE];

    if (node == NULL) {
        memset(host, 0, sizeof(host));
        node = (gethostname(host, sizeof(host) - 1) == 0) ? host : "localhost";
    }

    if (!ggi_seal_path(seals, PATH_MAX, log, strlen(log))) {
        (void) ggictl_fail("%s: the path is too long", log);
        memset(sealer, 0, sizeof(ggictl_sealer_t));
        return -1;
    }

    return ggictl_sealer_open(sealer, log, args->option[GGICTL_KEYS], seals, node, args->changes);
}
