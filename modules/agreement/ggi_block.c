/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_block.h"

#include <stdlib.h>


uint32_t
ggi_block_add(ggi_block_t *block, size_t len)
{
    char    *data;
    size_t   offset, size;

    offset = (block->len + 7) & ~(size_t) 7;

    if (block->failed || len > GGI_BLOCK_MAX || offset + len > GGI_BLOCK_MAX) {
        block->failed = 1;
        return 0;
    }

    if (offset + len > block->size) {
        size = 2 * (offset + len);

        data = realloc(block->data, size);
        if (data == NULL) {
            block->failed = 1;
            return 0;
        }

        block->data = data;
        block->size = size;
    }

    memset(block->data + block->len, 0, offset + len - block->len);
    block->len = offset + len;

    return (uint32_t) offset;
}


void
ggi_block_put(ggi_block_t *block, uint32_t offset, const void *data, size_t len)
{
    if (!block->failed && len) {
        memcpy(block->data + offset, data, len);
    }
}


ggi_ref_t
ggi_block_text(ggi_block_t *block, ggi_str_t text)
{
    ggi_ref_t  ref;

    ref.offset = ggi_block_add(block, text.len);
    ref.len = (uint32_t) text.len;
    ggi_block_put(block, ref.offset, text.data, text.len);

    return ref;
}


/* Sets the reference at index i of a list of a block to a text that it adds. */
static void
ggi_block_item(ggi_block_t *block, ggi_ref_t list, size_t i, ggi_str_t text)
{
    ggi_ref_t  item;

    item = ggi_block_text(block, text);
    ggi_block_put(block, list.offset + (uint32_t) (i * sizeof(ggi_ref_t)), &item,
                  sizeof(item));
}


/* Adds room for a list of n texts. */
static ggi_ref_t
ggi_block_room(ggi_block_t *block, size_t n)
{
    ggi_ref_t  ref;

    ref.offset = ggi_block_add(block, n * sizeof(ggi_ref_t));
    ref.len = (uint32_t) n;

    return ref;
}


ggi_ref_t
ggi_block_list(ggi_block_t *block, json_t *list)
{
    size_t     i;
    ggi_ref_t  ref;

    ref = ggi_block_room(block, list ? json_array_size(list) : 0);

    for (i = 0; i < ref.len; i++) {
        ggi_block_item(block, ref, i, ggi_source_item(list, i));
    }

    return ref;
}


ggi_ref_t
ggi_block_texts(ggi_block_t *block, const ggi_str_t *texts, size_t n)
{
    size_t     i;
    ggi_ref_t  ref;

    ref = ggi_block_room(block, n);

    for (i = 0; i < n; i++) {
        ggi_block_item(block, ref, i, texts[i]);
    }

    return ref;
}
