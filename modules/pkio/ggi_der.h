/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Reads elements of DER (X.690, section 10) from memory, without copying and without
 * allocating: for the parts of a revocation list of which there are millions. What
 * there is one of is read by OpenSSL.
 */

#ifndef GGI_DER_H
#define GGI_DER_H

#include <stddef.h>
#include <stdint.h>

#define GGI_DER_HEAD_MAX  6             /* bytes of a tag and a length of four bytes */
#define GGI_DER_LEN_MAX   0x7fffffff    /* of a content; adding that of a head wraps in no size_t */

#define GGI_DER_BOOLEAN      0x01
#define GGI_DER_INTEGER      0x02
#define GGI_DER_BIT_STRING   0x03
#define GGI_DER_OCTETS       0x04
#define GGI_DER_OID          0x06
#define GGI_DER_ENUMERATED   0x0a
#define GGI_DER_UTC_TIME     0x17
#define GGI_DER_TIME         0x18       /* GeneralizedTime */
#define GGI_DER_SEQUENCE     0x30
#define GGI_DER_CONTEXT_0    0xa0       /* [0] EXPLICIT */


/* The head of an element: its tag, and how many bytes head and content have. */
typedef struct {
    unsigned  tag;
    size_t    head;
    size_t    len;
} ggi_der_head_t;


/* A run of bytes, such as the content of an element. */
typedef struct {
    const uint8_t  *data;
    size_t          len;
} ggi_der_t;


/*
 * Reads the head of the element that begins at data, of which len bytes are at hand.
 * GGI_DER_HEAD_MAX bytes are always enough. The content need not be at hand. Returns 1,
 * or 0 when the head is cut off or is not accepted: a tag of more than one byte, a
 * length that is indefinite, not minimal or above GGI_DER_LEN_MAX.
 */
int ggi_der_head(ggi_der_head_t *head, const uint8_t *data, size_t len);

/*
 * Takes the element at the start of from off it, and sets *content to that element's
 * content. Returns 1, or 0 when from does not begin with a whole element of that tag;
 * from is unchanged then.
 */
int ggi_der_take(ggi_der_t *from, unsigned tag, ggi_der_t *content);

/*
 * Judges the content of an INTEGER or ENUMERATED. Returns 1 when it is encoded as DER asks:
 * one octet or more, and no more than the number needs; 0 otherwise.
 */
int ggi_der_integer_valid(const ggi_der_t *content);


#endif
