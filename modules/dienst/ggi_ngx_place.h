/* SPDX-License-Identifier: EUPL-1.2 */

/* The types that the configuration of the core and the seam of the gates share. */

#ifndef GGI_NGX_PLACE_H
#define GGI_NGX_PLACE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <openssl/ssl.h>

#include "ggi_call.h"


/*
 * The function by which a gate judges a call. It returns
 *   NGX_OK        the call has passed;
 *   NGX_DECLINED  the call is refused, and call->reason says why;
 *   NGX_AGAIN     the gate does not know yet: it calls ggi_call_resume(r) later,
 *                 and is then called again. It must undo its plan in a cleanup of
 *                 the request, since the client may be gone before;
 *   NGX_ERROR     the gate cannot decide: the core refuses the call with the reason that
 *                 the table ggi_gates has for that.
 * The gate GGI_GATE_AUDIT is called for refused calls too.
 *
 * A gate can be asked before its turn, with a call whose state.asked is 1, for what it
 * finds: it then does not call ggi_call_resume() after NGX_AGAIN.
 */
typedef ngx_int_t (*ggi_gate_pt)(ngx_http_request_t *r, ggi_call_t *call);


/* A block of the configuration that serves a dienst. */
typedef struct {
    ngx_str_t                  dienst;
    ggi_role_e                 role;    /* of the gateway there */
    u_char                    *file;    /* where its ggi_dienst stands */
    ngx_uint_t                 line;
    ngx_http_core_srv_conf_t  *server;
    void                     **loc_conf;        /* of every module, for that block */
    unsigned                   agreed:1;        /* a gate there finds what is agreed on */
    unsigned                   velden:1;        /* a source limits the fields of its dienst */
    unsigned                   fields:1;        /* it says where calls ask for fields, or off */
    unsigned                   person:1;        /* a gate there has to know whom calls are about */
} ggi_place_t;


/* What a place tells of the person whom a call is about. */
typedef enum {
    GGI_PERSON_TOLD_NOT,                /* nothing */
    GGI_PERSON_TOLD_WITHOUT_KEY,        /* something, but pseudonyms differ after each reload */
    GGI_PERSON_TOLD_BY_PATH,            /* what stands in the path, and nothing else */
    GGI_PERSON_TOLD                     /* what a directive names */
} ggi_person_told_e;

/* How the person whom a call is about compares with another one. */
typedef enum {
    GGI_PERSON_UNKNOWN,                 /* the call does not tell whom it is about */
    GGI_PERSON_OTHER,                   /* it is about somebody else, or about several persons */
    GGI_PERSON_SAME
} ggi_person_e;

/* The functions of the gate that knows whom calls are about. */
typedef struct {
    /* Returns what a place tells, in postconfiguration. */
    ggi_person_told_e  (*told)(ngx_conf_t *cf, const ggi_place_t *place);

    /* Compares the person whom a call of r is about with that of a pseudonym. */
    ggi_person_e  (*compare)(ngx_http_request_t *r, const ggi_call_t *call,
        ggi_str_t pseudonym);
} ggi_person_judge_t;


/* What was found about the other end of a connection to a provider. */
typedef struct {
    const char    *sha256;              /* of its certificate, 64 digits; NULL: it has none */
    const char    *oin;                 /* 20 positions; NULL: its certificate has no valid one */
    ggi_reason_e   cause;               /* why it is not to be trusted, as for a client; or NONE */
    const char    *error;               /* what OpenSSL says of that, or NULL */
} ggi_provider_t;


/*
 * How the certificate of a provider is judged: the functions of the gate that judges
 * those of clients, by the same rules and revocation lists.
 */
typedef struct {
    /*
     * Prepares the SSL_CTX for connections to providers, in postconfiguration. Returns
     * NGX_OK, or NGX_ERROR after a message.
     */
    ngx_int_t  (*prepare)(ngx_conf_t *cf, SSL_CTX *ctx);

    /*
     * Returns 1 when a connection can be judged that resumes the session that it has
     * now, 0 when it needs a full handshake.
     */
    ngx_uint_t  (*resumable)(SSL *ssl);

    /*
     * Judges the other end of a connection for a request r: the trust is that of the
     * SSL_CTX ctx, the rules are those of the location of r, and oins is an array of
     * ggi_str_t. Returns NGX_OK when it is trusted and has one of the OINs; NGX_DECLINED
     * when not; or NGX_ERROR without memory. Sets *provider, whose strings live as long
     * as the connection. Costs little when the connection was judged before and nothing
     * has changed since.
     */
    ngx_int_t  (*judge)(ngx_http_request_t *r, SSL *ssl, SSL_CTX *ctx,
        const ngx_array_t *oins, ggi_provider_t *provider);
} ggi_provider_judge_t;


/* How nginx begins to look for a server of an upstream, before the core got in between. */
typedef struct {
    ngx_http_upstream_srv_conf_t  *upstream;
    ngx_http_upstream_init_peer_pt  init;
} ggi_provider_init_t;


/* All organisations of a configuration. */
typedef struct {
    ngx_array_t                list;    /* of ggi_organisation_t *, each by its index */
    const ggi_organisation_t  *own;     /* answers for what is no call's; NULL: none is told */
} ggi_organisations_t;


#endif
