/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The index of a file of an audit log. It divides the file into blocks of whole lines, and
 * holds of each from when to when its records are, and a Bloom filter of what they name: OINs,
 * diensten, doelbindingen, reasons, events, transactions, traces, data subjects and users. A
 * block that may have what is asked for has to be read; one that has it is never passed over.
 */

#ifndef GGI_INDEX_H
#define GGI_INDEX_H

#include "ggi_filter.h"

#define GGI_INDEX_BLOCK  (1024 * 1024)  /* bytes of lines after which a block ends */
#define GGI_INDEX_BITS   4096           /* bytes of a Bloom filter */


/* A block, as it stands in the file of the index. */
typedef struct {
    uint64_t       offset;              /* of its first line, in the unpacked file */
    uint64_t       bytes;
    uint64_t       first;               /* hash of its first line */
    uint64_t       from;                /* ms since the epoch: of its earliest record */
    uint64_t       to;                  /* of its latest */
    uint64_t       lines;
    unsigned char  bits[GGI_INDEX_BITS];
} ggi_index_block_t;

/* What the file of an index begins with. The blocks stand behind it. */
typedef struct {
    char      magic[8];
    uint64_t  line;                     /* hash of the first line of the file */
    uint64_t  blocks;
    uint64_t  covered;                  /* bytes of the file that the blocks hold */
    uint64_t  end;                      /* offset of the last line of the blocks */
    uint64_t  last;                     /* hash of that line; 0: there are no blocks */
} ggi_index_head_t;


/* Returns the hash by which an index knows a line of len bytes. */
uint64_t ggi_index_hash(const char *line, size_t len);

/*
 * Sets head to the head of an index that has no blocks yet. line is the hash, by
 * ggi_index_hash(), of the first line of the file that is indexed.
 */
void ggi_index_begin(ggi_index_head_t *head, uint64_t line);

/*
 * Begins a block of the index at the first byte of a line, whose offset is that in the
 * unpacked file. Whatever was in the block before is overwritten.
 */
void ggi_index_block_begin(ggi_index_block_t *block, uint64_t offset);

/*
 * Adds a line to a block of the index. The line has len bytes in the file, with its newline;
 * line points to its first shown bytes, which are fewer when it is a long one.
 */
void ggi_index_block_add(ggi_index_block_t *block, const char *line, size_t shown, uint64_t len);

/*
 * Tells whether a block has to be read for a filter. Returns 0 when surely no line in it is a
 * decision, or a record in which the log tells of itself, that the filter asks for; 1 when
 * there may be one.
 */
int ggi_index_block_may(const ggi_index_block_t *block, const ggi_filter_t *filter);

/*
 * Tells whether a block has to be read for the records of a trace. Returns 0 when surely no
 * line in it has that trace; 1 when there may be one.
 */
int ggi_index_block_traces(const ggi_index_block_t *block, ggi_str_t trace);

/*
 * Checks len bytes, read from the file of an index and aligned as uint64_t is, which begin with
 * a ggi_index_head_t. line is the hash of the first line of the file that is to be read.
 * Returns the blocks behind the head, as many as its member blocks says; or NULL when this is
 * no whole index, or not that of a file with this first line.
 */
const ggi_index_block_t *ggi_index_read(const void *data, size_t len, uint64_t line);


#endif
