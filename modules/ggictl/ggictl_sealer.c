/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "ggi_seal_path.h"
#include "ggictl_out.h"
#include "ggictl_seal_expire.h"
#include "ggictl_sealer.h"


/* Appends what is missing of the last seal, and erases its key. Returns 1, or 0 after a message. */
static int
ggictl_sealer_finish(ggictl_sealer_t *sealer)
{
    sealer->pending = !ggictl_seals_finish(&sealer->seals, &sealer->keys.state)
                      || !ggictl_seal_keys_erase(&sealer->keys);

    return !sealer->pending;
}


/* Makes the name of the seals of a log, and the first key. Returns 1, or 0 after a message. */
static int
ggictl_sealer_init(ggictl_sealer_t *sealer, const char *log, const char *node,
    ggictl_changes_t *changes)
{
    char         name[GGI_SEAL_NAME_MAX + 1];
    const char  *slash;
    ggi_str_t    str;
    struct stat  st;

    slash = strrchr(log, '/');
    log = slash ? slash + 1 : log;
    snprintf(name, sizeof(name), "%s/%.*s", node, (int) ggi_seal_stem(log, strlen(log)), log);
    str.data = name;
    str.len = strlen(name);

    if (!ggi_seal_name_good(str)) {
        (void) ggictl_fail("\"%s\" cannot be the name of a key: give a --node of printable ASCII "
                           "characters without blanks and plus signs", name);
        return 0;
    }

    if (fstat(sealer->seals.fd, &st) != 0 || st.st_size != 0) {
        (void) ggictl_fail("%s has seals already, and %s has not their key: keep them, and begin "
                           "other seals", sealer->seals.path, sealer->keys.dir);
        return 0;
    }

    sealer->first = 1;

    return ggictl_seal_keys_init(&sealer->keys, str, changes);
}


int
ggictl_sealer_open(ggictl_sealer_t *sealer, const char *log, const char *keys,
    const char *seals, const char *node, ggictl_changes_t *changes)
{
    int  rc;

    memset(sealer, 0, sizeof(ggictl_sealer_t));
    sealer->keys.fd = -1;
    sealer->keys.slots[0] = -1;
    sealer->keys.slots[1] = -1;
    sealer->seals.fd = -1;
    sealer->files.watches.log = log;
    sealer->files.seals = &sealer->seals;
    rc = ggictl_seal_keys_open(&sealer->keys, keys);

    if (rc != 1) {
        return rc;
    }

    if (!ggictl_seal_keys_load(&sealer->keys) || !ggictl_seals_open(&sealer->seals, seals)
        || (sealer->keys.state.number == 0 && !ggictl_sealer_init(sealer, log, node, changes))
        || !ggictl_sealer_finish(sealer)
        || !ggictl_seals_load(&sealer->seals, &sealer->keys.state, &sealer->files.known)
        || !ggictl_seal_files_start(&sealer->files, sealer->keys.fd))
    {
        return -1;
    }

    return 1;
}


/*
 * Signs the note, has the next key in force, and appends the note. Returns 1; 0 when it is
 * not appended whole yet; or -1 when there is no such seal. Messages were written then.
 */
static int
ggictl_sealer_publish(ggictl_sealer_t *sealer, ggi_seal_text_t *text)
{
    int               good;
    ggi_seal_state_t  next;

    next = sealer->keys.state;
    next.number++;
    next.offset = sealer->seals.size;

    good = ggi_seal_key_make(next.secret, next.public_key)
           && ggi_seal_note_sign(text, next.name, next.public_key, sealer->keys.state.secret,
                                 sealer->keys.state.public_key);

    if (!good) {
        (void) ggictl_fail("no memory for a seal, or OpenSSL cannot sign");
    }

    next.note.data = text->data;
    next.note.len = text->len;
    good = good && ggictl_seal_keys_advance(&sealer->keys, &next);
    OPENSSL_cleanse(&next, sizeof(next));

    return good ? ggictl_sealer_finish(sealer) : -1;
}


/* Adds all lines to a note that was begun. Returns 1, or 0 after a message. */
static int
ggictl_sealer_write(ggictl_sealer_t *sealer, ggi_seal_text_t *text,
    ggictl_seal_requests_t *requests, int64_t until, int closed)
{
    ggi_seal_line_t  line;

    if (!ggictl_seal_files_write(&sealer->files, text, sealer->keys.state.number, until)
        || !ggictl_seal_expire_read(sealer->keys.fd, sealer->keys.dir, requests))
    {
        return 0;
    }

    ggictl_seal_expire_write(requests, text, sealer->keys.state.number,
                             &sealer->files.known, &sealer->files.watches);
    ggictl_seal_stamp_write(&sealer->stamp, text);

    if (closed) {
        memset(&line, 0, sizeof(line));
        line.kind = GGI_SEAL_CLOSED;
        ggi_seal_line_write(text, &line);
    }

    return 1;
}


int
ggictl_sealer_make(ggictl_sealer_t *sealer, int64_t until, int closed)
{
    int                      rc;
    unsigned char            previous[GGI_SEAL_HASH];
    ggi_seal_text_t          text;
    ggictl_seal_requests_t   requests;

    if (sealer->pending && !ggictl_sealer_finish(sealer)) {
        return 0;
    }

    memset(&text, 0, sizeof(text));
    memset(&requests, 0, sizeof(requests));
    rc = -1;

    if (ggi_seal_state_previous(&sealer->keys.state, previous)) {
        ggi_seal_note_begin(&text, sealer->keys.state.name, sealer->keys.state.number, time(NULL),
                            previous);

        if (ggictl_sealer_write(sealer, &text, &requests, until, closed)) {
            rc = ggictl_sealer_publish(sealer, &text);
        }
    }

    if (rc == -1) {
        ggictl_seal_files_again(&sealer->files);

    } else {
        ggictl_seal_files_take(&sealer->files, &sealer->keys.state);
        sealer->stamp.text[0] = '\0';
        ggictl_seal_expire_done(sealer->keys.fd, &requests, &sealer->files.known);
    }

    free(requests.list);
    free(text.data);

    if (rc == 1 && !closed) {
        ggictl_seal_stamp_ask(&sealer->stamp, &sealer->keys.state);
    }

    return rc == 1;
}


void
ggictl_sealer_close(ggictl_sealer_t *sealer)
{
    ggictl_seal_files_free(&sealer->files);
    ggictl_seals_close(&sealer->seals);
    ggictl_seal_keys_close(&sealer->keys);
}
