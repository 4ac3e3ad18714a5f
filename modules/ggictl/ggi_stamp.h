/* SPDX-License-Identifier: EUPL-1.2 */

/* Time stamps of RFC 3161, by which a witness tells that a seal was there at a time. */

#ifndef GGI_STAMP_H
#define GGI_STAMP_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/x509.h>

#define GGI_STAMP_HASH     32           /* bytes of the SHA-256 that is stamped */
#define GGI_STAMP_REQUEST  128          /* the most bytes of a request */
#define GGI_STAMP_NONCE    8            /* bytes */


/*
 * Writes a request in DER for a stamp of a hash to data, with a nonce of the caller's
 * random bytes, and asks for the certificate of the authority. Returns its length, or 0
 * when OpenSSL cannot.
 */
size_t ggi_stamp_request(unsigned char data[GGI_STAMP_REQUEST],
    const unsigned char hash[GGI_STAMP_HASH],
    const unsigned char nonce[GGI_STAMP_NONCE]);

/*
 * Judges the answer of a witness, len bytes of DER as RFC 3161 defines them, and sets *time to
 * when it gave its stamp, in seconds since the epoch. The stamp has to be granted and to be of
 * this hash. Unless nonce is NULL, it has to have this nonce. An authority of the store has to
 * have signed it, with certificates that were in force at *time; with NULL for the store,
 * whoever has the certificate in it, which has to have been in force then. Returns NULL when all
 * this is so; otherwise a literal that says what is wrong with the answer, such as "it has no
 * time", and *time is of no use.
 */
const char *ggi_stamp_read(const unsigned char *data, size_t len,
    const unsigned char hash[GGI_STAMP_HASH],
    const unsigned char nonce[GGI_STAMP_NONCE], X509_STORE *store, int64_t *time);


#endif
