/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * How the trust of one server, its CAs and what it asks of keys and signatures, judges
 * the certificate of a connection.
 */

#ifndef GGI_NGX_VERIFICATION_H
#define GGI_NGX_VERIFICATION_H

#include "ggi_ngx_path.h"

#include <openssl/ssl.h>


/* By whose trust a certificate is verified, and for which purpose. */
typedef struct {
    SSL_CTX             *ctx;           /* holds the CAs; NULL: no certificate is trusted */
    const char          *purpose;       /* "ssl_client" or "ssl_server", as OpenSSL names it */
    int                  depth;         /* CAs between leaf and root, at most */
    ngx_uint_t           id;            /* of its paths in this worker; 0: they are not kept */
} ggi_trust_t;


/*
 * The result of verifying a connection's certificate by the trust of one server. For
 * the server with which a full handshake was made it is the handshake's result; for any
 * other, and for a session that was resumed, the path is verified anew, unless this
 * worker has done so before.
 */
typedef struct {
    ngx_queue_t          queue;
    SSL_CTX             *server;        /* the context of that server */
    long                 result;        /* an X509_V_... code */
    ggi_path_t          *path;          /* NULL unless result is X509_V_OK */
} ggi_verification_t;


/*
 * Fills in the result of verifying the certificate of the other end of a connection by
 * somebody's trust, at the time now in seconds since the epoch. handshake is the result
 * of the connection's handshake, an X509_V_... code; certificate is the SHA-256 of that
 * certificate in 64 hexadecimal digits. A path with a CA that is not valid now gives
 * X509_V_ERR_CERT_HAS_EXPIRED.
 */
void ggi_verification_find(ggi_verification_t *trust, const ggi_trust_t *by, SSL *ssl,
    long handshake, const char *certificate, time_t now, ngx_log_t *log);

/*
 * Returns 1 when there was no memory to find the result, which then says nothing of the
 * certificate, and 0 otherwise.
 */
static inline ngx_uint_t
ggi_verification_undecided(const ggi_verification_t *trust)
{
    return trust->result == X509_V_ERR_OUT_OF_MEM
           || trust->result == X509_V_ERR_UNSPECIFIED;
}

/*
 * Verifies the certificate of the other end of a connection again, by the trust "by", when a CA
 * of the path in trust has expired by the time now, since there may be another path; trust gets
 * the new result. Does nothing when the path still holds, or when there was none.
 */
void ggi_verification_renew(ggi_verification_t *trust, const ggi_trust_t *by, SSL *ssl,
    time_t now, ngx_log_t *log);


#endif
