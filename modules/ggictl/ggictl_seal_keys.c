/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "ggictl_out.h"
#include "ggictl_seal_keys.h"

#define GGICTL_SEAL_STATE_MAX  (GGI_SEAL_NOTE_MAX + 4096)       /* bytes of a slot */
#define GGICTL_SEAL_ZEROS      4096


static int
ggictl_seal_keys_fail(const ggictl_seal_keys_t *keys, const char *name)
{
    (void) ggictl_fail("%s/%s: %s", keys->dir, name, strerror(errno));
    return 0;
}


/* Erases a text that may hold a secret, and frees it. */
static void
ggictl_seal_text_erase(ggi_seal_text_t *text)
{
    if (text->data) {
        OPENSSL_cleanse(text->data, text->size);
    }

    free(text->data);
    memset(text, 0, sizeof(ggi_seal_text_t));
}


static int
ggictl_seal_slot_name(char name[16], int slot)
{
    return snprintf(name, 16, "slot.%d", slot);
}


/* Opens the two slots, which are made when they are not there. Returns 1, or 0 after a message. */
static int
ggictl_seal_keys_slots(ggictl_seal_keys_t *keys)
{
    int   i;
    char  name[16];

    for (i = 0; i < GGICTL_SEAL_SLOTS; i++) {
        ggictl_seal_slot_name(name, i);
        keys->slots[i] = openat(keys->fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

        if (keys->slots[i] == -1) {
            return ggictl_seal_keys_fail(keys, name);
        }
    }

    return fsync(keys->fd) == 0 || ggictl_seal_keys_fail(keys, "");
}


int
ggictl_seal_keys_open(ggictl_seal_keys_t *keys, const char *dir)
{
    struct stat  st;

    memset(keys, 0, sizeof(ggictl_seal_keys_t));
    keys->dir = dir;
    keys->slots[0] = -1;
    keys->slots[1] = -1;

    if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
        (void) ggictl_fail("%s: %s", dir, strerror(errno));
        return -1;
    }

    keys->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (keys->fd == -1 || fstat(keys->fd, &st) != 0) {
        (void) ggictl_fail("%s: %s", dir, strerror(errno));
        ggictl_seal_keys_close(keys);
        return -1;
    }

    if (st.st_mode & (S_IRWXG | S_IRWXO)) {
        (void) ggictl_fail("%s holds secrets, and others than its owner can reach it: chmod 700 it",
                           dir);
        ggictl_seal_keys_close(keys);
        return -1;
    }

    if (flock(keys->fd, LOCK_EX | LOCK_NB) != 0) {
        ggictl_seal_keys_close(keys);
        return 0;
    }

    if (!ggictl_seal_keys_slots(keys)) {
        ggictl_seal_keys_close(keys);
        return -1;
    }

    return 1;
}


int
ggictl_seal_keys_held(const char *dir)
{
    int  fd, held;

    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    held = fd == -1 || flock(fd, LOCK_SH | LOCK_NB) != 0;

    if (fd != -1) {
        (void) close(fd);
    }

    return held;
}


/*
 * Reads a slot into memory. Returns 1, or 0 after a message; its text is empty when
 * nothing but zeros is in it.
 */
static int
ggictl_seal_slot_read(const ggictl_seal_keys_t *keys, int slot, ggi_seal_text_t *text)
{
    char         name[16];
    size_t       i;
    ssize_t      n;
    struct stat  st;

    ggictl_seal_slot_name(name, slot);
    memset(text, 0, sizeof(ggi_seal_text_t));

    if (fstat(keys->slots[slot], &st) != 0) {
        return ggictl_seal_keys_fail(keys, name);
    }

    if (st.st_size == 0) {
        return 1;
    }

    text->size = (st.st_size > GGICTL_SEAL_STATE_MAX) ? GGICTL_SEAL_STATE_MAX : (size_t) st.st_size;
    text->data = malloc(text->size);

    if (text->data == NULL) {
        (void) ggictl_fail("no memory");
        return 0;
    }

    for (n = 1; n > 0 && text->len < text->size; text->len += (size_t) n) {
        n = pread(keys->slots[slot], text->data + text->len, text->size - text->len,
                  (off_t) text->len);

        if (n == -1) {
            return ggictl_seal_keys_fail(keys, name);
        }
    }

    for (i = 0; i < text->len && text->data[i] == '\0'; i++) { /* void */ }

    if (i == text->len) {
        text->len = 0;
    }

    return 1;
}


/* Takes a text over when it has a state that comes after the one in force; else erases it. */
static void
ggictl_seal_keys_take(ggictl_seal_keys_t *keys, ggi_seal_text_t *text)
{
    ggi_str_t         str;
    ggi_seal_state_t  state;

    str.data = text->data;
    str.len = text->len;

    if (ggi_seal_state_read(&state, str) && state.number > keys->state.number) {
        ggictl_seal_text_erase(&keys->text);
        keys->text = *text;
        keys->state = state;

    } else {
        ggictl_seal_text_erase(text);
    }

    OPENSSL_cleanse(&state, sizeof(state));
}


int
ggictl_seal_keys_load(ggictl_seal_keys_t *keys)
{
    int              i, filled;
    ggi_seal_text_t  text;

    for (i = 0, filled = 0; i < GGICTL_SEAL_SLOTS; i++) {
        if (!ggictl_seal_slot_read(keys, i, &text)) {
            ggictl_seal_text_erase(&text);
            return 0;
        }

        filled += (text.len != 0);
        ggictl_seal_keys_take(keys, &text);
    }

    if (filled == GGICTL_SEAL_SLOTS && keys->state.number == 0) {
        (void) ggictl_fail("%s: neither slot holds a whole state: begin with another directory, "
                           "and other seals", keys->dir);
        return 0;
    }

    return 1;
}


/* Writes a state to its slot. Returns 1, or 0 after a message. */
static int
ggictl_seal_slot_write(ggictl_seal_keys_t *keys, const ggi_seal_state_t *state,
    ggi_seal_text_t *text)
{
    int   slot;
    char  name[16];

    slot = (int) (state->number % GGICTL_SEAL_SLOTS);
    ggictl_seal_slot_name(name, slot);
    ggi_seal_state_write(text, state);

    if (text->failed) {
        (void) ggictl_fail("no memory, or OpenSSL cannot hash");
        return 0;
    }

    return (lseek(keys->slots[slot], 0, SEEK_SET) == 0
            && ggictl_write(keys->slots[slot], text->data, text->len)
            && ftruncate(keys->slots[slot], (off_t) text->len) == 0
            && fsync(keys->slots[slot]) == 0)
           || ggictl_seal_keys_fail(keys, name);
}


int
ggictl_seal_keys_advance(ggictl_seal_keys_t *keys, const ggi_seal_state_t *next)
{
    ggi_seal_text_t  text;

    memset(&text, 0, sizeof(text));

    if (!ggictl_seal_slot_write(keys, next, &text)) {
        ggictl_seal_text_erase(&text);
        return 0;
    }

    ggictl_seal_keys_take(keys, &text);

    if (keys->state.number != next->number) {
        (void) ggictl_fail("%s: seal %" PRId64 " would not be readable, and is not made", keys->dir,
                           next->number - 1);
        return 0;
    }

    return 1;
}


int
ggictl_seal_keys_erase(ggictl_seal_keys_t *keys)
{
    int          slot;
    char         name[16];
    off_t        done;
    ssize_t      n;
    struct stat  st;

    static const char  zeros[GGICTL_SEAL_ZEROS];

    slot = (int) ((keys->state.number + 1) % GGICTL_SEAL_SLOTS);
    ggictl_seal_slot_name(name, slot);

    if (fstat(keys->slots[slot], &st) != 0) {
        return ggictl_seal_keys_fail(keys, name);
    }

    for (done = 0; done < st.st_size; done += n) {
        n = pwrite(keys->slots[slot], zeros,
                   (st.st_size - done < GGICTL_SEAL_ZEROS) ? (size_t) (st.st_size - done)
                   : GGICTL_SEAL_ZEROS, done);

        if (n <= 0) {
            return ggictl_seal_keys_fail(keys, name);
        }
    }

    return fsync(keys->slots[slot]) == 0 || ggictl_seal_keys_fail(keys, name);
}


/* Writes the file "public", which an auditor gets a copy of. Returns 1, or 0 after a message. */
static int
ggictl_seal_keys_public(const ggictl_seal_keys_t *keys, const ggi_seal_state_t *state)
{
    int   fd, good;
    char  text[GGI_SEAL_VERIFIER_MAX];

    if (!ggi_seal_verifier_write(text, state->name, state->public_key)) {
        (void) ggictl_fail("OpenSSL cannot hash");
        return 0;
    }

    fd = openat(keys->fd, "public", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    good = fd != -1 && ggictl_write(fd, text, strlen(text)) && ggictl_write(fd, "\n", 1)
           && fsync(fd) == 0 && fsync(keys->fd) == 0;

    if (!good) {
        (void) ggictl_seal_keys_fail(keys, "public");
    }

    if (fd != -1) {
        (void) close(fd);
    }

    return good;
}


/*
 * Records that the first key is going to be put in place, of which the public one is no secret.
 * Returns 1, or 0 after a message.
 */
static int
ggictl_seal_keys_record(const ggictl_seal_keys_t *keys, const ggi_seal_state_t *state,
    ggictl_changes_t *changes, ggictl_change_t *intended)
{
    char          text[GGI_SEAL_VERIFIER_MAX], hex[GGI_CHAIN_HASH_LEN];
    ggi_change_t  change;

    memset(&change, 0, sizeof(change));

    if (!ggi_seal_verifier_write(text, state->name, state->public_key)) {
        (void) ggictl_fail("OpenSSL cannot hash");
        return 0;
    }

    change.kind = ggictl_str("seal_key");
    change.target = ggictl_str(keys->dir);
    change.item = state->name;
    change.document = ggictl_str(text);

    return ggictl_changes_digest(hex, change.document, &change.after.sha256)
           && ggictl_changes_begin(changes, &change, intended);
}


int
ggictl_seal_keys_init(ggictl_seal_keys_t *keys, ggi_str_t name, ggictl_changes_t *changes)
{
    int               good;
    ggi_seal_state_t  first;
    ggictl_change_t   intended;

    memset(&first, 0, sizeof(first));
    first.name = name;
    first.number = 1;

    if (!ggi_seal_key_make(first.secret, first.public_key)) {
        (void) ggictl_fail("OpenSSL cannot make a key");
        return 0;
    }

    good = ggictl_seal_keys_record(keys, &first, changes, &intended);

    if (good) {
        good = ggictl_seal_keys_public(keys, &first) && ggictl_seal_keys_advance(keys, &first);
        ggictl_changes_outcome(changes, &intended,
                               good ? GGICTL_CHANGE_DONE : GGICTL_CHANGE_FAILED, NULL);
        good = ggictl_changes_close(changes, GGICTL_OK) == GGICTL_OK && good;
    }

    OPENSSL_cleanse(&first, sizeof(first));

    return good;
}


void
ggictl_seal_keys_close(ggictl_seal_keys_t *keys)
{
    int  i;

    ggictl_seal_text_erase(&keys->text);
    OPENSSL_cleanse(&keys->state, sizeof(keys->state));

    for (i = 0; i < GGICTL_SEAL_SLOTS; i++) {
        if (keys->slots[i] != -1) {
            (void) close(keys->slots[i]);
            keys->slots[i] = -1;
        }
    }

    if (keys->fd != -1) {
        (void) close(keys->fd);
        keys->fd = -1;
    }
}
