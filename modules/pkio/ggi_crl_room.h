/* SPDX-License-Identifier: EUPL-1.2 */

/* The memory that the lists of one file are written to, one after the other. */

#ifndef GGI_CRL_ROOM_H
#define GGI_CRL_ROOM_H

#include <sys/types.h>

#include "ggi_crl_list.h"

#define GGI_CRL_FILE_MAX   (128 * 1024 * 1024)  /* bytes that a file may have */
#define GGI_CRL_LISTS_MAX  1024                 /* lists that a file may have */
#define GGI_CRL_ENTRY_MIN  18                   /* bytes of the shortest entry that is accepted */


typedef struct {
    uint8_t  *base;                     /* of the caller, aligned to 8 bytes */
    size_t    size;                     /* a multiple of 8 */
    size_t    used;
    size_t    n;                        /* lists that are whole */
    ggi_crl_pace_t  pace;               /* of writing to it */
} ggi_crl_room_t;


/*
 * Returns how many bytes of memory suffice for the lists of any file of that many bytes; it is
 * a multiple of 8.
 */
size_t ggi_crl_room_size(off_t bytes);

/*
 * Begins a list in the room, of which ggi_crl_room_add() then adds the parts. Returns the list,
 * zeroed, which belongs to the room; or NULL when there is no room for it.
 */
ggi_crl_list_t *ggi_crl_room_begin(ggi_crl_room_t *room);

/*
 * Adds a part of len bytes to the list that was begun last: a copy of data or, when data is
 * NULL, memory that the caller writes to. Sets *part to the place of the part in the list.
 * Returns its memory, which belongs to the room, or NULL when there is no room for it.
 */
uint8_t *ggi_crl_room_add(ggi_crl_room_t *room, ggi_crl_list_t *list,
    ggi_crl_part_t *part, const uint8_t *data, size_t len);

/* Ends the list that was begun last: sorts its entries, and sets its size. */
void ggi_crl_room_end(ggi_crl_room_t *room, ggi_crl_list_t *list);

/* Returns the list after list in the room, the first one for NULL, or NULL after the last. */
const ggi_crl_list_t *ggi_crl_room_next(const ggi_crl_room_t *room,
    const ggi_crl_list_t *list);


#endif
