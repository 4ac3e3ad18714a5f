/* SPDX-License-Identifier: EUPL-1.2 */

/* Looks by the index of a file of an audit log which of its calls were withdrawn. */

#ifndef GGICTL_WITHDRAWN_H
#define GGICTL_WITHDRAWN_H

#include "ggi_withdrawn.h"
#include "ggictl_index.h"


/*
 * Finds which calls of a file of an audit log were withdrawn later. With an index it reads the
 * blocks of name that may tell of a withdrawal, and what stands behind the last block. Without
 * one, when index->blocks is NULL, it answers that any call may have been withdrawn. With
 * search 1 it first looks through the file from the offset from on, and answers that no call
 * was withdrawn when no line there tells of one; that is not done for a packed file, nor for
 * what is no regular file. Returns the calls, which the caller frees by free(); or NULL after
 * a message.
 */
ggi_withdrawn_t *ggictl_withdrawn_find(const char *name, const ggictl_index_t *index,
    uint64_t from, int search);


#endif
