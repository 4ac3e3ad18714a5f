/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The hash over a range of lines of a file: the SHA-256 of the hashes of the lines, each
 * in hexadecimal digits with a newline, so that a line can be replaced by its hash later.
 */

#ifndef GGI_SEAL_RANGE_H
#define GGI_SEAL_RANGE_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "ggi_seal_key.h"


typedef struct {
    EVP_MD_CTX     *line;               /* has hashed a line so far */
    EVP_MD_CTX     *all;
    int64_t         bytes;              /* of the whole lines of the range */
    int64_t         lines;
    int64_t         pending;            /* bytes of a line that has no newline yet */
    int             failed;             /* 1: OpenSSL could not hash */
    unsigned char   hash[GGI_SEAL_HASH];        /* of the last whole line */
} ggi_seal_range_t;


/*
 * Prepares range, in memory of the caller, for the first line. What was in it is overwritten,
 * and not freed. Returns 1, or 0 when OpenSSL has no SHA-256 or no memory. The caller frees
 * range by ggi_seal_range_free() in either case.
 */
int ggi_seal_range_start(ggi_seal_range_t *range);

/* Frees what ggi_seal_range_start() has allocated. */
void ggi_seal_range_free(ggi_seal_range_t *range);

/*
 * Forgets the bytes of the last line, when that has no newline yet: what is added next is the
 * start of a line. The whole lines of the range stay.
 */
void ggi_seal_range_forget(ggi_seal_range_t *range);

/*
 * Begins a new range behind the last whole line that was added. The bytes of a line that has no
 * newline yet stay, and belong to the new range. When OpenSSL cannot hash, range->failed
 * becomes 1.
 */
void ggi_seal_range_begin(ggi_seal_range_t *range);

/*
 * Adds bytes to a range, up to a newline at the most. Returns how many of the len bytes
 * were added; when the last of them is a newline the line is whole, and range->hash is
 * its hash.
 */
size_t ggi_seal_range_add(ggi_seal_range_t *range, const char *data, size_t len);

/*
 * Adds a whole line by its SHA-256, without reading it; len is its length in bytes, with its
 * newline. When OpenSSL cannot hash, range->failed becomes 1, and ggi_seal_range_end() fails.
 */
void ggi_seal_range_add_hash(ggi_seal_range_t *range,
    const unsigned char hash[GGI_SEAL_HASH], size_t len);

/*
 * Sets digest to the hash over the whole lines of the range, to which nothing can be
 * added then. Returns 1, or 0 when OpenSSL could not hash.
 */
int ggi_seal_range_end(ggi_seal_range_t *range, unsigned char digest[GGI_SEAL_HASH]);


#endif
