/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* fallocate() */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "ggi_places.h"
#include "ggi_record_trail.h"
#include "ggi_seal_key.h"
#include "ggictl_changes.h"
#include "ggictl_changes_conf.h"
#include "ggictl_log_files.h"
#include "ggictl_out.h"

#define GGICTL_CHANGES_OUTCOME  2048    /* bytes that are kept free for the outcome of a change */
#define GGICTL_CHANGES_CLOSING  4096    /* and for the record that closes the chain */
#define GGICTL_CHANGES_KEPT     (4 * 1024 * 1024)       /* bytes that are kept before a write */
#define GGICTL_CHANGES_RESOURCE 2048


static const ggi_str_t  ggictl_change_words[] = {
    ggi_str("done"), ggi_str("unchanged"), ggi_str("refused"), ggi_str("failed"),
    ggi_str("unknown")
};


int
ggictl_changes_digest(char hex[GGI_CHAIN_HASH_LEN], ggi_str_t data, ggi_str_t *digest)
{
    unsigned char  hash[GGI_SEAL_HASH];

    if (!ggi_seal_hash(data.data, data.len, hash)) {
        (void) ggictl_fail("OpenSSL cannot hash: nothing is changed");
        return 0;
    }

    ggi_hex_write(hex, hash, GGI_SEAL_HASH);
    digest->data = hex;
    digest->len = GGI_CHAIN_HASH_LEN;

    return 1;
}


void
ggictl_changes_init(ggictl_changes_t *changes, const ggictl_args_t *args)
{
    memset(changes, 0, sizeof(ggictl_changes_t));
    changes->args = args;
    changes->file.fd = -1;
    changes->file.chains = -1;
}


/* Tells that nothing more can be recorded, and why. Returns 0. */
static int
ggictl_changes_fail(ggictl_changes_t *changes, const char *why)
{
    changes->state = GGICTL_CHANGES_FAILED;
    (void) ggictl_fail("%s: %s: it cannot be recorded what is changed", changes->file.name, why);

    return 0;
}


/*
 * Takes room on the disk for what waits and for the outcomes of all that was intended. Returns
 * 0, also where the file system cannot do that, or the errno.
 */
static int
ggictl_changes_reserve(const ggictl_changes_t *changes)
{
    off_t        need;
    struct stat  st;

    need = (off_t) (ggi_journal_waiting(&changes->journal)
                    + changes->intended * GGICTL_CHANGES_OUTCOME + GGICTL_CHANGES_CLOSING);

    if (fstat(changes->file.fd, &st) == -1) {
        return errno;
    }

    if (fallocate(changes->file.fd, FALLOC_FL_KEEP_SIZE, st.st_size, need) == -1
        && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == EIO))
    {
        return errno;
    }

    return 0;
}


/* Has the name of a new file be on the disk. Returns 0 or the errno. */
static int
ggictl_changes_sync_name(ggictl_changes_t *changes)
{
    int   fd, error;
    char  directory[PATH_MAX];

    if (!changes->file.made) {
        return 0;
    }

    (void) ggictl_log_directory(directory, changes->file.name);
    fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    error = (fd == -1 || fsync(fd) != 0) ? errno : 0;
    changes->file.made = 0;

    if (fd != -1) {
        (void) close(fd);
    }

    return error;
}


/* Writes what waits; with sync also to the disk. Returns 1, or 0 after a message. */
static int
ggictl_changes_write(ggictl_changes_t *changes, int sync)
{
    int  error;

    error = ggi_journal_write(&changes->journal, changes->file.fd);

    if (error == 0 && sync && fsync(changes->file.fd) != 0) {
        error = errno;
    }

    if (error == 0 && sync) {
        error = ggictl_changes_sync_name(changes);
    }

    if (error) {
        return ggictl_changes_fail(changes, strerror(error));
    }

    ggi_journal_forget(&changes->journal, ggi_journal_reached(&changes->journal));

    return 1;
}


/* Returns room for a record, or NULL after a message. */
static char *
ggictl_changes_room(ggictl_changes_t *changes)
{
    char  *room;

    if (ggi_journal_waiting(&changes->journal) > GGICTL_CHANGES_KEPT
        && !ggictl_changes_write(changes, 0))
    {
        return NULL;
    }

    room = ggi_journal_room(&changes->journal, GGI_RECORD_CHANGE_SIZE);

    if (room == NULL) {
        (void) ggictl_changes_fail(changes, "no memory");
    }

    return room;
}


/* Adds a record of len bytes that was written to the room. Returns 1, or 0 after a message. */
static int
ggictl_changes_add(ggictl_changes_t *changes, size_t len)
{
    changes->journal.len += len;

    return len || ggictl_changes_fail(changes, "OpenSSL cannot hash a record");
}


/* Starts the chain of this run. Returns 1, or 0 when there is no memory or no random number. */
static int
ggictl_changes_start(ggi_chain_t *chain)
{
    char           host[256], text[GGICTL_CHANGES_RESOURCE];
    ggi_str_t      resource, none = ggi_str("");
    unsigned char  random[GGI_UUID_RANDOM];

    memset(host, 0, sizeof(host));

    if (gethostname(host, sizeof(host) - 1) != 0 || host[0] == '\0') {
        strcpy(host, "localhost");
    }

    resource.data = text;
    resource.len = ggi_record_resource(text, sizeof(text), ggictl_str(host), ggictl_str(host), none,
                                       NULL);

    return resource.len && RAND_bytes(random, sizeof(random)) == 1
           && ggi_chain_start(chain, ggictl_now(), random, resource);
}


/* Notes beside the file how far the chain has come; with take it takes the place over. */
static void
ggictl_changes_note(const ggictl_changes_t *changes, ggi_end_e how, int take)
{
    ggi_end_t  end;

    end.how = how;
    end.number = changes->chain.place.number - 1;
    memcpy(end.id, ggi_chain_id(&changes->chain), GGI_UUID_LEN);
    memcpy(end.hash, changes->chain.place.previous, GGI_CHAIN_HASH_LEN);

    if (changes->file.chains != -1) {
        /* what is not noted is read from the file, as long as that is there */
        (void) ggi_places_note(changes->file.chains, changes->file.number, &end, take);
    }
}


/* Adds the record that opens the chain. Returns 1, or 0 after a message. */
static int
ggictl_changes_add_opening(ggictl_changes_t *changes)
{
    char          *room;
    ggi_end_t      noted;
    ggi_tail_t     tail;
    ggi_opened_t   opened;

    room = ggictl_changes_room(changes);

    if (room == NULL) {
        return 0;
    }

    memset(&opened, 0, sizeof(opened));
    ggi_places_read(changes->file.chains, changes->file.number, &noted);
    ggi_end_read_file(changes->file.fd, noted.number ? noted.id : NULL, &tail);
    opened.has_place = 1;
    opened.place = changes->file.number;
    opened.worker = (uint64_t) getpid();
    opened.found = ggi_end_choose(&tail, &noted, &opened.before);

    return ggictl_changes_add(changes,
                              ggi_record_opened(room, GGI_RECORD_CHANGE_SIZE, &opened,
                                                ggictl_now(), &changes->chain));
}


/* Opens the log. Returns 1, or 0 after a message. */
static int
ggictl_changes_open(ggictl_changes_t *changes)
{
    if (!ggictl_changes_file_take(&changes->file, changes->log)) {
        changes->state = GGICTL_CHANGES_FAILED;
        return 0;
    }

    if (!ggictl_changes_start(&changes->chain)) {
        return ggictl_changes_fail(changes, "OpenSSL has no memory, or no random numbers");
    }

    changes->state = GGICTL_CHANGES_OPEN;
    ggictl_actor_find(&changes->actor);
    ggi_journal_begin(&changes->journal, changes->file.fd, 0);

    return ggictl_changes_add_opening(changes);
}


int
ggictl_changes_on(ggictl_changes_t *changes)
{
    int  found;

    if (changes->state == GGICTL_CHANGES_NEW) {
        found = ggictl_changes_path(changes->log, changes->args);
        changes->state = (found == -1) ? GGICTL_CHANGES_FAILED : GGICTL_CHANGES_NONE;

        if (found == 0) {
            (void) ggictl_fail("%s: who changes what is not recorded: name a log in %s, by "
                               "--changes or in GGI_CHANGES", changes->args->command->name,
                               GGICTL_CHANGES_CONF);

        } else if (found == 1) {
            (void) ggictl_changes_open(changes);
        }
    }

    return (changes->state == GGICTL_CHANGES_FAILED) ? -1 : changes->state == GGICTL_CHANGES_OPEN;
}


int
ggictl_changes_intend(ggictl_changes_t *changes, ggi_change_t *change,
    ggictl_change_t *intended)
{
    int            on;
    char          *room;
    unsigned char  random[GGI_TRACE_RANDOM];

    memset(intended, 0, sizeof(ggictl_change_t));
    on = ggictl_changes_on(changes);

    if (on != 1) {
        return on == 0;
    }

    room = ggictl_changes_room(changes);

    if (room == NULL) {
        return 0;
    }

    if (RAND_bytes(random, sizeof(random)) != 1) {
        return ggictl_changes_fail(changes, "OpenSSL has no random numbers");
    }

    ggi_trace_start(&intended->trace, NULL, 0, random);
    intended->number = changes->chain.place.number;

    if (change->command.len == 0) {
        change->command = ggictl_str(changes->args->command->name);
    }

    change->actor = &changes->actor.actor;
    change->trace = &intended->trace;

    if (!ggictl_changes_add(changes,
                            ggi_record_change(room, GGI_RECORD_CHANGE_SIZE, change,
                                              ggictl_now(), &changes->chain)))
    {
        return 0;
    }

    changes->intended++;

    return 1;
}


int
ggictl_changes_commit(ggictl_changes_t *changes)
{
    int  error;

    if (changes->state != GGICTL_CHANGES_OPEN || changes->intended == 0) {
        return changes->state != GGICTL_CHANGES_FAILED;
    }

    error = ggictl_changes_reserve(changes);

    if (error) {
        return ggictl_changes_fail(changes, strerror(error));
    }

    if (!ggictl_changes_write(changes, 1)) {
        return 0;
    }

    ggictl_changes_note(changes, GGI_END_OPEN, 1);
    changes->committed = 1;

    return 1;
}


int
ggictl_changes_begin(ggictl_changes_t *changes, ggi_change_t *change,
    ggictl_change_t *intended)
{
    return ggictl_changes_intend(changes, change, intended) && ggictl_changes_commit(changes);
}


void
ggictl_changes_outcome(ggictl_changes_t *changes, const ggictl_change_t *intended,
    ggictl_change_e result, const char *why)
{
    char                    *room;
    size_t                   len;
    const ggi_change_end_t   end = {
        .number = intended->number, .result = ggictl_change_words[result],
        .done = (result <= GGICTL_CHANGE_UNCHANGED), .reason = ggictl_str(why),
        .trace = &intended->trace
    };

    room = (changes->state == GGICTL_CHANGES_OPEN) ? ggictl_changes_room(changes) : NULL;

    if (room) {
        len = ggi_record_change_end(room, GGI_RECORD_CHANGE_SIZE, &end, ggictl_now(),
                                    &changes->chain);
        changes->intended -= (size_t) ggictl_changes_add(changes, len);
    }

    if (room && changes->intended == 0) {
        changes->committed = 0;
        (void) ggictl_changes_write(changes, 1);
    }
}


/* Adds the record that closes the chain, and writes it with the outcomes. Returns 1, or 0. */
static int
ggictl_changes_finish(ggictl_changes_t *changes)
{
    char  *room;

    room = ggictl_changes_room(changes);

    if (room == NULL
        || !ggictl_changes_add(changes, ggi_record_closed(room, GGI_RECORD_CHANGE_SIZE,
                                                          ggi_why_word(GGI_WHY_STOP),
                                                          ggictl_now(), &changes->chain))
        || !ggictl_changes_write(changes, 1))
    {
        return 0;
    }

    ggictl_changes_note(changes, GGI_END_CLOSED, 0);

    return 1;
}


int
ggictl_changes_close(ggictl_changes_t *changes, int rc)
{
    /* a chain without any change is not written */

    if (changes->state == GGICTL_CHANGES_OPEN && ggi_journal_written(&changes->journal)) {
        (void) ggictl_changes_finish(changes);
    }

    if (changes->state == GGICTL_CHANGES_FAILED) {
        rc = changes->committed
             ? ggictl_fail("%s: it is not recorded what came of %zu change%s", changes->log,
                           changes->intended, ggictl_plural(changes->intended))
             : GGICTL_ERROR;
    }

    ggi_chain_free(&changes->chain);
    ggi_journal_free(&changes->journal);
    ggictl_changes_file_close(&changes->file);

    if (changes->state != GGICTL_CHANGES_NONE) {
        ggictl_changes_init(changes, changes->args);
    }

    return rc;
}
