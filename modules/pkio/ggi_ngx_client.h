/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Who is at the other end of a TLS connection: its certificate, and what trust,
 * rules and revocation lists make of it. Found once per connection and server
 * or location, and again when what it was found by has changed.
 */

#ifndef GGI_NGX_CLIENT_H
#define GGI_NGX_CLIENT_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_certificate.h"
#include "ggi_ngx_crl.h"


#define GGI_CLIENT_KEPT  8              /* servers and rules that a connection remembers */


/* What a location accepts. */
typedef struct {
    ngx_array_t  *policies;             /* of ASN1_OBJECT *; NULL: any_policy */
    ngx_array_t  *prefixes;             /* of ggi_str_t: beside those of the OIN-Stelsel */
    ngx_flag_t    any_policy;
} ggi_client_rules_t;


/*
 * What the trust of one server makes of the certificate of a connection. That
 * of the handshake's server is known from the handshake; that of another is
 * found by a verification of its own.
 */
typedef struct ggi_client_trust_s  ggi_client_trust_t;

struct ggi_client_trust_s {
    ngx_queue_t          queue;
    SSL_CTX             *server;        /* whose trust this is */
    long                 result;        /* an X509_V_ERR_... code */
    STACK_OF(X509)      *chain;         /* verified, leaf first; NULL unless the result is X509_V_OK */
    ggi_period_t         period;        /* in which all CAs of the chain are valid */
    unsigned             own_chain:1;   /* to be freed */
    ngx_uint_t           crl_generation;        /* the lists that the two below come from */
    time_t               crl_until;
    ggi_reason_e         revocation;
};


/* What the rules of a location make of the certificate of a connection. */
typedef struct {
    ngx_queue_t          queue;
    ggi_client_rules_t  *rules;
    ggi_reason_e         policy;
    ggi_reason_e         oin;
} ggi_client_verdict_t;


/*
 * What is known of a connection, all its requests and streams long. A client
 * can call several servers and locations in turn: what was found for one is
 * kept while others are called, for GGI_CLIENT_KEPT of each kind.
 */
typedef struct {
    ggi_certificate_t    certificate;
    ngx_pool_t          *pool;          /* of the connection */
    long                 handshake;     /* what the handshake found, an X509_V_ERR_... code */
    ngx_queue_t          trusts;        /* of ggi_client_trust_t, the newest first */
    ngx_queue_t          verdicts;      /* of ggi_client_verdict_t, the newest first */
    ngx_uint_t           ntrusts;
    ngx_uint_t           nverdicts;
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
 * Returns what the trust of the request's server makes of the certificate at
 * the time now. The handshake was made with the trust of the server that its
 * SNI named, or of the default server of the address; the request can be for
 * another server, whose trust is then the one that counts. Where a CA of the
 * chain has expired since, the certificate is verified again: another chain may
 * hold. Returns NULL when there is no memory. The memory is the connection's;
 * it can be used again when further servers are called.
 */
ggi_client_trust_t *ggi_client_trust(ngx_http_request_t *r,
    ggi_client_t *client, time_t now);

/*
 * Returns what the rules of a location make of the certificate, or NULL when
 * there is no memory. The memory is the connection's; it can be used again when
 * further locations are called.
 */
const ggi_client_verdict_t *ggi_client_judge(ngx_http_request_t *r,
    ggi_client_t *client, ggi_client_rules_t *rules);

/*
 * Returns whether a certificate of the chain in trust has been revoked, by
 * ssl_ocsp where it is on and by the lists of source (NULL: none), as
 * GGI_REASON_NONE, CERTIFICATE_REVOKED or REVOCATION_UNKNOWN. Looked up again
 * when there are other lists, or one has expired: a connection can stay open
 * for long.
 */
ggi_reason_e ggi_client_revocation(ngx_http_request_t *r,
    ggi_client_trust_t *trust, ggi_crl_source_t *source, time_t now);


#endif
