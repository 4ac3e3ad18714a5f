/* SPDX-License-Identifier: EUPL-1.2 */

/* The files of an audit log of which lines are merged: the one with the earliest line first. */

#ifndef GGICTL_HEAP_H
#define GGICTL_HEAP_H

#include "ggictl_source.h"


/* A binary heap. The caller owns the files, and the room for pointers to all of them. */
typedef struct {
    ggictl_source_t  **sources;         /* the first is the one with the earliest next line */
    size_t             n;
} ggictl_heap_t;


/*
 * Adds a file, whose next line has been read, to a heap. heap->sources has to have room for it.
 * The file stays the caller's.
 */
void ggictl_heap_push(ggictl_heap_t *heap, ggictl_source_t *source);

/*
 * Takes the file with the earliest next line out of a heap that is not empty. The file itself
 * stays as it is.
 */
void ggictl_heap_pop(ggictl_heap_t *heap);

/*
 * Restores the order of a heap after the next line of the file heap->sources[0] has been read,
 * which makes another file the first one if that has an earlier line now.
 */
void ggictl_heap_sink(ggictl_heap_t *heap);


#endif
