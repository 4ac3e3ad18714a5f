/* SPDX-License-Identifier: EUPL-1.2 */

/* A block of memory that grows while a document is compiled into it (ggi_agreement.h). */

#ifndef GGI_BLOCK_H
#define GGI_BLOCK_H

#include "ggi_agreement.h"
#include "ggi_source.h"

#define GGI_BLOCK_MAX  (4 * 1024 * 1024)        /* bytes of a compiled document */


/* Begin with zeros. Once the block could not grow, every further addition fails. */
typedef struct {
    char    *data;                      /* the caller frees it with free() */
    size_t   len;
    size_t   size;
    int      failed;
} ggi_block_t;


/*
 * Adds len zero bytes, aligned for every type in a document. Returns their offset; or
 * 0, with block->failed set, when the block would exceed GGI_BLOCK_MAX bytes or there
 * is no memory.
 */
uint32_t ggi_block_add(ggi_block_t *block, size_t len);

/*
 * Copies len bytes of data to an offset that ggi_block_add() returned for at least as many
 * bytes. Does nothing when block->failed is set.
 */
void ggi_block_put(ggi_block_t *block, uint32_t offset, const void *data,
    size_t len);

/*
 * Adds a copy of a text to a block. Returns its place in the block. When block->failed is set
 * the place means nothing.
 */
ggi_ref_t ggi_block_text(ggi_block_t *block, ggi_str_t text);

/*
 * Adds copies of the texts of a list that ggi_source_list() read, or none when list is NULL.
 * Returns the place of the list of their ggi_ref_t in the block. When block->failed is set the
 * place means nothing.
 */
ggi_ref_t ggi_block_list(ggi_block_t *block, json_t *list);

/*
 * Adds copies of n texts. Returns the place of the list of their ggi_ref_t in the block. When
 * block->failed is set the place means nothing.
 */
ggi_ref_t ggi_block_texts(ggi_block_t *block, const ggi_str_t *texts, size_t n);


#endif
