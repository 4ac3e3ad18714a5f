/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * UUIDs (RFC 9562) in their text form, and the hexadecimal digits of which UUIDs and
 * trace identifiers are made.
 */

#ifndef GGI_UUID_H
#define GGI_UUID_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_str.h"

#define GGI_UUID_LEN     36             /* bytes of the text form */
#define GGI_UUID_RANDOM  10             /* random bytes that a UUID version 7 is made of */


/* Returns the lower-case hexadecimal digit of a value below 16. */
static inline char
ggi_hex_digit(unsigned char value)
{
    return (char) (value + '0' + (value > 9 ? 'a' - '0' - 10 : 0));
}


/*
 * Writes the len bytes at src to dst as 2 * len lower-case hexadecimal digits, without
 * a NUL. It is inline since the compiler makes all digits at once when len is a constant.
 */
static inline void
ggi_hex_write(char *restrict dst, const unsigned char *restrict src, size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        dst[2 * i] = ggi_hex_digit(src[i] >> 4);
        dst[2 * i + 1] = ggi_hex_digit(src[i] & 15);
    }
}


/*
 * Reads 2 * len hexadecimal digits at src, which have to be in lower case, to the len
 * bytes at dst. Returns 1, or 0 when src is something else.
 */
static inline int
ggi_hex_read(unsigned char *restrict dst, const char *restrict src, size_t len)
{
    int     high, low;
    size_t  i;

    for (i = 0; i < len; i++) {
        high = ggi_hex_value(src[2 * i]);
        low = ggi_hex_value(src[2 * i + 1]);

        if (high < 0 || low < 0) {
            return 0;
        }

        dst[i] = (unsigned char) (high << 4 | low);

        if (ggi_hex_digit(dst[i] >> 4) != src[2 * i]
            || ggi_hex_digit(dst[i] & 15) != src[2 * i + 1])
        {
            return 0;
        }
    }

    return 1;
}


/*
 * Writes a UUID version 7 (RFC 9562, section 5.7) to dst, in its text form of
 * GGI_UUID_LEN bytes without a NUL. It is made of ms, the milliseconds since the epoch,
 * and of GGI_UUID_RANDOM random bytes.
 */
void ggi_uuid7_write(char dst[GGI_UUID_LEN], uint64_t ms,
    const unsigned char random[GGI_UUID_RANDOM]);

/*
 * Reads the len bytes at src as the text form of a UUID of the variant of RFC 9562,
 * version 1 to 8. Returns 1 and writes it to dst in lower case, GGI_UUID_LEN bytes
 * without a NUL. Returns 0 when src is no such UUID; dst is unchanged then.
 */
int ggi_uuid_read(char dst[GGI_UUID_LEN], const void *src, size_t len);


#endif
