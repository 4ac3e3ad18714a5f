/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_index.h"

#define GGI_INDEX_HASHES  7             /* bits of a name in a Bloom filter */

static const char  ggi_index_magic[8] = { 'g', 'g', 'i', '-', 'i', 'd', 'x', '3' };

/* The fields of which a block knows the texts. */
static const ggi_logged_field_e  ggi_index_fields[] = {
    GGI_LOGGED_OIN, GGI_LOGGED_DIENST, GGI_LOGGED_DOELBINDING, GGI_LOGGED_REASON,
    GGI_LOGGED_DECISION, GGI_LOGGED_EVENT, GGI_LOGGED_TRANSACTION, GGI_LOGGED_TRACE,
    GGI_LOGGED_SUBJECT, GGI_LOGGED_USER, GGI_LOGGED_CONSENT
};

#define GGI_INDEX_FIELDS  (sizeof(ggi_index_fields) / sizeof(ggi_index_fields[0]))


/* Returns a hash of a text, which differs for each seed. */
static uint64_t
ggi_index_mix(uint64_t seed, const char *data, size_t len)
{
    size_t    n;
    uint64_t  hash, word;

    hash = (seed + 1) * 0x9e3779b97f4a7c15u ^ len;

    for ( ; len; data += n, len -= n) {
        n = len < 8 ? len : 8;
        word = 0;
        memcpy(&word, data, n);
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }

    hash *= 0xc4ceb9fe1a85ec53u;

    return hash ^ hash >> 29;
}


uint64_t
ggi_index_hash(const char *line, size_t len)
{
    return ggi_index_mix(GGI_LOGGED_FIELDS, line, len);
}


void
ggi_index_begin(ggi_index_head_t *head, uint64_t line)
{
    memset(head, 0, sizeof(ggi_index_head_t));
    memcpy(head->magic, ggi_index_magic, sizeof(ggi_index_magic));
    head->line = line;
}


void
ggi_index_block_begin(ggi_index_block_t *block, uint64_t offset)
{
    memset(block, 0, sizeof(ggi_index_block_t));
    block->offset = offset;
    block->from = UINT64_MAX;
}


/* Returns the place of bit number i of a hash, in bits. */
static unsigned
ggi_index_bit(uint64_t hash, unsigned i)
{
    return (unsigned) (((hash & 0xffffffff) + i * (hash >> 32 | 1)) % (GGI_INDEX_BITS * 8));
}


static void
ggi_index_put(ggi_index_block_t *block, ggi_logged_field_e field, ggi_str_t text)
{
    uint64_t  hash;
    unsigned  i, bit;

    if (text.len == 0) {
        return;
    }

    hash = ggi_index_mix((uint64_t) field, text.data, text.len);

    for (i = 0; i < GGI_INDEX_HASHES; i++) {
        bit = ggi_index_bit(hash, i);
        block->bits[bit / 8] |= (unsigned char) (1u << bit % 8);
    }
}


/* Returns 1 when a block may have a text in a field. */
static int
ggi_index_has(const ggi_index_block_t *block, ggi_logged_field_e field, ggi_str_t text)
{
    uint64_t  hash;
    unsigned  i, bit;

    if (text.len == 0) {
        return 1;                       /* what a record does not have is not in the filter */
    }

    hash = ggi_index_mix((uint64_t) field, text.data, text.len);

    for (i = 0; i < GGI_INDEX_HASHES; i++) {
        bit = ggi_index_bit(hash, i);

        if (!(block->bits[bit / 8] & 1u << bit % 8)) {
            return 0;
        }
    }

    return 1;
}


void
ggi_index_block_add(ggi_index_block_t *block, const char *line, size_t shown, uint64_t len)
{
    size_t        i;
    ggi_logged_t  logged;

    if (block->lines++ == 0) {
        block->first = ggi_index_hash(line, shown);
    }

    block->bytes += len;

    if (!ggi_logged_read(&logged, line, shown)) {
        return;
    }

    block->from = (logged.time < block->from) ? logged.time : block->from;
    block->to = (logged.time > block->to) ? logged.time : block->to;

    for (i = 0; i < GGI_INDEX_FIELDS; i++) {
        ggi_index_put(block, ggi_index_fields[i], logged.field[ggi_index_fields[i]]);
    }

    /* a filter for an OIN is also one for the OIN on whose behalf a call was made */
    ggi_index_put(block, GGI_LOGGED_OIN, logged.field[GGI_LOGGED_NAMENS]);
}


int
ggi_index_block_may(const ggi_index_block_t *block, const ggi_filter_t *filter)
{
    size_t                     i, k;
    const ggi_filter_texts_t  *is;

    if (block->to < filter->from || block->from >= filter->to) {
        return 0;
    }

    for (i = 0; i < GGI_INDEX_FIELDS; i++) {
        is = &filter->is[ggi_index_fields[i]];

        for (k = 0; k < is->n; k++) {
            if (ggi_index_has(block, ggi_index_fields[i], is->any[k])) {
                break;
            }
        }

        if (is->n && k == is->n) {
            return 0;
        }
    }

    return 1;
}


int
ggi_index_block_traces(const ggi_index_block_t *block, ggi_str_t trace)
{
    return ggi_index_has(block, GGI_LOGGED_TRACE, trace);
}


const ggi_index_block_t *
ggi_index_read(const void *data, size_t len, uint64_t line)
{
    uint64_t                  i, offset;
    const ggi_index_head_t   *head = data;
    const ggi_index_block_t  *blocks;

    if (len < sizeof(ggi_index_head_t)
        || memcmp(head->magic, ggi_index_magic, sizeof(ggi_index_magic)) != 0
        || head->line != line || head->blocks > len / sizeof(ggi_index_block_t)
        || len != sizeof(ggi_index_head_t) + head->blocks * sizeof(ggi_index_block_t)
        || (head->blocks && head->end >= head->covered))
    {
        return NULL;
    }

    blocks = (const ggi_index_block_t *) (head + 1);

    for (offset = 0, i = 0; i < head->blocks; i++) {
        if (blocks[i].offset != offset || blocks[i].bytes > head->covered - offset) {
            return NULL;
        }

        offset += blocks[i].bytes;
    }

    return offset == head->covered ? blocks : NULL;
}
