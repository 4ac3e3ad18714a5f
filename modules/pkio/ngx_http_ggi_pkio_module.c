/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * pkio: which organisation is this, beyond doubt. The certificate of the TLS
 * connection, verified by nginx and OpenSSL, of an accepted policy, and the
 * OIN in its subject.
 */

#include "ggi_call.h"

#include <openssl/ssl.h>

#include "ggi_certificate.h"
#include "ggi_ngx_crl.h"


#define GGI_PKIO_VERIFY_DEPTH  3


typedef struct {
    ggi_crl_source_t  *crl;             /* NULL: revocation is not looked at */
} ggi_pkio_main_conf_t;


typedef struct {
    ngx_array_t  *policies;             /* of ASN1_OBJECT *; NULL: the default ones */
    ngx_array_t  *prefixes;             /* of ggi_str_t: beside those of the OIN-Stelsel */
    ngx_flag_t    any_policy;
} ggi_pkio_loc_conf_t;


/* What is known of a connection, all its requests and HTTP/2 streams long. */
typedef struct {
    ggi_certificate_t     certificate;
    SSL_CTX              *verified_for; /* the server whose trust the two below are of */
    long                  verify_result;
    STACK_OF(X509)       *chain;        /* verified, leaf first; NULL: none */
    unsigned              own_chain:1;  /* to be freed */
    ggi_pkio_loc_conf_t  *judged_for;   /* the configuration that the two below hold for */
    ggi_reason_e          policy;
    ggi_reason_e          oin;
    ngx_uint_t            crl_generation;       /* the lists that the two below come from */
    time_t                crl_until;
    ggi_reason_e          revocation;
} ggi_pkio_connection_t;


static ngx_int_t ggi_pkio_add_variables(ngx_conf_t *cf);
static ngx_int_t ggi_pkio_init(ngx_conf_t *cf);
static ngx_int_t ggi_pkio_init_process(ngx_cycle_t *cycle);
static void *ggi_pkio_create_main_conf(ngx_conf_t *cf);
static void *ggi_pkio_create_loc_conf(ngx_conf_t *cf);
static char *ggi_pkio_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ggi_pkio_crl(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ggi_pkio_policy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ggi_pkio_oin_prefix(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


/*
 * Server and client certificates between systems: G1 Private Services, G4
 * Private TLS Generic Devices and Other Generic Legal Persons, and their TRIAL
 * twins, which lead to a root of their own: ssl_client_certificate decides
 * whether that is trusted.
 */
static ngx_str_t  ggi_pkio_default_policies[] = {
    ngx_string("2.16.528.1.1003.1.2.8.6"),
    ngx_string("2.16.528.1.1003.1.2.44.15.35.11"),
    ngx_string("2.16.528.1.1003.1.2.44.16.25.8"),
    ngx_string("2.16.528.1.1003.1.2.41.15.35.11"),
    ngx_string("2.16.528.1.1003.1.2.41.16.25.8"),
    ngx_null_string
};

/* Lives as long as the process: memory of a reload belongs to its pool, the index to OpenSSL. */
static int  ggi_pkio_ssl_index = -1;


static ngx_command_t  ggi_pkio_commands[] = {

    { ngx_string("ggi_pkio_crl"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ggi_pkio_crl,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ggi_pkio_policy"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ggi_pkio_policy,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ggi_pkio_oin_prefix"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ggi_pkio_oin_prefix,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ggi_pkio_module_ctx = {
    ggi_pkio_add_variables,             /* preconfiguration */
    ggi_pkio_init,                      /* postconfiguration */

    ggi_pkio_create_main_conf,          /* create main configuration */
    NULL,                               /* init main configuration */

    NULL,                               /* create server configuration */
    NULL,                               /* merge server configuration */

    ggi_pkio_create_loc_conf,           /* create location configuration */
    ggi_pkio_merge_loc_conf             /* merge location configuration */
};


ngx_module_t  ngx_http_ggi_pkio_module = {
    NGX_MODULE_V1,
    &ggi_pkio_module_ctx,               /* module context */
    ggi_pkio_commands,                  /* module directives */
    NGX_HTTP_MODULE,                    /* module type */
    NULL,                               /* init master */
    NULL,                               /* init module */
    ggi_pkio_init_process,              /* init process */
    NULL,                               /* init thread */
    NULL,                               /* exit thread */
    NULL,                               /* exit process */
    NULL,                               /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_http_variable_t  ggi_pkio_vars[] = {

    { ngx_string("ggi_oin"), NULL, ggi_call_variable,
      offsetof(ggi_call_t, oin), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ggi_certificate_sha256"), NULL, ggi_call_variable,
      offsetof(ggi_call_t, certificate_sha256), NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


static void
ggi_pkio_connection_cleanup(void *data)
{
    ggi_pkio_connection_t *pc = data;

    if (pc->own_chain) {
        sk_X509_pop_free(pc->chain, X509_free);
    }

    pc->own_chain = 0;
    pc->chain = NULL;
}


/*
 * Reads the certificate at the first request of a connection. The memory is
 * the connection's pool's, which outlives the SSL object; OpenSSL gets no free
 * function, since it would call it after this module has been unloaded. NULL:
 * no certificate, or (failed set) no memory.
 */
static ggi_pkio_connection_t *
ggi_pkio_connection(ngx_http_request_t *r, ngx_uint_t *failed)
{
    SSL                    *ssl;
    X509                   *x509;
    ngx_pool_cleanup_t     *cln;
    ggi_pkio_connection_t  *pc;

    *failed = 0;

    if (r->connection->ssl == NULL) {
        return NULL;
    }

    ssl = r->connection->ssl->connection;

    pc = SSL_get_ex_data(ssl, ggi_pkio_ssl_index);
    if (pc) {
        return pc;
    }

    x509 = SSL_get0_peer_certificate(ssl);
    if (x509 == NULL) {
        return NULL;
    }

    pc = ngx_pcalloc(r->connection->pool, sizeof(ggi_pkio_connection_t));

    cln = ngx_pool_cleanup_add(r->connection->pool, 0);

    if (pc == NULL || cln == NULL
        || !ggi_certificate_read(&pc->certificate, x509)
        || SSL_set_ex_data(ssl, ggi_pkio_ssl_index, pc) == 0)
    {
        *failed = 1;
        return NULL;
    }

    cln->handler = ggi_pkio_connection_cleanup;
    cln->data = pc;

    return pc;
}


/* Verifies the certificate by the trust of a server. Returns the error, or X509_V_OK with the chain in pc. */
static long
ggi_pkio_verify(ggi_pkio_connection_t *pc, SSL *ssl,
    ngx_http_ssl_srv_conf_t *sscf)
{
    long             error;
    X509_STORE_CTX  *ctx;

    ctx = X509_STORE_CTX_new();

    if (ctx == NULL
        || !X509_STORE_CTX_init(ctx, SSL_CTX_get_cert_store(sscf->ssl.ctx),
                                SSL_get0_peer_certificate(ssl),
                                SSL_get_peer_cert_chain(ssl))
        || !X509_STORE_CTX_set_default(ctx, "ssl_client"))
    {
        X509_STORE_CTX_free(ctx);
        return X509_V_ERR_UNSPECIFIED;
    }

    X509_STORE_CTX_set_depth(ctx, (int) sscf->verify_depth);

    (void) X509_verify_cert(ctx);
    error = X509_STORE_CTX_get_error(ctx);

    if (error == X509_V_OK) {
        pc->chain = X509_STORE_CTX_get1_chain(ctx);
        pc->own_chain = 1;
    }

    X509_STORE_CTX_free(ctx);
    ERR_clear_error();

    return error;
}


/*
 * The handshake was made with the trust of the server that its SNI named, or of
 * the default server of the address; the request can be for another server,
 * whose trust is then the one that counts.
 */
static void
ggi_pkio_trust(ngx_http_request_t *r, ggi_pkio_connection_t *pc)
{
    SSL                      *ssl;
    ngx_http_ssl_srv_conf_t  *sscf;

    ssl = r->connection->ssl->connection;
    sscf = ngx_http_get_module_srv_conf(r, ngx_http_ssl_module);

    if (pc->verified_for == sscf->ssl.ctx && sscf->ssl.ctx) {
        return;
    }

    ggi_pkio_connection_cleanup(pc);

    pc->verified_for = sscf->ssl.ctx;
    pc->crl_generation = 0;
    pc->verify_result = SSL_get_verify_result(ssl);

    if (pc->verify_result != X509_V_OK) {
        return;
    }

    if (SSL_get_SSL_CTX(ssl) == sscf->ssl.ctx) {
        pc->chain = SSL_get0_verified_chain(ssl);

    } else if (sscf->ssl.ctx) {
        pc->verify_result = ggi_pkio_verify(pc, ssl, sscf);

    } else {
        pc->verify_result = X509_V_ERR_APPLICATION_VERIFICATION;
    }
}


/* What ssl_ocsp found, where it is on. */
static ggi_reason_e
ggi_pkio_ocsp(ngx_http_request_t *r)
{
    const char  *text;

    if (ngx_ssl_ocsp_get_status(r->connection, &text) == NGX_OK) {
        return GGI_REASON_NONE;
    }

    return ngx_strstr(text, "revoked") ? GGI_REASON_CERTIFICATE_REVOKED
                                       : GGI_REASON_REVOCATION_UNKNOWN;
}


/* What the location's configuration makes of the certificate; kept, since nearly all requests of a connection are for one. */
static void
ggi_pkio_judge(ngx_http_request_t *r, ggi_pkio_connection_t *pc,
    ggi_pkio_loc_conf_t *plcf)
{
    X509  *x509;

    x509 = SSL_get0_peer_certificate(r->connection->ssl->connection);

    pc->policy = (plcf->any_policy
                  || ggi_certificate_policy(x509, plcf->policies->elts,
                                            plcf->policies->nelts))
                 ? GGI_REASON_NONE : GGI_REASON_CERTIFICATE_POLICY_NOT_ALLOWED;

    pc->oin = ggi_certificate_oin(&pc->certificate,
                                  plcf->prefixes ? plcf->prefixes->elts : NULL,
                                  plcf->prefixes ? plcf->prefixes->nelts : 0);
    pc->judged_for = plcf;
}


/*
 * Whether a certificate of the chain has been revoked. Looked up again when
 * there are other lists, or one has expired: a connection can stay open for
 * long.
 */
static ggi_reason_e
ggi_pkio_revocation(ngx_http_request_t *r, ggi_pkio_connection_t *pc,
    time_t now)
{
    ggi_reason_e           ocsp;
    ggi_crl_source_t      *source;
    ggi_pkio_main_conf_t  *pmcf;

    ocsp = ggi_pkio_ocsp(r);

    if (ocsp == GGI_REASON_CERTIFICATE_REVOKED) {
        return ocsp;
    }

    pmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_pkio_module);
    source = pmcf->crl;

    if (source == NULL) {
        return ocsp;
    }

    if (pc->crl_generation != source->generation || now >= pc->crl_until) {
        pc->revocation = ggi_crls_judge(&source->crls, pc->chain, now,
                                        &pc->crl_until);
        pc->crl_generation = source->generation;
    }

    if (pc->revocation == GGI_REASON_NONE) {
        return ocsp;
    }

    return pc->revocation;
}


static ngx_int_t
ggi_pkio_refuse(ggi_call_t *call, ggi_reason_e reason)
{
    call->reason = reason;
    return NGX_DECLINED;
}


static ngx_int_t
ggi_pkio_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    time_t                  now;
    ngx_uint_t              failed;
    ggi_reason_e            reason, revocation;
    ggi_pkio_loc_conf_t    *plcf;
    ggi_pkio_connection_t  *pc;

    pc = ggi_pkio_connection(r, &failed);

    if (failed) {
        return NGX_ERROR;
    }

    if (pc == NULL) {
        return ggi_pkio_refuse(call, GGI_REASON_CERTIFICATE_MISSING);
    }

    call->certificate_sha256.data = pc->certificate.sha256;
    call->certificate_sha256.len = sizeof(pc->certificate.sha256);

    ggi_pkio_trust(r, pc);

    reason = ggi_certificate_verify_reason(pc->verify_result);
    if (reason != GGI_REASON_NONE) {
        return ggi_pkio_refuse(call, reason);
    }

    plcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_pkio_module);

    if (pc->judged_for != plcf) {
        ggi_pkio_judge(r, pc, plcf);
    }

    /* the caller is known from here on, whether or not it is let in */

    call->organisation.data = pc->certificate.organisation;
    call->organisation.len = pc->certificate.organisation_len;

    if (pc->oin == GGI_REASON_NONE) {
        call->oin.data = pc->certificate.oin;
        call->oin.len = GGI_OIN_LEN;
    }

    /* at each request: a connection, or a session resumed, can outlive the certificate */

    now = ngx_time();

    if (now < pc->certificate.not_before || now > pc->certificate.not_after) {
        return ggi_pkio_refuse(call, GGI_REASON_CERTIFICATE_EXPIRED);
    }

    revocation = ggi_pkio_revocation(r, pc, now);

    if (revocation == GGI_REASON_CERTIFICATE_REVOKED) {
        return ggi_pkio_refuse(call, revocation);
    }

    if (pc->policy != GGI_REASON_NONE) {
        return ggi_pkio_refuse(call, pc->policy);
    }

    if (pc->oin != GGI_REASON_NONE) {
        return ggi_pkio_refuse(call, pc->oin);
    }

    if (revocation != GGI_REASON_NONE) {
        return ggi_pkio_refuse(call, revocation);
    }

    return NGX_OK;
}


static ngx_int_t
ggi_pkio_add_variables(ngx_conf_t *cf)
{
    return ggi_variables_add(cf, ggi_pkio_vars);
}


/*
 * PKIoverheid has two CAs between root and leaf; ssl_verify_depth, 1 unless
 * set, would take every such chain for untrusted.
 */
static void
ggi_pkio_verify_depth(ngx_http_ssl_srv_conf_t *sscf)
{
    if (sscf->ssl.ctx && sscf->verify_depth < GGI_PKIO_VERIFY_DEPTH) {
        sscf->verify_depth = GGI_PKIO_VERIFY_DEPTH;
        SSL_CTX_set_verify_depth(sscf->ssl.ctx, GGI_PKIO_VERIFY_DEPTH);
    }
}


/*
 * A resumed session has no chain, and OpenSSL does not verify anew: each
 * connection of a server with a dienst is a full handshake. The servers of one
 * address share what is resumed, so all of them go along.
 */
static void
ggi_pkio_no_resumption(ngx_http_conf_addr_t *addr)
{
    ngx_uint_t                   i;
    ngx_http_ssl_srv_conf_t     *sscf;
    ngx_http_core_srv_conf_t   **servers;

    servers = addr->servers.elts;

    for (i = 0; i < addr->servers.nelts; i++) {
        sscf = servers[i]->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

        if (sscf->ssl.ctx) {
            SSL_CTX_set_session_cache_mode(sscf->ssl.ctx, SSL_SESS_CACHE_OFF);
            SSL_CTX_set_options(sscf->ssl.ctx, SSL_OP_NO_TICKET);
            SSL_CTX_set_num_tickets(sscf->ssl.ctx, 0);
        }
    }
}


static ngx_uint_t
ggi_pkio_addr_has(ngx_http_conf_addr_t *addr, ngx_http_core_srv_conf_t *server)
{
    ngx_uint_t                   i;
    ngx_http_core_srv_conf_t   **servers;

    servers = addr->servers.elts;

    for (i = 0; i < addr->servers.nelts; i++) {
        if (servers[i] == server) {
            return 1;
        }
    }

    return 0;
}


/* The server of a dienst: what its TLS needs, and what would make the gate refuse every call. */
static ngx_int_t
ggi_pkio_server(ngx_conf_t *cf, const ggi_place_t *place)
{
    ngx_uint_t                  i, k;
    ngx_http_conf_addr_t       *addr;
    ngx_http_conf_port_t       *port;
    ngx_http_ssl_srv_conf_t    *sscf;
    ggi_pkio_main_conf_t       *pmcf;
    ngx_http_core_srv_conf_t   *server;
    ngx_http_core_main_conf_t  *cmcf;

    server = place->server;
    sscf = server->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

    if (sscf->ssl.ctx && sscf->verify == 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "dienst \"%V\" has gate ggi_pkio on, which needs "
                      "\"ssl_verify_client optional;\" in its server, or "
                      "\"ggi_pkio off;\" in %s:%ui",
                      &place->dienst, place->file, place->line);
        return NGX_ERROR;
    }

    ggi_pkio_verify_depth(sscf);

    pmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_pkio_module);

    if (pmcf->crl == NULL && sscf->crl.len == 0) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "dienst \"%V\" has gate ggi_pkio on, which does not see "
                      "that a certificate was revoked: \"ggi_pkio_crl\" in "
                      "http names the revocation lists; in %s:%ui",
                      &place->dienst, place->file, place->line);
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    port = cmcf->ports ? cmcf->ports->elts : NULL;

    for (i = 0; port && i < cmcf->ports->nelts; i++) {
        addr = port[i].addrs.elts;

        for (k = 0; k < port[i].addrs.nelts; k++) {
            if (!ggi_pkio_addr_has(&addr[k], server)) {
                continue;
            }

            ggi_pkio_no_resumption(&addr[k]);

            if (!addr[k].opt.ssl) {
                ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                              "dienst \"%V\" has gate ggi_pkio on, which "
                              "refuses all that comes by \"listen %V\" "
                              "without \"ssl\" in %s:%ui",
                              &place->dienst, &addr[k].opt.addr_text,
                              place->file, place->line);
            }
        }
    }

    return NGX_OK;
}


static ngx_int_t
ggi_pkio_init(ngx_conf_t *cf)
{
    const ggi_place_t         *place;
    ngx_http_core_srv_conf_t  *server;

    server = NULL;

    for (place = ggi_gate_next_place(cf, GGI_GATE_PKIO, NULL);
         place;
         place = ggi_gate_next_place(cf, GGI_GATE_PKIO, place))
    {
        if (place->server == server) {
            continue;
        }

        server = place->server;

        if (ggi_pkio_server(cf, place) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (ggi_pkio_ssl_index == -1) {
        ggi_pkio_ssl_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);

        if (ggi_pkio_ssl_index == -1) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "SSL_get_ex_new_index() failed");
            return NGX_ERROR;
        }
    }

    return ggi_gate_register(cf, GGI_GATE_PKIO, ggi_pkio_handler);
}


static ngx_int_t
ggi_pkio_init_process(ngx_cycle_t *cycle)
{
    ggi_pkio_main_conf_t  *pmcf;

    if (ngx_get_conf(cycle->conf_ctx, ngx_http_module) == NULL) {
        return NGX_OK;
    }

    pmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_ggi_pkio_module);

    if (pmcf == NULL || pmcf->crl == NULL) {
        return NGX_OK;
    }

    return ggi_crl_source_watch(pmcf->crl, cycle);
}


static void *
ggi_pkio_create_main_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ggi_pkio_main_conf_t));
}


static char *
ggi_pkio_crl(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_pkio_main_conf_t *pmcf = conf;

    if (pmcf->crl) {
        return "is duplicate";
    }

    pmcf->crl = ggi_crl_source_create(cf);

    return pmcf->crl ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static void *
ggi_pkio_create_loc_conf(ngx_conf_t *cf)
{
    ggi_pkio_loc_conf_t  *plcf;

    plcf = ngx_pcalloc(cf->pool, sizeof(ggi_pkio_loc_conf_t));
    if (plcf == NULL) {
        return NULL;
    }

    plcf->policies = NGX_CONF_UNSET_PTR;
    plcf->prefixes = NGX_CONF_UNSET_PTR;
    plcf->any_policy = NGX_CONF_UNSET;

    return plcf;
}


static void
ggi_pkio_object_cleanup(void *data)
{
    ASN1_OBJECT_free(data);
}


/* Adds a policy in dotted form: NGX_DECLINED when it is none. */
static ngx_int_t
ggi_pkio_add_policy(ngx_conf_t *cf, ngx_array_t *policies, ngx_str_t *oid)
{
    ASN1_OBJECT         *object, **policy;
    ngx_pool_cleanup_t  *cln;

    /* terminated: the configuration's words and string literals are */
    object = OBJ_txt2obj((char *) oid->data, 1);
    if (object == NULL) {
        ERR_clear_error();
        return NGX_DECLINED;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        ASN1_OBJECT_free(object);
        return NGX_ERROR;
    }

    cln->handler = ggi_pkio_object_cleanup;
    cln->data = object;

    policy = ngx_array_push(policies);
    if (policy == NULL) {
        return NGX_ERROR;
    }

    *policy = object;

    return NGX_OK;
}


static char *
ggi_pkio_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ggi_pkio_loc_conf_t *prev = parent;
    ggi_pkio_loc_conf_t *conf = child;

    ngx_str_t  *oid;

    ngx_conf_merge_ptr_value(conf->prefixes, prev->prefixes, NULL);

    if (conf->policies == NGX_CONF_UNSET_PTR && prev->policies == NGX_CONF_UNSET_PTR
        && conf->any_policy == NGX_CONF_UNSET && prev->any_policy == NGX_CONF_UNSET)
    {
        /* once, in the outermost block: the others inherit it */
        prev->policies = ngx_array_create(cf->pool, 5, sizeof(ASN1_OBJECT *));
        if (prev->policies == NULL) {
            return NGX_CONF_ERROR;
        }

        for (oid = ggi_pkio_default_policies; oid->len; oid++) {
            if (ggi_pkio_add_policy(cf, prev->policies, oid) != NGX_OK) {
                return NGX_CONF_ERROR;
            }
        }

        prev->any_policy = 0;
    }

    if (conf->any_policy == NGX_CONF_UNSET) {
        conf->policies = prev->policies;
        conf->any_policy = prev->any_policy;
    }

    return NGX_CONF_OK;
}


static char *
ggi_pkio_policy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_pkio_loc_conf_t *plcf = conf;

    ngx_int_t   rc;
    ngx_str_t  *value;
    ngx_uint_t  i;

    if (plcf->any_policy != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;
    plcf->any_policy = 0;
    plcf->policies = NULL;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "any") == 0) {
        plcf->any_policy = 1;
        return NGX_CONF_OK;
    }

    plcf->policies = ngx_array_create(cf->pool, cf->args->nelts,
                                      sizeof(ASN1_OBJECT *));
    if (plcf->policies == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        rc = ggi_pkio_add_policy(cf, plcf->policies, &value[i]);

        if (rc == NGX_DECLINED) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid policy \"%V\": expected an OID such as "
                               "2.16.528.1.1003.1.2.8.6, or \"any\" alone",
                               &value[i]);
        }

        if (rc != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
ggi_pkio_oin_prefix(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_pkio_loc_conf_t *plcf = conf;

    ggi_str_t   *prefix;
    ngx_str_t   *value;
    ngx_uint_t   i;

    if (plcf->prefixes != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    plcf->prefixes = ngx_array_create(cf->pool, cf->args->nelts,
                                      sizeof(ggi_str_t));
    if (plcf->prefixes == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        prefix = ngx_array_push(plcf->prefixes);
        if (prefix == NULL) {
            return NGX_CONF_ERROR;
        }

        *prefix = ggi_from_ngx_str(value[i]);

        if (!ggi_oin_prefix_valid(*prefix)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid OIN prefix \"%V\": expected 8 digits",
                               &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}
