/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * How the trust of one server, its CAs and what it asks of keys and signatures, judges
 * the certificate of a connection.
 */

#ifndef GGI_NGX_VERIFICATION_H
#define GGI_NGX_VERIFICATION_H

#include "ggi_ngx_path.h"
#include "ggi_ngx_server.h"


/*
 * The result of verifying a connection's certificate by the trust of one server. For
 * the server with which a full handshake was made it is the handshake's result; for any
 * other, and for a session that was resumed, the path is verified anew, unless this
 * worker has done so before.
 */
typedef struct {
    ngx_queue_t          queue;
    SSL_CTX             *server;        /* the server's context, which holds its CAs */
    long                 result;        /* an X509_V_... code */
    ggi_path_t          *path;          /* NULL unless result is X509_V_OK */
} ggi_verification_t;


/*
 * Fills in the result for the server of a request, at the time now in seconds since the
 * epoch. handshake is the result of the connection's handshake, an X509_V_... code;
 * certificate is the SHA-256 of the client's certificate in 64 hexadecimal digits. A
 * path with a CA that is not valid now gives X509_V_ERR_CERT_HAS_EXPIRED.
 */
void ggi_verification_find(ggi_verification_t *trust, ngx_http_request_t *r, long handshake,
    const char *certificate, time_t now);

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
 * Verifies the certificate again when a CA of its path has expired since, as there may
 * be another path. Does nothing when the path still holds.
 */
void ggi_verification_renew(ggi_verification_t *trust, ngx_http_request_t *r, time_t now);


#endif
