/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* asprintf(), mkostemp() */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "ggi_crl_input.h"
#include "ggictl_lists.h"
#include "ggictl_out.h"
#include "ggictl_place.h"

#define GGICTL_PLACE_BEGIN  ".crl-fetch-"
#define GGICTL_PLACE_WAIT   600         /* tenths of a second that a lock is waited for */
#define GGICTL_PLACE_PART   (64 * 1024) /* bytes of a list that are copied at once */


/*
 * Makes a file of its own in the directory. Returns its fd and sets *path, which the
 * caller frees, or returns -1 with errno.
 */
static int
ggictl_place_make(const ggictl_place_t *place, char **path)
{
    int  fd;

    if (asprintf(path, "%s/" GGICTL_PLACE_BEGIN "XXXXXX", place->dir) < 0) {
        *path = NULL;
        errno = ENOMEM;
        return -1;
    }

    fd = mkostemp(*path, O_CLOEXEC);

    if (fd == -1) {
        free(*path);
        *path = NULL;
    }

    return fd;
}


/* Removes the files that a process left which was killed: nobody else has the lock now. */
static void
ggictl_place_clean(const ggictl_place_t *place)
{
    int             fd;
    DIR            *dir;
    struct dirent  *entry;

    fd = fcntl(place->fd, F_DUPFD_CLOEXEC, 0);
    dir = (fd == -1) ? NULL : fdopendir(fd);

    if (dir == NULL) {
        return;
    }

    while ((entry = readdir(dir)) != NULL) {
        if (strncmp(entry->d_name, GGICTL_PLACE_BEGIN, strlen(GGICTL_PLACE_BEGIN)) == 0) {
            (void) unlinkat(place->fd, entry->d_name, 0);
        }
    }

    (void) closedir(dir);
}


/* Waits for the lock of the directory. Returns 1, or 0 with errno. */
static int
ggictl_place_lock(const ggictl_place_t *place, const volatile sig_atomic_t *stop)
{
    int                     i;
    static const struct timespec  tenth = { 0, 100 * 1000 * 1000 };

    for (i = 0; flock(place->fd, LOCK_EX | LOCK_NB) != 0; i++) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return 0;
        }

        if (*stop || i == GGICTL_PLACE_WAIT) {
            errno = *stop ? EINTR : EWOULDBLOCK;
            return 0;
        }

        (void) nanosleep(&tenth, NULL);
    }

    return 1;
}


int
ggictl_place_open(ggictl_place_t *place, const char *dir, const volatile sig_atomic_t *stop)
{
    int  fd;

    place->dir = dir;
    place->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (place->fd == -1) {
        ggictl_fail("%s: %s", dir, strerror(errno));
        return 0;
    }

    if (!ggictl_place_lock(place, stop)) {
        ggictl_fail("%s: %s", dir,
                    (errno == EWOULDBLOCK) ? "another ggictl has been fetching lists for a minute; "
                                             "try again when it has ended"
                    : *stop ? "interrupted by a signal while another ggictl was fetching lists"
                            : strerror(errno));
        ggictl_place_close(place);
        return 0;
    }

    ggictl_place_clean(place);
    fd = ggictl_place_scratch(place);

    if (fd == -1) {
        ggictl_fail("%s: no file can be written there: %s", dir, strerror(errno));
        ggictl_place_close(place);
        return 0;
    }

    close(fd);

    return 1;
}


void
ggictl_place_close(ggictl_place_t *place)
{
    close(place->fd);
}


int
ggictl_place_scratch(const ggictl_place_t *place)
{
    int    fd;
    char  *path;

    fd = ggictl_place_make(place, &path);

    if (fd != -1) {
        (void) unlink(path);
        free(path);
    }

    return fd;
}


/* Writes one of the lists of a file in DER to fd. Returns 1, or 0 with errno. */
static int
ggictl_place_copy(int fd, int from, size_t index)
{
    int               good;
    size_t            n, i;
    const uint8_t    *data;
    ggi_crl_input_t   input;

    if (lseek(from, 0, SEEK_SET) != 0) {
        return 0;
    }

    if (!ggi_crl_input_open(&input, from)) {
        errno = ENOMEM;
        return 0;
    }

    good = ggi_crl_input_next(&input);

    for (i = 0; i < index && good; i++) {
        do {
            n = GGICTL_PLACE_PART;
            (void) ggi_crl_input_peek_some(&input, &n);
            ggi_crl_input_take(&input, n);
        } while (n);

        good = ggi_crl_input_next(&input);
    }

    errno = EIO;

    do {
        n = GGICTL_PLACE_PART;
        data = ggi_crl_input_peek_some(&input, &n);
        good = good && ggictl_write(fd, data, n);
        ggi_crl_input_take(&input, n);
    } while (n && good);

    good = good && ggi_crl_input_whole(&input);
    ggi_crl_input_close(&input);

    return good;
}


/* Sets digest to the SHA-256 of a file, which is written to hex. Returns 1, or 0 with errno. */
static int
ggictl_place_digest(int fd, char hex[GGI_CHAIN_HASH_LEN], ggi_str_t *digest)
{
    int             good;
    char            part[GGICTL_PLACE_PART];
    off_t           done;
    ssize_t         n;
    EVP_MD_CTX     *ctx;
    unsigned char   hash[EVP_MAX_MD_SIZE];

    ctx = EVP_MD_CTX_new();
    good = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
    errno = EIO;

    for (done = 0, n = 1; good && n > 0; done += n) {
        n = pread(fd, part, sizeof(part), done);
        good = n >= 0 && EVP_DigestUpdate(ctx, part, (size_t) n);
    }

    good = good && EVP_DigestFinal_ex(ctx, hash, NULL);
    EVP_MD_CTX_free(ctx);

    if (good) {
        ggi_hex_write(hex, hash, GGI_CHAIN_HASH_LEN / 2);
        digest->data = hex;
        digest->len = GGI_CHAIN_HASH_LEN;
    }

    return good;
}


/*
 * Finds what stands at a name of the directory: its digest, and the number of the list in it.
 * Returns 1, also when nothing does, or 0 with errno.
 */
static int
ggictl_place_standing(const ggictl_place_t *place, const char *name,
    char number[GGI_CRL_NUMBER_TEXT], char hex[GGI_CHAIN_HASH_LEN], ggi_change_state_t *state)
{
    int                    fd, good;
    ggi_fault_t            fault = ggi_fault_init;
    ggictl_lists_t         lists;
    const ggi_crl_list_t  *list;

    fd = openat(place->fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd == -1) {
        return errno == ENOENT;
    }

    good = ggictl_place_digest(fd, hex, &state->sha256) && lseek(fd, 0, SEEK_SET) == 0;

    if (good && ggictl_lists_read(&lists, fd, name, &fault)) {
        list = ggi_crl_room_next(&lists.room, NULL);

        if (list) {
            ggi_crl_number_text(&list->number, number);
            state->version = ggictl_str(number);
        }

        ggictl_lists_free(&lists);
    }

    (void) close(fd);

    return good;
}


/*
 * Records that a file is going to be put at a name, with the number of its list and where that
 * is from; or, with fd -1, that what is there is going to be removed. Returns 1, or 0 with
 * errno.
 */
static int
ggictl_place_begin(const ggictl_place_t *place, const char *name, int fd, const char *number,
    const char *source, ggictl_change_t *intended)
{
    int            on;
    char           was[GGI_CRL_NUMBER_TEXT];
    char           before[GGI_CHAIN_HASH_LEN], after[GGI_CHAIN_HASH_LEN];
    ggi_change_t   change;

    memset(&change, 0, sizeof(change));
    on = ggictl_changes_on(place->changes);
    change.kind = ggictl_str("crl");
    change.target = ggictl_str(place->dir);
    change.item = ggictl_str(name);
    change.source = ggictl_str(source);
    change.after.version = ggictl_str(number);

    if (on == 1 && (!ggictl_place_standing(place, name, was, before, &change.before)
                    || (fd != -1 && !ggictl_place_digest(fd, after, &change.after.sha256))))
    {
        return 0;
    }

    errno = ECANCELED;

    return on != -1 && ggictl_changes_begin(place->changes, &change, intended);
}


/*
 * Records what came of a change that was begun, which was made or not, has the directory be
 * on the disk, and returns 1, or 0 with errno.
 */
static int
ggictl_place_end(const ggictl_place_t *place, const ggictl_change_t *intended, int made)
{
    int  error;

    error = (made && fsync(place->fd) == 0) ? 0 : errno;

    ggictl_changes_outcome(place->changes, intended,
                           !made ? GGICTL_CHANGE_FAILED
                           : error ? GGICTL_CHANGE_UNKNOWN : GGICTL_CHANGE_DONE,
                           error ? strerror(error) : NULL);
    errno = error;

    return error == 0;
}


int
ggictl_place_put(const ggictl_place_t *place, const char *name, int from, size_t index,
    const char *number, const char *source)
{
    int               fd, good, made, error;
    char             *path;
    ggictl_change_t   intended;

    fd = ggictl_place_make(place, &path);

    if (fd == -1) {
        return 0;
    }

    good = ggictl_place_copy(fd, from, index)
           && fchmod(fd, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH) == 0 && fsync(fd) == 0
           && ggictl_place_begin(place, name, fd, number, source, &intended);
    made = 0;

    if (good) {
        made = (renameat(AT_FDCWD, path, place->fd, name) == 0);
        good = ggictl_place_end(place, &intended, made);
    }

    error = errno;

    if (!made) {
        (void) unlink(path);
    }

    (void) close(fd);                   /* what was written to it is on the disk */
    free(path);
    errno = error;

    return good;
}


int
ggictl_place_remove(const ggictl_place_t *place, const char *name)
{
    ggictl_change_t  intended;

    return ggictl_place_begin(place, name, -1, NULL, NULL, &intended)
           && ggictl_place_end(place, &intended, unlinkat(place->fd, name, 0) == 0);
}
