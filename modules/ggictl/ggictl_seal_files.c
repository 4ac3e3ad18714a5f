/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ggictl_out.h"
#include "ggictl_seal_claim.h"
#include "ggictl_seal_files.h"

#define GGICTL_SEAL_FILES_NOTE  (GGI_SEAL_NOTE_MAX / 2) /* bytes from which no file is added */


int
ggictl_seal_files_start(ggictl_seal_files_t *files, int dir)
{
    files->dir = dir;
    ggictl_seal_packed_load(&files->watches, dir);

    return ggictl_seal_source_start(&files->source) && ggictl_seal_source_start(&files->packed);
}


/* Says once what is wrong with a file, and has it left alone until it changes. */
static void
ggictl_seal_files_leave(ggictl_seal_watch_t *watch, const char *what)
{
    if (!watch->told && what) {
        (void) ggictl_fail("%s %s", watch->name, what);
    }

    watch->told = 1;
    watch->done = 1;
}


/*
 * Returns 1 when a file that could not be read is packed, so that it is left alone; and 0
 * when it is a file of a worker, without which no seal is made.
 */
static int
ggictl_seal_files_unreadable(ggictl_seal_watch_t *watch)
{
    char  first;

    if (pread(watch->fd, &first, 1, 0) != 1 || first == '{') {
        return 0;
    }

    ggictl_seal_files_leave(watch, NULL);

    return 1;
}


/*
 * Finds out which file it is by its first line. Returns 1, also when that is not known
 * yet; or 0 after a message.
 */
static int
ggictl_seal_files_identify(ggictl_seal_files_t *files, ggictl_seal_watch_t *watch)
{
    int  rc;

    if (!ggictl_seal_source_open(&files->source, watch->name, watch->fd, 0)) {
        return ggictl_seal_files_unreadable(watch);
    }

    watch->packed = (ggictl_log_packed(files->source.log) != GGICTL_LOG_PLAIN);
    rc = 0;

    /* a file that is being packed now cannot be read yet */
    if (!watch->packed || watch->settled) {
        rc = ggictl_seal_source_first(&files->source, watch->hash);
        watch->done = (rc == 0);
    }

    ggictl_seal_source_close(&files->source);

    if (rc == -1) {
        return ggictl_seal_files_unreadable(watch);
    }

    watch->hashed = (rc == 1);

    return rc == 0 || ggi_seal_known_add(&files->known, watch->hash)
           || (ggictl_fail("no memory"), 0);
}


/* Adds the range that a source has read to the note. Returns 1, or 0 after a message. */
static int
ggictl_seal_files_add(ggictl_seal_files_t *files, ggictl_seal_source_t *source,
    const ggictl_seal_watch_t *watch, ggi_seal_text_t *text)
{
    ggi_seal_line_t         line;
    ggi_seal_known_file_t  *file;

    if (source->range.bytes == 0) {
        return 1;
    }

    if (fdatasync(watch->fd) != 0) {
        (void) ggictl_fail("%s: cannot be synced: %s", watch->name, strerror(errno));
        return 0;
    }

    file = ggi_seal_known_find(&files->known, watch->key);
    memset(&line, 0, sizeof(line));
    line.kind = GGI_SEAL_FILE;
    line.from = file->to;
    line.to = file->to + source->range.bytes;
    memcpy(line.hash, watch->key, GGI_SEAL_HASH);

    if (!ggi_seal_range_end(&source->range, line.digest)) {
        (void) ggictl_fail("OpenSSL cannot hash");
        return 0;
    }

    file->seen = files->number;
    files->lines += source->range.lines;
    ggi_seal_line_write(text, &line);

    return 1;
}


/* Reads a file that is not packed. Returns 1, or 0 after a message. */
static int
ggictl_seal_files_plain(ggictl_seal_files_t *files, ggictl_seal_watch_t *watch, int64_t to,
    ggi_seal_text_t *text)
{
    struct stat         st;
    ggictl_seal_read_e  rc;

    if (fstat(watch->fd, &st) == 0 && st.st_size < to) {
        ggictl_seal_files_leave(watch, "is shorter than what was sealed of it: it was cut");
        return 1;
    }

    if (!ggictl_seal_source_open(&files->source, watch->name, watch->fd, to)) {
        return 0;
    }

    rc = ggictl_seal_source_read(&files->source, &files->chains, files->until);
    ggictl_seal_source_close(&files->source);
    watch->done = (rc == GGICTL_SEAL_END);

    return rc != GGICTL_SEAL_FAILED && ggictl_seal_files_add(files, &files->source, watch, text);
}


static void
ggictl_seal_files_unpacked(ggictl_seal_files_t *files)
{
    ggictl_seal_source_close(&files->packed);
    files->packing = NULL;
}


/*
 * Reads on in a packed file, of which most likely all is sealed: it was so before it was
 * packed. Returns 1, or 0 after a message.
 */
static int
ggictl_seal_files_packed(ggictl_seal_files_t *files, ggictl_seal_watch_t *watch, int64_t to,
    ggi_seal_text_t *text)
{
    ggictl_seal_read_e  rc;

    if (files->packing == NULL) {
        if (!ggictl_seal_source_open(&files->packed, watch->name, watch->fd, to)) {
            return ggictl_seal_files_unreadable(watch);
        }

        files->packing = watch;
    }

    rc = ggictl_seal_source_read(&files->packed, &files->chains, files->until);

    if (rc == GGICTL_SEAL_FAILED) {
        ggictl_seal_files_unpacked(files);
        return ggictl_seal_files_unreadable(watch);
    }

    if (rc == GGICTL_SEAL_END && files->packed.range.bytes == 0) {
        if (files->packed.skip) {
            ggictl_seal_files_leave(watch, "is shorter than what was sealed of it: it was cut");
        }

        watch->done = 1;
        ggictl_seal_files_unpacked(files);
        ggictl_seal_packed_save(&files->watches, files->dir);
        return 1;
    }

    return ggictl_seal_files_add(files, &files->packed, watch, text);
}


/* Finds the first line of a file that may have something new. Returns 1, or 0 after a message. */
static int
ggictl_seal_files_look(ggictl_seal_files_t *files, ggictl_seal_watch_t *watch)
{
    int  rc;

    if (watch->done) {
        return 1;
    }

    rc = ggictl_seal_watch_open(watch);

    return rc == 0 || (rc == 1 && (watch->hashed || ggictl_seal_files_identify(files, watch)));
}


/*
 * Reads what a file has more than what is sealed of it; packed is 1 for the turn of the
 * packed ones. Returns 1, or 0 after a message.
 */
static int
ggictl_seal_files_read(ggictl_seal_files_t *files, ggictl_seal_watch_t *watch, int packed,
    ggi_seal_text_t *text)
{
    const ggi_seal_known_file_t  *file;

    if (watch->done || watch->fd == -1 || !watch->hashed || watch->packed != packed
        || text->len > GGICTL_SEAL_FILES_NOTE)
    {
        return 1;
    }

    if (!watch->keyed
        && !ggictl_seal_claim(&files->watches, watch, &files->known, files->seals))
    {
        return ggictl_seal_files_unreadable(watch);
    }

    file = ggi_seal_known_find(&files->known, watch->key);

    if (file->expired) {
        watch->done = 1;
        return 1;
    }

    if (file->seen == files->number) {
        /* another copy of this file has its turn in this seal */
        return 1;
    }

    if (!packed) {
        return ggictl_seal_files_plain(files, watch, file->to, text);
    }

    return (files->packing && files->packing != watch)
           || ggictl_seal_files_packed(files, watch, file->to, text);
}


/* Forgets the packed file that is read when it is gone. */
static void
ggictl_seal_files_check_packing(ggictl_seal_files_t *files)
{
    size_t  i;

    for (i = 0; i < files->watches.n && files->packing; i++) {
        if (files->watches.list[i] == files->packing && !files->packing->done
            && files->packing->hashed)
        {
            return;
        }
    }

    ggictl_seal_files_unpacked(files);
}


int
ggictl_seal_files_write(ggictl_seal_files_t *files, ggi_seal_text_t *text, int64_t number,
    int64_t until)
{
    int              packed, good;
    size_t           i;
    ggi_seal_line_t  line;

    files->number = number;
    files->until = until;
    files->chains.n = 0;
    files->lines = 0;
    good = ggictl_seal_look(&files->watches);
    ggictl_seal_files_check_packing(files);

    for (i = 0; i < files->watches.n && good; i++) {
        good = ggictl_seal_files_look(files, files->watches.list[i]);
    }

    for (packed = 0; packed < 2; packed++) {
        for (i = 0; i < files->watches.n && good; i++) {
            good = ggictl_seal_files_read(files, files->watches.list[i], packed, text);
        }
    }

    memset(&line, 0, sizeof(line));
    line.kind = GGI_SEAL_CHAIN;

    for (i = 0; i < files->chains.n && good; i++) {
        memcpy(line.id, files->chains.chains[i].id, GGI_UUID_LEN);
        memcpy(line.digest, files->chains.chains[i].hash, GGI_SEAL_HASH);
        line.to = files->chains.chains[i].number;
        ggi_seal_line_write(text, &line);
    }

    return good;
}


void
ggictl_seal_files_again(ggictl_seal_files_t *files)
{
    size_t  i;

    ggictl_seal_files_unpacked(files);

    for (i = 0; i < files->watches.n; i++) {
        if (!files->watches.list[i]->packed) {
            files->watches.list[i]->done = 0;
        }
    }

    for (i = 0; i < files->known.n; i++) {
        files->known.files[i].seen = 0;
    }
}


void
ggictl_seal_files_take(ggictl_seal_files_t *files, const ggi_seal_state_t *state)
{
    ggi_seal_note_t  note;

    if (ggi_seal_note_read(&note, state->note) == NULL) {
        (void) ggi_seal_known_note(&files->known, &note, state->offset);
    }

    ggictl_seal_tidy(&files->watches);
}


void
ggictl_seal_files_free(ggictl_seal_files_t *files)
{
    ggictl_seal_watches_free(&files->watches);
    ggictl_seal_source_free(&files->source);
    ggictl_seal_source_free(&files->packed);
    ggi_seal_known_free(&files->known);
    free(files->chains.chains);
    memset(files, 0, sizeof(ggictl_seal_files_t));
}
