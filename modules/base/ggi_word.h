/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Texts that are looked at eight bytes at a time, as a word. A byte is marked by the high
 * bit in its place. A borrow or carry between bytes can only mark a byte above one that is
 * marked itself, so the answer whether any of the eight is marked stays right.
 */

#ifndef GGI_WORD_H
#define GGI_WORD_H

#include <stdint.h>

/* A word of eight bytes that are the same. */
#define GGI_WORD_EACH(byte)  (0x0101010101010101u * (byte))


/*
 * Returns a word in which the bytes of word are marked that are equal to byte, which is below
 * 0x80; and perhaps some of those that are not ASCII.
 */
static inline uint64_t
ggi_word_equal(uint64_t word, unsigned char byte)
{
    return (word ^ GGI_WORD_EACH(byte)) - GGI_WORD_EACH(1);
}


/* Returns 1 when a byte of a word is marked, 0 otherwise. */
static inline int
ggi_word_marked(uint64_t marks)
{
    return (marks & GGI_WORD_EACH(0x80)) != 0;
}


#endif
