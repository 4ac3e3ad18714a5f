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


/* Adds a file with a next line, for which there has to be room. */
void ggictl_heap_push(ggictl_heap_t *heap, ggictl_source_t *source);

/* Takes the first file out of a heap that has one. */
void ggictl_heap_pop(ggictl_heap_t *heap);

/* Moves the first file down to its place, after its next line has become another one. */
void ggictl_heap_sink(ggictl_heap_t *heap);


#endif
