/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_room.h"

#include <string.h>


size_t
ggi_crl_room_size(off_t bytes)
{
    size_t  size;

    size = (size_t) bytes / GGI_CRL_ENTRY_MIN * sizeof(ggi_crl_entry_t)
           + (size_t) bytes / 2 + GGI_CRL_LISTS_MAX * sizeof(ggi_crl_list_t);

    return size & ~(size_t) 7;
}


ggi_crl_list_t *
ggi_crl_room_begin(ggi_crl_room_t *room)
{
    ggi_crl_list_t  *list;

    if (room->n == GGI_CRL_LISTS_MAX
        || room->size - room->used < sizeof(ggi_crl_list_t))
    {
        return NULL;
    }

    list = (ggi_crl_list_t *) (room->base + room->used);
    memset(list, 0, sizeof(ggi_crl_list_t));
    room->used += sizeof(ggi_crl_list_t);

    return list;
}


uint8_t *
ggi_crl_room_add(ggi_crl_room_t *room, ggi_crl_list_t *list,
    ggi_crl_part_t *part, const uint8_t *data, size_t len)
{
    uint8_t  *memory;

    if (room->size - room->used < len) {
        return NULL;
    }

    memory = room->base + room->used;
    room->used += len;

    part->at = (uint32_t) (memory - (uint8_t *) list);
    part->len = (uint32_t) len;

    if (data) {
        memcpy(memory, data, len);
    }

    return memory;
}


void
ggi_crl_room_end(ggi_crl_room_t *room, ggi_crl_list_t *list)
{
    ggi_crl_entries_sort((ggi_crl_entry_t *) ((uint8_t *) list
                                              + list->entries.at),
                         list->n, &room->pace);

    room->used = (room->used + 7) & ~(size_t) 7;
    room->n++;
    list->size = (uint64_t) (room->base + room->used - (uint8_t *) list);
}


const ggi_crl_list_t *
ggi_crl_room_next(const ggi_crl_room_t *room, const ggi_crl_list_t *list)
{
    size_t  at;

    at = list ? (size_t) ((const uint8_t *) list - room->base) + list->size : 0;

    return (at < room->used) ? (const ggi_crl_list_t *) (room->base + at) : NULL;
}
