/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ggictl_out.h"
#include "ggictl_seal_expire.h"

#define GGICTL_EXPIRE_ASK     "expire."
#define GGICTL_EXPIRE_REFUSE  "refused."


/* Writes the path of a file in the directory of keys that is about a hash. */
static void
ggictl_seal_expire_path(char path[PATH_MAX], const char *keys, const char *word,
    const unsigned char hash[GGI_SEAL_HASH])
{
    char  hex[GGI_SEAL_HEX];

    ggi_hex_write(hex, hash, GGI_SEAL_HASH);
    snprintf(path, PATH_MAX, "%s/%s%.*s", keys, word, GGI_SEAL_HEX, hex);
}


int
ggictl_seal_expire_ask(const char *keys, const unsigned char hash[GGI_SEAL_HASH],
    const char *reason)
{
    int   fd, good;
    char  path[PATH_MAX], new[PATH_MAX];

    /* an answer that is there was for somebody who did not wait for it */
    ggictl_seal_expire_path(path, keys, GGICTL_EXPIRE_REFUSE, hash);
    (void) unlink(path);
    ggictl_seal_expire_path(path, keys, GGICTL_EXPIRE_ASK, hash);
    ggictl_seal_expire_path(new, keys, "new.", hash);
    fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
              S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);

    /* who makes seals is another user, whatever the umask is */
    good = fd != -1 && fchmod(fd, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH) == 0
           && ggictl_write(fd, reason, strlen(reason)) && fsync(fd) == 0
           && rename(new, path) == 0;

    if (!good) {
        (void) ggictl_fail("%s: %s", new, strerror(errno));
    }

    if (fd != -1) {
        (void) close(fd);
    }

    return good;
}


int
ggictl_seal_expire_answer(const char *keys, const unsigned char hash[GGI_SEAL_HASH])
{
    char  path[PATH_MAX];

    ggictl_seal_expire_path(path, keys, GGICTL_EXPIRE_REFUSE, hash);

    if (unlink(path) == 0) {
        return -1;
    }

    ggictl_seal_expire_path(path, keys, GGICTL_EXPIRE_ASK, hash);

    return access(path, F_OK) != 0 && errno == ENOENT;
}


void
ggictl_seal_expire_withdraw(const char *keys, const unsigned char hash[GGI_SEAL_HASH])
{
    char  path[PATH_MAX];

    ggictl_seal_expire_path(path, keys, GGICTL_EXPIRE_ASK, hash);
    (void) unlink(path);
}


/*
 * Reads what a request of a file of a hash asks for: a line of tombstones, or a reason, of
 * which a line is made. Returns 1, or 0 when a seal cannot have that line.
 */
static int
ggictl_seal_request_line(ggictl_seal_request_t *request, const unsigned char hash[GGI_SEAL_HASH])
{
    int              good;
    ggi_str_t        str;
    ggi_seal_line_t  line;
    ggi_seal_text_t  text;

    str.data = request->text;
    str.len = strlen(request->text);

    if (ggi_seal_line_read(&request->line, str) && request->line.kind == GGI_SEAL_TOMBSTONES) {
        return memcmp(request->line.hash, hash, GGI_SEAL_HASH) == 0;
    }

    memset(&request->line, 0, sizeof(ggi_seal_line_t));
    memset(&text, 0, sizeof(text));
    request->line.kind = GGI_SEAL_EXPIRED;
    request->line.text = str;
    memcpy(request->line.hash, hash, GGI_SEAL_HASH);
    ggi_seal_line_write(&text, &request->line);
    str.data = text.data;
    str.len = text.len ? text.len - 1 : 0;
    good = !text.failed && ggi_seal_line_read(&line, str);
    free(text.data);

    return good;
}


/* Reads a request from its file. Returns 1, or 0 when it is none. */
static int
ggictl_seal_request_read(ggictl_seal_request_t *request, int dir, const char *name)
{
    int            fd;
    ssize_t        n;
    unsigned char  hash[GGI_SEAL_HASH];

    memset(request, 0, sizeof(ggictl_seal_request_t));

    if (strlen(name) != strlen(GGICTL_EXPIRE_ASK) + GGI_SEAL_HEX
        || !ggi_hex_read(hash, name + strlen(GGICTL_EXPIRE_ASK), GGI_SEAL_HASH))
    {
        return 0;
    }

    memcpy(request->name, name, strlen(name));
    fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    n = (fd == -1) ? -1 : read(fd, request->text, sizeof(request->text) - 1);

    if (fd != -1) {
        (void) close(fd);
    }

    return n > 0 && ggictl_seal_request_line(request, hash);
}


int
ggictl_seal_expire_read(int fd, const char *keys, ggictl_seal_requests_t *requests)
{
    DIR                    *dir;
    struct dirent          *entry;
    ggictl_seal_request_t   request, *grown;

    dir = opendir(keys);

    if (dir == NULL) {
        (void) ggictl_fail("%s: %s", keys, strerror(errno));
        return 0;
    }

    while ((entry = readdir(dir)) != NULL) {
        if (strncmp(entry->d_name, GGICTL_EXPIRE_ASK, strlen(GGICTL_EXPIRE_ASK)) != 0
            || !ggictl_seal_request_read(&request, fd, entry->d_name))
        {
            continue;
        }

        grown = realloc(requests->list, (requests->n + 1) * sizeof(ggictl_seal_request_t));

        if (grown == NULL) {
            break;
        }

        requests->list = grown;
        requests->list[requests->n++] = request;
    }

    (void) closedir(dir);

    return 1;
}


/* Returns 1 when a file of the hash has something that may have to be sealed still. */
static int
ggictl_seal_expire_waits(const ggictl_seal_watches_t *watches,
    const unsigned char hash[GGI_SEAL_HASH])
{
    size_t  i;

    for (i = 0; i < watches->n; i++) {
        if (!watches->list[i]->done
            && (!watches->list[i]->hashed
                || memcmp(watches->list[i]->hash, hash, GGI_SEAL_HASH) == 0))
        {
            return 1;
        }
    }

    return 0;
}


/*
 * Adds what a request asks for to a note, of each file that begins with its line and did not
 * expire; tombstones are of the first one, whichever has them.
 */
static void
ggictl_seal_request_write(ggictl_seal_request_t *request, ggi_seal_text_t *text,
    const ggi_seal_known_t *known, const ggi_seal_known_file_t *file)
{
    ggi_seal_line_t  line;

    /* the request was moved since it was read; its reason is the end of the text */

    line = request->line;
    line.text.data = request->text + strlen(request->text) - line.text.len;

    while (file) {
        if (file->to && !file->expired) {
            memcpy(line.hash, file->hash, GGI_SEAL_HASH);
            line.to = (line.kind == GGI_SEAL_EXPIRED) ? file->to : line.to;
            ggi_seal_line_write(text, &line);
        }

        file = (line.kind == GGI_SEAL_EXPIRED) ? ggi_seal_known_next(known, file) : NULL;
    }
}


/* Returns 1 when the note of a number has lines of a file, or of one that begins as it does. */
static int
ggictl_seal_expire_seen(const ggi_seal_known_t *known, const ggi_seal_known_file_t *file,
    int64_t number)
{
    while (file && file->seen != number) {
        file = ggi_seal_known_next(known, file);
    }

    return file != NULL;
}


void
ggictl_seal_expire_write(ggictl_seal_requests_t *requests, ggi_seal_text_t *text,
    int64_t number, const ggi_seal_known_t *known, const ggictl_seal_watches_t *watches)
{
    size_t                        i;
    ggi_seal_kind_e               kind;
    ggictl_seal_request_t        *request;
    const ggi_seal_known_file_t  *file;

    for (kind = GGI_SEAL_EXPIRED; kind <= GGI_SEAL_TOMBSTONES; kind++) {
        for (i = 0; i < requests->n; i++) {
            request = &requests->list[i];
            file = ggi_seal_known_find(known, request->line.hash);

            if (request->line.kind != kind
                || ggictl_seal_expire_waits(watches, request->line.hash)
                || ggictl_seal_expire_seen(known, file, number))
            {
                continue;
            }

            request->taken = 1;
            ggictl_seal_request_write(request, text, known, file);
        }
    }
}


void
ggictl_seal_expire_done(int fd, const ggictl_seal_requests_t *requests,
    const ggi_seal_known_t *known)
{
    char                          refused[sizeof(GGICTL_EXPIRE_REFUSE) + GGI_SEAL_HEX];
    size_t                        i;
    const ggictl_seal_request_t  *request;
    const ggi_seal_known_file_t  *file;

    for (i = 0; i < requests->n; i++) {
        request = &requests->list[i];
        file = ggi_seal_known_find(known, request->line.hash);

        if (request->taken && file
            && (file->expired || ggi_seal_known_tombstones(known, request->line.hash,
                                                           request->line.to,
                                                           request->line.digest)))
        {
            (void) unlinkat(fd, request->name, 0);

        } else if (request->taken) {
            snprintf(refused, sizeof(refused), "%s%s", GGICTL_EXPIRE_REFUSE,
                     request->name + strlen(GGICTL_EXPIRE_ASK));
            (void) renameat(fd, request->name, fd, refused);
        }
    }
}
