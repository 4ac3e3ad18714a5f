/* SPDX-License-Identifier: EUPL-1.2 */

/* UUIDs (RFC 9562) in their text form, and the hexadecimal digits they share with trace identifiers. */

#ifndef GGI_UUID_H
#define GGI_UUID_H

#include <stddef.h>
#include <stdint.h>

#define GGI_UUID_LEN     36             /* bytes of the text form */
#define GGI_UUID_RANDOM  10             /* random bytes that a UUIDv7 takes */


/* Writes len bytes as 2 * len lower-case hexadecimal digits, no NUL. Returns the end of what it wrote. */
char *ggi_hex_write(char *dst, const unsigned char *src, size_t len);

/* Writes a UUID version 7 (RFC 9562, 5.7) of 36 bytes: ms since the epoch, and 10 random bytes. */
void ggi_uuid7_write(char dst[GGI_UUID_LEN], uint64_t ms,
    const unsigned char random[GGI_UUID_RANDOM]);

/*
 * Reads the text form of a UUID of the variant of RFC 9562, versions 1 to 8,
 * and writes it in lower case to dst. Returns 1; 0 when src is none, and dst
 * is then as it was.
 */
int ggi_uuid_read(char dst[GGI_UUID_LEN], const void *src, size_t len);


#endif
