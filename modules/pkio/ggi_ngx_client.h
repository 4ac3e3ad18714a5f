/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Who is at the other end of a TLS connection: its certificate, and what trust,
 * rules and revocation lists make of it. Found once per connection, and again
 * when what it was found by has changed.
 */

#ifndef GGI_NGX_CLIENT_H
#define GGI_NGX_CLIENT_H

#include "ggi_call.h"
#include "ggi_certificate.h"
#include "ggi_ngx_crl.h"


/* What a location accepts. */
typedef struct {
    ngx_array_t  *policies;             /* of ASN1_OBJECT *; NULL: any_policy */
    ngx_array_t  *prefixes;             /* of ggi_str_t: beside those of the OIN-Stelsel */
    ngx_flag_t    any_policy;
} ggi_client_rules_t;


/* What is known of a connection, all its requests and streams long. */
typedef struct {
    ggi_certificate_t    certificate;
    long                 handshake;     /* what the handshake found, an X509_V_ERR_... code */
    SSL_CTX             *verified_for;  /* the server whose trust the two below are of */
    long                 verify_result;
    STACK_OF(X509)      *chain;         /* verified, leaf first; NULL: none */
    unsigned             own_chain:1;   /* to be freed */
    ggi_client_rules_t  *judged_for;    /* the rules that the two below hold for */
    ggi_reason_e         policy;
    ggi_reason_e         oin;
    ngx_uint_t           crl_generation;        /* the lists that the two below come from */
    time_t               crl_until;
    ggi_reason_e         revocation;
} ggi_client_t;


/* Once per configuration, before any connection. NGX_ERROR: logged. */
ngx_int_t ggi_client_init(ngx_log_t *log);

/*
 * Reads the certificate at the first request of a TLS connection, whose pool
 * the memory is of: that outlives the SSL object. OpenSSL gets no free
 * function, since it would call it after this module has been unloaded. NULL:
 * no certificate, or (failed set) no memory.
 */
ggi_client_t *ggi_client_get(ngx_http_request_t *r, ngx_uint_t *failed);

/*
 * Sets verify_result and chain. The handshake was made with the trust of the
 * server that its SNI named, or of the default server of the address; the
 * request can be for another server, whose trust is then the one that counts.
 */
void ggi_client_trust(ngx_http_request_t *r, ggi_client_t *client);

/* Sets policy and oin; kept, since nearly all requests of a connection are for one location. */
void ggi_client_judge(ngx_http_request_t *r, ggi_client_t *client,
    ggi_client_rules_t *rules);

/*
 * Whether a certificate of the chain has been revoked, by ssl_ocsp where it is
 * on and by the lists of source (NULL: none). Looked up again when there are
 * other lists, or one has expired: a connection can stay open for long.
 */
ggi_reason_e ggi_client_revocation(ngx_http_request_t *r, ggi_client_t *client,
    ggi_crl_source_t *source, time_t now);


#endif
