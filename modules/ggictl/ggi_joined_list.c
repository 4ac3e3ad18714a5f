/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_joined_list.h"


void
ggi_joined_list_push(ggi_joined_list_t *list, ggi_joined_t *joined)
{
    joined->ordered = 1;
    joined->previous = list->tail;
    *(list->tail ? &list->tail->next : &list->head) = joined;
    list->tail = joined;
    list->n++;
}


ggi_joined_t *
ggi_joined_list_shift(ggi_joined_list_t *list)
{
    ggi_joined_t  *joined;

    joined = list->head;

    /* clang-tidy 14 loses track of a list that is linked both ways */
    /* NOLINTBEGIN(clang-analyzer-unix.Malloc) */
    list->head = joined->next;
    *(list->head ? &list->head->previous : &list->tail) = NULL;
    /* NOLINTEND(clang-analyzer-unix.Malloc) */
    joined->ordered = 0;
    list->n--;

    return joined;
}


void
ggi_joined_list_remove(ggi_joined_list_t *list, ggi_joined_t *joined)
{
    if (joined == list->head) {
        (void) ggi_joined_list_shift(list);
        return;
    }

    joined->previous->next = joined->next;
    *(joined->next ? &joined->next->previous : &list->tail) = joined->previous;
    joined->ordered = 0;
    list->n--;
}
