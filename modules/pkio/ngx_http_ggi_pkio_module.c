/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The gate pkio: establishes which organisation makes a call. It requires a client
 * certificate that nginx and OpenSSL verified, that was issued under an accepted
 * policy, and that has an OIN in its subject.
 */

#include "ggi_call.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_client.h"
#include "ggi_ngx_crl.h"
#include "ggi_ngx_early.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_identity.h"
#include "ggi_ngx_seam.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_tls.h"
#include "ggi_oin.h"

#define GGI_PKIO_OID_MAX  256           /* bytes of an OID in dotted form, and the NUL */


typedef struct {
    ggi_crl_source_t  *crl;             /* NULL: revocation is not checked */
} ggi_pkio_main_conf_t;


static ngx_int_t ggi_pkio_init(ngx_conf_t *cf);
static ngx_int_t ggi_pkio_init_process(ngx_cycle_t *cycle);
static void *ggi_pkio_create_main_conf(ngx_conf_t *cf);
static char *ggi_pkio_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ggi_pkio_create_srv_conf(ngx_conf_t *cf);
static void *ggi_pkio_create_loc_conf(ngx_conf_t *cf);
static char *ggi_pkio_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ggi_pkio_crl(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ggi_pkio_policy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ggi_pkio_oin_prefix(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


/*
 * The default policies, for certificates between systems: G1 Private Services, G4
 * Private TLS Generic Devices and G4 Other Generic Legal Persons, and the TRIAL
 * counterparts of the latter two. TRIAL certificates lead to a root of their own, so
 * that ssl_client_certificate decides whether they are trusted.
 */
static ngx_str_t  ggi_pkio_default_policies[] = {
    ngx_string("2.16.528.1.1003.1.2.8.6"),
    ngx_string("2.16.528.1.1003.1.2.44.15.35.11"),
    ngx_string("2.16.528.1.1003.1.2.44.16.25.8"),
    ngx_string("2.16.528.1.1003.1.2.41.15.35.11"),
    ngx_string("2.16.528.1.1003.1.2.41.16.25.8"),
    ngx_null_string
};

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


static ngx_http_variable_t  ggi_pkio_vars[] = {

    GGI_FOUND_VARIABLE("ggi_oin", oin, GGI_EARLY_OIN, GGI_GATE_PKIO),
    GGI_FOUND_VARIABLE("ggi_certificate_sha256", certificate_sha256, GGI_EARLY_CERTIFICATE,
                       GGI_GATE_PKIO),

      ngx_http_null_variable
};


GGI_NGX_GATE(ngx_http_ggi_pkio_module, ggi_pkio_commands, ggi_pkio_vars, ggi_pkio_init,
             GGI_CYCLE(NULL, ggi_pkio_init_process, NULL),
             GGI_MAIN_CONF(ggi_pkio_create_main_conf, ggi_pkio_init_main_conf),
             GGI_SRV_CONF(ggi_pkio_create_srv_conf, NULL),
             GGI_LOC_CONF(ggi_pkio_create_loc_conf, ggi_pkio_merge_loc_conf));


static ngx_int_t
ggi_pkio_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_client_rules_t    *rules;
    ggi_pkio_main_conf_t  *pmcf;

    rules = ngx_http_get_module_loc_conf(r, ngx_http_ggi_pkio_module);
    pmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_pkio_module);

    return ggi_identity_judge(r, call, rules, pmcf->crl);
}


static ngx_int_t
ggi_pkio_init(ngx_conf_t *cf)
{
    const ggi_place_t         *place;
    ggi_pkio_main_conf_t      *pmcf;
    ngx_http_core_srv_conf_t  *server;

    pmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_pkio_module);
    server = NULL;

    for (place = ggi_gate_next_place(cf, GGI_GATE_PKIO, NULL);
         place;
         place = ggi_gate_next_place(cf, GGI_GATE_PKIO, place))
    {
        if (place->server == server) {
            continue;
        }

        server = place->server;

        if (ggi_tls_prepare(cf, place, pmcf->crl != NULL) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (ggi_client_init(cf->log) != NGX_OK) {
        return NGX_ERROR;
    }

    return ggi_gate_register(cf, GGI_GATE_PKIO, ggi_pkio_handler);
}


static ngx_int_t
ggi_pkio_init_process(ngx_cycle_t *cycle)
{
    ggi_pkio_main_conf_t  *pmcf;

    pmcf = ggi_process_conf(cycle, &ngx_http_ggi_pkio_module);

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
ggi_pkio_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ggi_tls_depth_note(cf);

    return NGX_CONF_OK;
}


/*
 * Creates the configuration of a server: the ngx_uint_t in which ggi_tls_depth_note()
 * notes whether ssl_verify_depth was written.
 */
static void *
ggi_pkio_create_srv_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_uint_t));
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
    ggi_client_rules_t  *plcf;

    plcf = ngx_pcalloc(cf->pool, sizeof(ggi_client_rules_t));
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


/*
 * Returns 1 when a text is what OpenSSL writes for the object that it read from it, 0
 * otherwise: "1.2." and "1.2.03" are not.
 */
static ngx_uint_t
ggi_pkio_is_oid(const ASN1_OBJECT *object, const ngx_str_t *text)
{
    char  dotted[GGI_PKIO_OID_MAX];
    int   len;

    len = OBJ_obj2txt(dotted, sizeof(dotted), object, 1);

    return len > 0 && (size_t) len < sizeof(dotted) && (size_t) len == text->len
           && ngx_strncmp(dotted, text->data, text->len) == 0;
}


/*
 * Adds a policy, an OID in dotted form, to an array. Returns NGX_OK, NGX_DECLINED when
 * it is no OID, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_pkio_add_policy(ngx_conf_t *cf, ngx_array_t *policies, ngx_str_t *oid)
{
    ASN1_OBJECT         *object, **policy;
    ngx_pool_cleanup_t  *cln;

    /* words of the configuration and literals are terminated by NUL */
    object = OBJ_txt2obj((char *) oid->data, 1);
    if (object == NULL) {
        ERR_clear_error();
        return NGX_DECLINED;
    }

    if (!ggi_pkio_is_oid(object, oid)) {
        ASN1_OBJECT_free(object);
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
    ggi_client_rules_t *prev = parent;
    ggi_client_rules_t *conf = child;

    ngx_str_t  *oid;

    ngx_conf_merge_ptr_value(conf->prefixes, prev->prefixes, NULL);

    if (conf->policies == NGX_CONF_UNSET_PTR && prev->policies == NGX_CONF_UNSET_PTR
        && conf->any_policy == NGX_CONF_UNSET && prev->any_policy == NGX_CONF_UNSET)
    {
        /* made once, in the outermost block, and inherited by all others */
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
    ggi_client_rules_t *plcf = conf;

    ngx_int_t   rc;
    ngx_str_t  *value;
    ngx_uint_t  i;

    if (plcf->any_policy != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    if (ggi_setting_note(cf, cmd) != NGX_OK) {
        return NGX_CONF_ERROR;
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
                               "invalid policy \"%V\" in \"ggi_pkio_policy\": "
                               "expected an OID such as "
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
    ggi_client_rules_t *plcf = conf;

    ggi_str_t   *prefix;
    ngx_str_t   *value;
    ngx_uint_t   i;

    if (plcf->prefixes != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    if (ggi_setting_note(cf, cmd) != NGX_OK) {
        return NGX_CONF_ERROR;
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
                               "invalid OIN prefix \"%V\" in "
                               "\"ggi_pkio_oin_prefix\": expected 8 digits",
                               &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}
