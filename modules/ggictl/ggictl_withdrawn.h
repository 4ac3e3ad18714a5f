/* SPDX-License-Identifier: EUPL-1.2 */

/* Looks by the index of a file of an audit log which of its calls were withdrawn. */

#ifndef GGICTL_WITHDRAWN_H
#define GGICTL_WITHDRAWN_H

#include "ggi_withdrawn.h"
#include "ggictl_index.h"


/*
 * Reads the blocks of a file that may tell of a call which was withdrawn, and what stands
 * behind the blocks. Without an index, when index->blocks is NULL, any call may be one, unless
 * search is 1, for which the file has to be one that can be read twice, and the file has no
 * withdrawal from an offset on; a packed one is not searched. Returns the calls, which the
 * caller frees by free(); or NULL after a message.
 */
ggi_withdrawn_t *ggictl_withdrawn_find(const char *name, const ggictl_index_t *index,
    uint64_t from, int search);


#endif
