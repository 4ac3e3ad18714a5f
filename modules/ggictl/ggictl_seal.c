/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "ggi_seal_path.h"
#include "ggictl_duration.h"
#include "ggictl_out.h"
#include "ggictl_seal.h"
#include "ggictl_seal_ask.h"
#include "ggictl_sealer.h"

#define GGICTL_SEAL_MS         1000000  /* ns */
#define GGICTL_SEAL_LEAST      100      /* ms of an interval */
#define GGICTL_SEAL_CLOSING    (10LL * 1000 * GGICTL_SEAL_MS)   /* ns that a closing seal reads */


int64_t
ggictl_seal_interval(const char *text)
{
    return text ? ggictl_duration_read("interval", text, GGICTL_SEAL_LEAST) : 10 * 1000;
}


/* Shows the first public key, which an auditor is to keep. Returns 1, or 0 after a message. */
static int
ggictl_seal_show_key(const ggictl_args_t *args, const ggictl_sealer_t *sealer)
{
    char                     text[GGI_SEAL_VERIFIER_MAX];
    const ggi_seal_state_t  *state;

    if (!sealer->first) {
        return 1;
    }

    state = &sealer->keys.state;

    if (!ggi_seal_verifier_write(text, state->name, state->public_key)) {
        return ggictl_fail("OpenSSL cannot hash"), 0;
    }

    ggictl_say(args->result, "The public key of the first seal, which an auditor keeps elsewhere "
               "(it is in %s/public too):\n%s\n", sealer->keys.dir, text);
    (void) fflush(stdout);

    if (args->result) {
        json_object_set_new(args->result, "public_key", json_string(text));
    }

    return 1;
}


/* Shows the seal that was made last. */
static void
ggictl_seal_show(const ggictl_args_t *args, const ggictl_sealer_t *sealer)
{
    int64_t  seal;

    seal = sealer->keys.state.number - 1;
    ggictl_say(args->result, "seal %" PRId64 ": %" PRId64 " line%s\n", seal, sealer->files.lines,
               ggictl_plural((size_t) sealer->files.lines));
    json_object_set_new(args->result, "seal", json_integer((json_int_t) seal));
    json_object_set_new(args->result, "lines", json_integer((json_int_t) sealer->files.lines));
}


/*
 * Waits until a time of the monotonic clock, in ns. Returns 1 when a signal asked to end
 * meanwhile, 0 otherwise.
 */
static int
ggictl_seal_wait(const sigset_t *signals, int64_t until)
{
    int64_t          left;
    struct timespec  pause;

    for ( ;; ) {
        left = until - ggictl_seal_now();
        left = (left > 0) ? left : 0;
        pause.tv_sec = left / 1000000000;
        pause.tv_nsec = left % 1000000000;

        if (sigtimedwait(signals, NULL, &pause) > 0) {
            return 1;
        }

        if (left == 0) {
            return 0;
        }
    }
}


/* Makes a seal each interval, in ms, until a signal comes. Returns the exit status. */
static int
ggictl_seal_follow(ggictl_sealer_t *sealer, int64_t interval)
{
    int       stop;
    int64_t   next;
    sigset_t  signals;

    (void) sigemptyset(&signals);
    (void) sigaddset(&signals, SIGTERM);
    (void) sigaddset(&signals, SIGINT);
    (void) sigprocmask(SIG_BLOCK, &signals, NULL);
    interval *= GGICTL_SEAL_MS;
    next = ggictl_seal_now();

    for (stop = 0; !stop; stop = ggictl_seal_wait(&signals, next)) {
        (void) ggictl_sealer_make(sealer, next + interval / 2, 0);
        next += interval;

        if (next < ggictl_seal_now()) {
            /* no interval has two seals, also when the machine was suspended */
            next = ggictl_seal_now() + interval;
        }
    }

    return ggictl_sealer_make(sealer, ggictl_seal_now() + GGICTL_SEAL_CLOSING, 1)
           ? GGICTL_OK : GGICTL_ERROR;
}


/*
 * Records that a seal is going to say that a file expired, whose first line has a hash. Returns
 * 1, or 0 after a message.
 */
static int
ggictl_seal_expire_begin(const ggictl_args_t *args, const unsigned char hash[GGI_SEAL_HASH],
    ggictl_change_t *intended)
{
    char          hex[GGI_SEAL_HEX];
    ggi_change_t  change;

    memset(&change, 0, sizeof(change));
    ggi_hex_write(hex, hash, GGI_SEAL_HASH);
    change.kind = ggictl_str("audit_file");
    change.target = ggictl_str(args->option[GGICTL_LOG]);
    change.item = ggictl_str(args->option[GGICTL_EXPIRE]);
    change.reason = ggictl_str(args->option[GGICTL_WHY]);
    change.before.sha256.data = hex;
    change.before.sha256.len = sizeof(hex);

    return ggictl_changes_begin(args->changes, &change, intended);
}


/* Records what came of that, by the answer. */
static void
ggictl_seal_expire_end(const ggictl_args_t *args, const ggictl_change_t *intended, int answer)
{
    ggictl_changes_outcome(args->changes, intended,
                           answer == 1 ? GGICTL_CHANGE_DONE
                           : answer ? GGICTL_CHANGE_REFUSED : GGICTL_CHANGE_UNKNOWN,
                           answer == 1 ? NULL
                           : answer ? "it is no file of the log that was sealed"
                           : "nobody who makes seals has answered");
}


/* Has a seal say that a file expired; rc is as of ggictl_sealer_open(). Returns the exit status. */
static int
ggictl_seal_expire(const ggictl_args_t *args, ggictl_sealer_t *sealer, int rc)
{
    int               answer;
    const char       *file, *keys, *reason;
    unsigned char     hash[GGI_SEAL_HASH];
    ggictl_change_t   intended;

    file = args->option[GGICTL_EXPIRE];
    keys = args->option[GGICTL_KEYS];
    reason = args->option[GGICTL_WHY];

    if (!ggictl_seal_ask_hash(file, hash) || !ggictl_seal_expire_begin(args, hash, &intended)) {
        return GGICTL_ERROR;
    }

    answer = ggictl_seal_ask(sealer, rc, keys, hash, reason);
    ggictl_seal_expire_end(args, &intended, answer);

    if (answer == -1) {
        ggictl_say(args->result, "%s is no file of the log that was sealed\n", file);
    } else if (answer == 1) {
        ggictl_say(args->result, "%s may be removed: a seal says that it expired\n", file);
    }

    json_object_set_new(args->result, "expired", json_boolean(answer == 1));

    return (answer == 1) ? GGICTL_OK : answer ? GGICTL_NO : GGICTL_ERROR;
}


/* Checks what the table of options cannot. Returns 1, or 0 after a message. */
static int
ggictl_seal_check(const ggictl_args_t *args)
{
    size_t       i, len;
    const char  *reason;

    if ((args->option[GGICTL_EXPIRE] == NULL) != (args->option[GGICTL_WHY] == NULL)
        || (args->option[GGICTL_EXPIRE] && args->option[GGICTL_SEAL_FOLLOW]))
    {
        (void) ggictl_fail("audit seal: --expire and --reason belong together, without --follow");
        return 0;
    }

    reason = args->option[GGICTL_WHY] ? args->option[GGICTL_WHY] : "-";
    len = strlen(reason);

    for (i = 0; i < len && reason[i] >= ' ' && reason[i] <= '~'; i++) { /* void */ }

    if (len == 0 || len > GGI_SEAL_REASON_MAX || i < len) {
        (void) ggictl_fail("--reason: expected 1 to %d printable ASCII characters",
                           GGI_SEAL_REASON_MAX);
        return 0;
    }

    return 1;
}


int
ggictl_audit_seal(ggictl_args_t *args)
{
    int               rc, opened;
    char              seals[PATH_MAX];
    int64_t           interval;
    ggictl_sealer_t   sealer;

    interval = ggictl_seal_interval(args->option[GGICTL_INTERVAL]);

    if (interval == 0 || !ggictl_seal_check(args)) {
        return GGICTL_ERROR;
    }

    /* the secret shall not be in a core file */
    (void) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    opened = ggictl_seal_ask_open(args, &sealer, seals);

    if (opened == -1
        || !ggictl_seal_stamp_start(&sealer.stamp, args->option[GGICTL_WITNESS], interval)
        || (opened == 1 && !ggictl_seal_show_key(args, &sealer)))
    {
        rc = GGICTL_ERROR;

    } else if (args->option[GGICTL_EXPIRE]) {
        rc = ggictl_seal_expire(args, &sealer, opened);

    } else if (opened == 0) {
        rc = ggictl_fail("%s: another process makes seals with these keys",
                         args->option[GGICTL_KEYS]);

    } else if (args->option[GGICTL_SEAL_FOLLOW]) {
        rc = ggictl_seal_follow(&sealer, interval);

    } else {
        rc = ggictl_sealer_make(&sealer, INT64_MAX, 0) ? GGICTL_OK : GGICTL_ERROR;
        ggictl_seal_show(args, &sealer);
    }

    ggictl_sealer_close(&sealer);

    return rc;
}
