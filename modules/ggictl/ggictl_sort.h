/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Sorts more items than there is memory for: as many as fit are sorted in memory and written to
 * a temporary file, and in the end all are merged. The file has no name, so that nothing is left
 * of it however the program ends.
 */

#ifndef GGICTL_SORT_H
#define GGICTL_SORT_H

#include <stddef.h>
#include <stdint.h>

#define GGICTL_SORT_MEMORY  (48 * 1024 * 1024)  /* bytes of items that are sorted in memory */


/* Returns a number below 0, 0 or above 0, as for qsort(), by two items. */
typedef int (*ggictl_sort_compare_pt)(const void *one, const void *other);

/* Is given each item, aligned to 8 bytes, until it returns 0. */
typedef int (*ggictl_sort_give_pt)(void *data, const void *item);

/* Items of the file that are in order. */
typedef struct {
    uint64_t   pos;                     /* offset in the file of what is read next */
    uint64_t   end;
    char      *buffer;
    size_t     size;                    /* of buffer */
    size_t     filled;
    size_t     used;                    /* bytes of buffer that were given */
} ggictl_sort_run_t;

typedef struct {
    ggictl_sort_compare_pt   compare;
    size_t                   memory;    /* bytes of items that are kept */
    char                    *arena;
    size_t                   used;
    const void             **items;     /* in arena, as they came */
    size_t                   n;
    size_t                   room;      /* of items */
    int                      fd;        /* of the file; -1: there is none yet */
    uint64_t                 written;
    ggictl_sort_run_t       *runs;
    size_t                   runs_n;
} ggictl_sort_t;


/*
 * Initialises sort, in memory of the caller, to sort items in the order of compare. memory is
 * how many bytes of items are kept in memory before they go to a temporary file, at least 128
 * KB, such as GGICTL_SORT_MEMORY. Returns 1, or 0 after a message when there is no memory. The
 * caller frees by ggictl_sort_free() in either case.
 */
int ggictl_sort_init(ggictl_sort_t *sort, ggictl_sort_compare_pt compare, size_t memory);

/*
 * Adds an item, which is copied: it begins with its size in bytes as a uint32_t, a multiple of
 * 8 of at most 128 KB. Returns 1, or 0 after a message.
 */
int ggictl_sort_add(ggictl_sort_t *sort, const void *item);

/*
 * Gives all items in order. Returns 1, also when give() wanted no more; or 0 after a message.
 * Nothing can be added after that.
 */
int ggictl_sort_give(ggictl_sort_t *sort, ggictl_sort_give_pt give, void *data);

/* Frees the items in memory, and closes the temporary file of the others, which has no name. */
void ggictl_sort_free(ggictl_sort_t *sort);


#endif
