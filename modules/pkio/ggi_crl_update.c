/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_load.h"
#include "ggi_crl_update.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* A take-over while it is made. */
typedef struct {
    ggi_crl_store_t        *store;
    const ggi_crl_look_t   *look;
    ggi_crl_news_t         *news;
    const ggi_crl_set_t    *before;     /* NULL: there was no state yet */
    ggi_crl_dir_t           found;
    ggi_crl_file_t         *files;      /* of the new state, as many as were found */
    ggi_crl_mark_t         *marks;      /* of the new state, room for GGI_CRL_MARKS_MAX */
    size_t                  nmarks;
    int                     lists;      /* 1: other lists are in use than before */
} ggi_crl_update_t;


static const char  ggi_crl_kept[] = "those read before are kept";


/* Notes why a file could not be read, and tells it unless it was so before. */
static void
ggi_crl_update_fault(ggi_crl_update_t *it, ggi_crl_file_t *file,
    const ggi_fault_t *fault, int again)
{
    const ggi_crl_file_t  *old;

    old = ggi_crl_set_find(it->before, file->name);

    snprintf(file->fault, sizeof(file->fault), "%s", fault->text);
    file->again = (uint32_t) again;

    if (old == NULL || strcmp(old->fault, file->fault) != 0) {
        ggi_crl_news_add(it->news, GGI_CRL_ERROR, "%s; %s", file->fault,
                         ggi_crl_kept);
    }
}


/*
 * Decides which lists of before stay in use beside the new ones of a file: those in the
 * block old, those in the block kept, or none. Tells why, unless path is NULL.
 */
static int32_t
ggi_crl_update_keep(ggi_crl_update_t *it, const char *path, int32_t image,
    int32_t old, int32_t kept)
{
    ggi_crl_kept_t   why = { path, NULL, NULL, it->look->level, it->look->now };
    ggi_crl_room_t   lists, before;

    ggi_crl_image_room(it->store, image, &lists);

    if (kept >= 0) {
        ggi_crl_image_room(it->store, old, &before);
        ggi_crl_image_room(it->store, kept, &lists);

        /* what was before has itself not taken the place of what was kept: that serves */

        if (ggi_crl_waits(&before, &lists, it->look->known, it->look->now, &why.before)) {
            old = kept;
        }

        ggi_crl_image_room(it->store, image, &lists);
    }

    ggi_crl_image_room(it->store, old, &before);
    why.list = ggi_crl_waits(&lists, &before, it->look->known, it->look->now, &why.before);

    if (why.list && path) {
        ggi_crl_tell_kept(it->news, &why);
    }

    return why.list ? old : -1;
}


/* Reads a file that is new or has changed. */
static void
ggi_crl_update_read(ggi_crl_update_t *it, ggi_crl_file_t *file, int error)
{
    int              block, again;
    char             path[GGI_CRL_PATH_MAX];
    ggi_fault_t      fault = ggi_fault_init;
    ggi_crl_room_t   lists;
    ggi_crl_load_t   load = { it->store, path, it->look->pause };

    snprintf(path, sizeof(path), "%s/%s", it->look->dir, file->name);

    if (error) {
        (void) ggi_fault(&fault, path, "%s", strerror(error));
        ggi_crl_update_fault(it, file, &fault, 1);
        return;
    }

    block = ggi_crl_load(&load, &file->stat, &fault, &again);

    if (block == GGI_CRL_LOAD_GONE) {
        /* the next look at the directory finds what has become of it */
        file->again = 1;
        return;
    }

    if (block == -1) {
        ggi_crl_update_fault(it, file, &fault, again);
        return;
    }

    ggi_crl_image_room(it->store, block, &lists);
    ggi_crl_tell_wrong(it->news, path, &lists, it->look->level);

    file->kept = ggi_crl_update_keep(it, path, block, file->image, file->kept);
    file->image = block;
    file->again = 0;
    file->fault[0] = '\0';
    it->lists = 1;
}


static int
ggi_crl_update_same(const ggi_crl_file_t *one, const ggi_crl_file_t *two)
{
    return memcmp(&one->stat, &two->stat, sizeof(ggi_crl_stat_t)) == 0
           && one->image == two->image && one->kept == two->kept
           && one->again == two->again && strcmp(one->fault, two->fault) == 0;
}


/* Brings the record of one file up to date. Returns 1 when it has changed, 0 otherwise. */
static int
ggi_crl_update_file(ggi_crl_update_t *it, size_t i)
{
    int32_t                 kept;
    ggi_crl_file_t         *file;
    const ggi_crl_file_t   *old;
    const ggi_crl_found_t  *found;

    file = &it->files[i];
    found = &it->found.files[i];
    old = ggi_crl_set_find(it->before, found->name);

    memset(file, 0, sizeof(ggi_crl_file_t));

    if (old) {
        *file = *old;
    } else {
        memcpy(file->name, found->name, sizeof(file->name));
        file->image = -1;
        file->kept = -1;
    }

    file->stat = found->stat;

    if (old == NULL || old->again
        || memcmp(&old->stat, &found->stat, sizeof(ggi_crl_stat_t)) != 0)
    {
        ggi_crl_update_read(it, file, found->error);

    } else if (file->kept >= 0) {
        kept = ggi_crl_update_keep(it, NULL, file->image, file->kept, -1);
        it->lists |= (kept != file->kept);
        file->kept = kept;
    }

    return old == NULL || !ggi_crl_update_same(file, old);
}


static int
ggi_crl_update_uses(const ggi_crl_update_t *it, int32_t image)
{
    size_t  i;

    for (i = 0; i < it->found.n; i++) {
        if (it->files[i].image == image || it->files[i].kept == image) {
            return 1;
        }
    }

    return 0;
}


/*
 * Notes how new the lists were of a block that the new state does not have any more.
 * Returns 1, or 0 without memory.
 */
static int
ggi_crl_update_leave(ggi_crl_update_t *it, int32_t image, STACK_OF(X509) *known)
{
    ggi_crl_room_t  lists;

    if (image < 0 || ggi_crl_update_uses(it, image)) {
        return 1;
    }

    ggi_crl_image_room(it->store, image, &lists);
    it->lists = 1;

    return ggi_crl_marks_note(it->marks, &it->nmarks, &lists, known, it->look->now);
}


/* Makes the marks of the new state. Returns 1, or 0 without memory. */
static int
ggi_crl_update_marks(ggi_crl_update_t *it)
{
    int                    noted;
    size_t                 i;
    STACK_OF(X509)        *known;
    const ggi_crl_file_t  *files;

    it->marks = malloc(GGI_CRL_MARKS_MAX * sizeof(ggi_crl_mark_t));
    known = ggi_crl_known_all(it->look->known);

    if (it->marks == NULL || known == NULL) {
        sk_X509_pop_free(known, X509_free);
        return 0;
    }

    noted = 1;

    if (it->before) {
        it->nmarks = it->before->nmarks;
        memcpy(it->marks, ggi_crl_set_marks(it->before),
               it->nmarks * sizeof(ggi_crl_mark_t));
        files = ggi_crl_set_files(it->before);

        for (i = 0; noted && i < it->before->nfiles; i++) {
            noted = ggi_crl_update_leave(it, files[i].image, known)
                    && ggi_crl_update_leave(it, files[i].kept, known);
        }
    }

    sk_X509_pop_free(known, X509_free);

    return noted;
}


/* Frees the blocks that were read for a state that does not come. */
static void
ggi_crl_update_undo(ggi_crl_update_t *it)
{
    size_t                 i;
    const ggi_crl_file_t  *old;

    for (i = 0; i < it->found.n; i++) {
        old = ggi_crl_set_find(it->before, it->files[i].name);

        if (it->files[i].image >= 0
            && (old == NULL || it->files[i].image != old->image))
        {
            ggi_crl_store_free(it->store, it->files[i].image);
        }
    }
}


/* Makes the new state that in use. Returns 1, or 0 when there is no room for it. */
static int
ggi_crl_update_publish(ggi_crl_update_t *it, const char *fault)
{
    int  block;

    block = ggi_crl_set_write(it->store, fault, it->files, it->found.n, it->marks,
                              it->nmarks);
    if (block == -1) {
        if (!it->store->shared->full) {
            ggi_crl_news_add(it->news, GGI_CRL_ERROR,
                             "%s: there is no room to take over what has changed; "
                             "%s", it->look->dir, ggi_crl_kept);
        }

        it->store->shared->full = 1;
        return 0;
    }

    it->store->shared->full = 0;
    ggi_crl_store_publish(it->store, block);
    it->before = ggi_crl_store_current(it->store);

    return 1;
}


/* Takes over the files that were found. Returns 1 when there is another state. */
static int
ggi_crl_update_files(ggi_crl_update_t *it)
{
    int     changed;
    size_t  i, stayed;

    it->files = calloc(it->found.n + 1, sizeof(ggi_crl_file_t));

    if (it->files == NULL) {
        return 0;
    }

    changed = it->before == NULL || it->before->fault[0];
    stayed = 0;

    for (i = 0; i < it->found.n; i++) {
        changed |= ggi_crl_update_file(it, i);
        stayed += (ggi_crl_set_find(it->before, it->found.files[i].name) != NULL);
    }

    if (it->before && it->before->nfiles != stayed) {
        /* a file is gone */
        it->lists = 1;
        changed = 1;
    }

    if (!changed) {
        return 0;
    }

    if (!ggi_crl_update_marks(it) || !ggi_crl_update_publish(it, "")) {
        ggi_crl_update_undo(it);
        return 0;
    }

    if (it->lists) {
        ggi_crl_news_add(it->news, GGI_CRL_NOTICE,
                         "%zu revocation lists read from \"%s\"",
                         ggi_crl_set_lists(it->store, it->before), it->look->dir);
    }

    return 1;
}


/* Notes that the directory cannot be read, in a state with the files of that in use. */
static int
ggi_crl_update_unreadable(ggi_crl_update_t *it, const ggi_fault_t *fault)
{
    char  text[GGI_CRL_FAULT_MAX];

    snprintf(text, sizeof(text), "%s", fault->text);

    if (it->before && strcmp(it->before->fault, text) == 0) {
        return 0;
    }

    ggi_crl_news_add(it->news, GGI_CRL_ERROR, "%s; %s", text, ggi_crl_kept);

    if (it->before) {
        it->found.n = it->before->nfiles;
        it->files = malloc((it->found.n + 1) * sizeof(ggi_crl_file_t));
        it->marks = malloc(GGI_CRL_MARKS_MAX * sizeof(ggi_crl_mark_t));

        if (it->files == NULL || it->marks == NULL) {
            return 0;
        }

        memcpy(it->files, ggi_crl_set_files(it->before),
               it->found.n * sizeof(ggi_crl_file_t));
        memcpy(it->marks, ggi_crl_set_marks(it->before),
               it->before->nmarks * sizeof(ggi_crl_mark_t));
        it->nmarks = it->before->nmarks;
    }

    return ggi_crl_update_publish(it, text);
}


int
ggi_crl_update(ggi_crl_store_t *store, const ggi_crl_look_t *look, ggi_crl_news_t *news)
{
    int               changed;
    ggi_fault_t       fault = ggi_fault_init;
    ggi_crl_update_t  it;

    memset(&it, 0, sizeof(it));
    it.store = store;
    it.look = look;
    it.news = news;

    (void) ggi_crl_store_reclaim(store);
    it.before = ggi_crl_store_current(store);

    if (ggi_crl_dir_read(&it.found, look->dir, &fault)) {
        changed = ggi_crl_update_files(&it);
        ggi_crl_dir_free(&it.found);
    } else {
        changed = ggi_crl_update_unreadable(&it, &fault);
    }

    free(it.files);
    free(it.marks);

    if (changed) {
        (void) ggi_crl_store_reclaim(store);
    }

    return changed;
}
