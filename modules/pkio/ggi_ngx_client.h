/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The client at the other end of a TLS connection, or the provider at that of one to an
 * API: its certificate, and how the trust, rules and revocation lists of servers and
 * locations judge that certificate. Each verdict is found once per connection and server
 * or location, and again when something that it depends on has changed.
 */

#ifndef GGI_NGX_CLIENT_H
#define GGI_NGX_CLIENT_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"
#include "ggi_certificate.h"
#include "ggi_ngx_crl.h"
#include "ggi_ngx_rules.h"
#include "ggi_ngx_verification.h"


#define GGI_CLIENT_KEPT  8              /* verdicts of servers, and of rules, kept per connection */


/* The verdict of a location's rules on a path of a connection's certificate. */
typedef struct {
    ngx_queue_t          queue;
    ggi_rules_t         *rules;
    ngx_uint_t           path;          /* id of the path */
    ggi_reason_e         policy;
    ngx_uint_t           lacking;       /* place in the path at which the policy is lacking */
    ggi_reason_e         oin;
} ggi_client_verdict_t;


/* The verdict on whether a certificate of a path has been revoked. */
typedef struct {
    ggi_reason_e         reason;        /* NONE, CERTIFICATE_REVOKED or REVOCATION_UNKNOWN */
    ggi_str_t            by;            /* what says so: "ocsp" or "crl" */
} ggi_client_revocation_t;


/*
 * What is known of a client, kept as long as its connection. A client can call several
 * servers and locations in turn, so that the verdicts of the last GGI_CLIENT_KEPT of
 * each are kept.
 */
typedef struct {
    ggi_certificate_t    certificate;
    ngx_pool_t          *pool;          /* of the connection */
    long                 handshake;     /* X509_V_... code of the handshake */
    ngx_queue_t          trusts;        /* of ggi_verification_t, the newest first */
    ngx_queue_t          verdicts;      /* of ggi_client_verdict_t, the newest first */
    ngx_uint_t           ntrusts;
    ngx_uint_t           nverdicts;
    const ggi_claimed_certificate_t  *claimed;  /* what it says of itself; NULL: not read */
} ggi_client_t;


/*
 * Reserves, in postconfiguration, the index by which OpenSSL keeps what is known of a client
 * with its connection. Returns NGX_OK, or NGX_ERROR after a message.
 */
ngx_int_t ggi_client_init(ngx_log_t *log);

/*
 * Returns what is known of the TLS client of a request. The first request of a
 * connection parses the certificate; later ones get the same result, which belongs to
 * the connection's pool. Returns NULL without a client certificate or without TLS, and
 * NULL with *failed set to 1 when there is no memory.
 *
 * The memory is not left to OpenSSL to free: it could call the function for that after
 * a reload has unloaded this module.
 */
ggi_client_t *ggi_client_get(ngx_http_request_t *r, ngx_uint_t *failed);

/*
 * Returns what is known of the other end of a TLS connection, which belongs to the
 * connection's pool; its first call parses the certificate. Returns NULL without a certificate
 * of the other end, and NULL with *failed set to 1 when there is no memory.
 */
ggi_client_t *ggi_client_of(SSL *ssl, ngx_log_t *log, ngx_uint_t *failed);

/*
 * Returns how the trust "by" judges the certificate of the other end of a connection at the
 * time now, in seconds since the epoch, and verifies the certificate again when a CA of its
 * path has expired since. Returns NULL without memory. The result belongs to the connection
 * and is valid until GGI_CLIENT_KEPT further trusts have judged: do not keep it beyond the
 * request.
 */
ggi_verification_t *ggi_client_trust_by(ggi_client_t *client, const ggi_trust_t *by,
    SSL *ssl, time_t now, ngx_log_t *log);

/*
 * Returns how the trust of the request's server judges the client's certificate at the
 * time now, in seconds since the epoch. The handshake was made with the trust of the
 * server that its SNI named, or of the default server of the address, and perhaps on an
 * earlier connection whose session was resumed; the request can be for another server,
 * whose trust then counts. When a CA of the path has expired since, the certificate is
 * verified again, since there may be another path. Returns NULL without memory. The
 * result belongs to the connection and is valid until the client calls GGI_CLIENT_KEPT
 * further servers: do not keep it beyond the request.
 */
ggi_verification_t *ggi_client_trust(ngx_http_request_t *r,
    ggi_client_t *client, time_t now);

/*
 * Returns how the rules of a location judge the client's certificate with its path, or
 * NULL without memory. When the policies of the path are not accepted, the error log
 * says which certificate lacks one, once for the connection and the rules. The result
 * belongs to the connection and is valid until the client calls GGI_CLIENT_KEPT further
 * locations: do not keep it beyond the request.
 */
const ggi_client_verdict_t *ggi_client_judge(ggi_client_t *client,
    const ggi_path_t *path, ggi_rules_t *rules, ngx_log_t *log);

/*
 * Returns 1 when nginx itself has heard of an OCSP responder in the handshake of this
 * connection that the client's certificate is good, no longer ago than an answer counts;
 * 0 otherwise.
 */
ngx_uint_t ggi_client_let_in(ngx_http_request_t *r);

/*
 * Returns the first reason to refuse a client that applies, in the order of ggi_reason.h, or
 * GGI_REASON_NONE. verdict has what was found of its policies and its OIN; revocation is what
 * lists and OCSP have found, GGI_REASON_NONE for nothing.
 */
ggi_reason_e ggi_client_reason(const ggi_client_verdict_t *verdict, ggi_reason_e revocation);

/*
 * Judges the path in trust by the revocation lists of source at the time now. Returns
 * GGI_REASON_NONE, GGI_REASON_CERTIFICATE_REVOKED when a list names a certificate of the path,
 * or GGI_REASON_REVOCATION_UNKNOWN when a current list is missing. The verdict is kept with the
 * path, and taken again only when other lists are in use or one of them has expired.
 */
ggi_reason_e ggi_client_lists(const ggi_verification_t *trust, ggi_crl_source_t *source,
    time_t now);

/*
 * Tells whether a certificate of the path in trust has been revoked, by ssl_ocsp of the
 * request's server and by the lists of source, unless that is NULL. Returns NGX_OK and
 * sets *revocation. Returns NGX_AGAIN when an OCSP responder is being asked: with wait 1
 * ggi_call_resume() is called when it has answered. Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_client_revocation(ngx_http_request_t *r, ggi_verification_t *trust,
    ggi_crl_source_t *source, time_t now, ngx_uint_t wait, ggi_client_revocation_t *revocation);


#endif
