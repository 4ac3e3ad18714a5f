/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_set.h"

#include <stdio.h>
#include <string.h>


void
ggi_crl_image_room(const ggi_crl_store_t *store, int32_t image,
    ggi_crl_room_t *room)
{
    ggi_crl_image_t  *start;

    memset(room, 0, sizeof(ggi_crl_room_t));

    if (image >= 0) {
        start = ggi_crl_store_block(store, image);
        room->base = (uint8_t *) start + sizeof(ggi_crl_image_t);
        room->size = start->used;
        room->used = start->used;
        room->n = start->n;
    }
}


const ggi_crl_file_t *
ggi_crl_set_files(const ggi_crl_set_t *set)
{
    return (const ggi_crl_file_t *) ((const uint8_t *) set
                                     + sizeof(ggi_crl_set_t));
}


const ggi_crl_mark_t *
ggi_crl_set_marks(const ggi_crl_set_t *set)
{
    return (const ggi_crl_mark_t *) (ggi_crl_set_files(set) + set->nfiles);
}


const ggi_crl_file_t *
ggi_crl_set_find(const ggi_crl_set_t *set, const char *name)
{
    int                    order;
    size_t                 from, to, middle;
    const ggi_crl_file_t  *files;

    from = 0;
    to = set ? set->nfiles : 0;
    files = set ? ggi_crl_set_files(set) : NULL;

    while (from < to) {
        middle = from + (to - from) / 2;
        order = strcmp(name, files[middle].name);

        if (order == 0) {
            return &files[middle];
        }

        if (order < 0) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }

    return NULL;
}


size_t
ggi_crl_set_lists(const ggi_crl_store_t *store, const ggi_crl_set_t *set)
{
    size_t                 i, n;
    ggi_crl_room_t         room;
    const ggi_crl_file_t  *files;

    n = 0;
    files = ggi_crl_set_files(set);

    for (i = 0; i < set->nfiles; i++) {
        ggi_crl_image_room(store, files[i].image, &room);
        n += room.n;
    }

    return n;
}


int
ggi_crl_set_write(ggi_crl_store_t *store, const char *fault,
    const ggi_crl_file_t *files, size_t nfiles, const ggi_crl_mark_t *marks,
    size_t nmarks)
{
    int             block;
    size_t          i;
    uint8_t        *at;
    ggi_crl_set_t  *set;

    block = ggi_crl_store_alloc(store, sizeof(ggi_crl_set_t)
                                       + nfiles * sizeof(ggi_crl_file_t)
                                       + nmarks * sizeof(ggi_crl_mark_t));
    if (block == -1) {
        return -1;
    }

    set = ggi_crl_store_block(store, block);
    set->nfiles = nfiles;
    set->nmarks = nmarks;
    snprintf(set->fault, sizeof(set->fault), "%s", fault);

    at = (uint8_t *) set + sizeof(ggi_crl_set_t);

    if (nfiles) {
        memcpy(at, files, nfiles * sizeof(ggi_crl_file_t));
    }

    if (nmarks) {
        memcpy(at + nfiles * sizeof(ggi_crl_file_t), marks,
               nmarks * sizeof(ggi_crl_mark_t));
    }

    for (i = 0; i < nfiles; i++) {
        if (files[i].image >= 0) {
            ggi_crl_store_keep(store, files[i].image);
        }

        if (files[i].kept >= 0) {
            ggi_crl_store_keep(store, files[i].kept);
        }
    }

    return block;
}


/* Adds the lists of a block to a view. Returns 1, or 0 without memory. */
static int
ggi_crl_set_view_image(const ggi_crl_store_t *store, int32_t image,
    const char *file, ggi_crls_t *crls)
{
    ggi_crl_room_t         room;
    const ggi_crl_list_t  *list;

    ggi_crl_image_room(store, image, &room);

    for (list = ggi_crl_room_next(&room, NULL);
         list;
         list = ggi_crl_room_next(&room, list))
    {
        if (!ggi_crls_add(crls, list, file)) {
            return 0;
        }
    }

    return 1;
}


int
ggi_crl_set_view(const ggi_crl_store_t *store, const ggi_crl_set_t *set,
    ggi_crls_t *crls)
{
    size_t                 i;
    const ggi_crl_file_t  *file;

    memset(crls, 0, sizeof(ggi_crls_t));

    for (i = 0; i < set->nfiles; i++) {
        file = &ggi_crl_set_files(set)[i];

        if (!ggi_crl_set_view_image(store, file->image, file->name, crls)
            || !ggi_crl_set_view_image(store, file->kept, file->name, crls))
        {
            ggi_crls_free(crls);
            return 0;
        }
    }

    ggi_crls_sort(crls);
    crls->marks = ggi_crl_set_marks(set);
    crls->nmarks = set->nmarks;

    return 1;
}
