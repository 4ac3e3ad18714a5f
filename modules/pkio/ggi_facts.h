/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The facts that the gate keeps in a TLS session, so that a connection that resumes it
 * can be judged as one with a handshake of its own: when the client's certificate was
 * verified, and which CA certificates its path has. The session itself has the client's
 * certificate. Free of nginx.
 */

#ifndef GGI_FACTS_H
#define GGI_FACTS_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/sha.h>

#define GGI_FACTS_CAS  8                /* CA certificates that facts can name */
#define GGI_FACTS_MAX  (4 + 8 + 1 + GGI_FACTS_CAS * SHA256_DIGEST_LENGTH)       /* bytes */


typedef struct {
    uint64_t             time;          /* of the verification, in seconds since the epoch */
    size_t               n;             /* number of CA certificates */
    const unsigned char *cas;           /* SHA-256 of each, from the leaf to the root */
} ggi_facts_t;


/*
 * Writes facts with at most GGI_FACTS_CAS certificates to buf, which has GGI_FACTS_MAX
 * bytes. Returns the length in bytes.
 */
size_t ggi_facts_write(unsigned char *buf, const ggi_facts_t *facts);

/*
 * Reads facts from len bytes of a session, and points into them. Returns 1, or 0 when
 * they are not what ggi_facts_write() writes.
 */
int ggi_facts_read(ggi_facts_t *facts, const void *data, size_t len);


#endif
