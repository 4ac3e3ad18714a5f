/* SPDX-License-Identifier: EUPL-1.2 */

/* Calls in the order in which they came, each of which waits for the one before it. */

#ifndef GGI_JOINED_LIST_H
#define GGI_JOINED_LIST_H

#include "ggi_joined.h"


/* All zeros is an empty list. */
typedef struct {
    ggi_joined_t  *head;
    ggi_joined_t  *tail;
    size_t         n;
} ggi_joined_list_t;


/*
 * Adds a call at the end of a list. It may be in no other list; it stays the caller's, who
 * takes it out before freeing it.
 */
void ggi_joined_list_push(ggi_joined_list_t *list, ggi_joined_t *joined);

/* Takes the first call out of a list, which is not empty. Returns it. */
ggi_joined_t *ggi_joined_list_shift(ggi_joined_list_t *list);

/* Takes a call out of the list that it is in. */
void ggi_joined_list_remove(ggi_joined_list_t *list, ggi_joined_t *joined);


#endif
