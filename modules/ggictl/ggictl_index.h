/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The files of the indexes of a log: ggi-index.HASH, where HASH is made of the first line of
 * the file that is indexed, so that renaming and packing that file changes nothing. And the
 * command "audit index", which makes them.
 */

#ifndef GGICTL_INDEX_H
#define GGICTL_INDEX_H

#include "ggi_index.h"
#include "ggictl_args.h"


/* An index that is read. */
typedef struct {
    const ggi_index_block_t  *blocks;   /* NULL: there is none */
    uint64_t                  n;
    uint64_t                  covered;  /* bytes of the file that the blocks hold */
    uint64_t                  end;      /* offset of their last line, if there are blocks */
    uint64_t                  last;     /* hash of that line */
    void                     *data;     /* the file in memory, of len bytes */
    size_t                    len;
} ggictl_index_t;


/*
 * Opens the index of a file of a log, whose first line has the hash line, in a directory, or
 * beside the file when directory is NULL. Sets index to it, and the caller frees it by
 * ggictl_index_close(); or sets index to zeros when there is none that can be used.
 */
void ggictl_index_open(ggictl_index_t *index, const char *directory, const char *file,
    uint64_t line);

/* Frees the memory of an index, also when there is none. */
void ggictl_index_close(ggictl_index_t *index);

/*
 * Removes the index of a file of a log from a directory, or from the directory of the file
 * itself when directory is NULL. Does nothing when there is no index.
 */
void ggictl_index_remove(const char *directory, const char *file);

/*
 * Runs "audit index": makes the index of each file anew. Returns GGICTL_OK, or GGICTL_ERROR
 * after a message.
 */
int ggictl_index(ggictl_args_t *args);


#endif
