/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * autorisatie: does the autorisatieprofiel of the calling organisation allow
 * this dienst, method and path, and the organisation it calls on behalf of.
 */

#include "ggi_call.h"
#include "ggi_profile.h"


typedef struct {
    ggi_profiles_t  *profiles;          /* of the file */
} ggi_autorisatie_main_conf_t;


static ngx_int_t ggi_autorisatie_add_variables(ngx_conf_t *cf);
static ngx_int_t ggi_autorisatie_init(ngx_conf_t *cf);
static void *ggi_autorisatie_create_main_conf(ngx_conf_t *cf);
static char *ggi_autorisatie_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_command_t  ggi_autorisatie_commands[] = {

    { ngx_string("ggi_autorisatie_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ggi_autorisatie_file,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ggi_autorisatie_module_ctx = {
    ggi_autorisatie_add_variables,      /* preconfiguration */
    ggi_autorisatie_init,               /* postconfiguration */

    ggi_autorisatie_create_main_conf,   /* create main configuration */
    NULL,                               /* init main configuration */

    NULL,                               /* create server configuration */
    NULL,                               /* merge server configuration */

    NULL,                               /* create location configuration */
    NULL                                /* merge location configuration */
};


ngx_module_t  ngx_http_ggi_autorisatie_module = {
    NGX_MODULE_V1,
    &ggi_autorisatie_module_ctx,        /* module context */
    ggi_autorisatie_commands,           /* module directives */
    NGX_HTTP_MODULE,                    /* module type */
    NULL,                               /* init master */
    NULL,                               /* init module */
    NULL,                               /* init process */
    NULL,                               /* init thread */
    NULL,                               /* exit thread */
    NULL,                               /* exit process */
    NULL,                               /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_http_variable_t  ggi_autorisatie_vars[] = {

    { ngx_string("ggi_profiel_versie"), NULL, ggi_call_variable,
      offsetof(ggi_call_t, profile_versie), NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


/* What later gates and the record need of the profile. */
static ngx_int_t
ggi_autorisatie_findings(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_profile_t *profile, const ggi_profile_dienst_t *dienst)
{
    size_t      i, n;
    ggi_str_t  *doelbindingen;

    call->profile_versie = ggi_profile_text(profile, profile->versie_text);
    call->profile_naam = ggi_profile_text(profile, profile->naam);
    call->profile_glo = ggi_profile_text(profile, profile->glo);

    n = dienst ? dienst->doelbindingen.len : 0;

    doelbindingen = ngx_palloc(r->pool, (n + 1) * sizeof(ggi_str_t));
    if (doelbindingen == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        doelbindingen[i] = ggi_profile_item(profile, dienst->doelbindingen, i);
    }

    call->profile_doelbindingen = doelbindingen;
    call->profile_doelbindingen_n = n;

    return NGX_OK;
}


static ngx_int_t
ggi_autorisatie_judge(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_profile_t *profile)
{
    ggi_profile_query_t          query;
    const ggi_profile_dienst_t  *dienst;

    query.now = ngx_time();
    query.oin = call->oin;
    query.dienst = call->dienst;
    query.method = call->method;
    query.path = call->path;
    query.on_behalf_of = call->origin;

    call->reason = ggi_profile_judge(profile, &query, &dienst);

    if (ggi_autorisatie_findings(r, call, profile, dienst) != NGX_OK) {
        return NGX_ERROR;
    }

    if (call->reason == GGI_REASON_NONE && call->origin_malformed) {
        call->reason = GGI_REASON_ON_BEHALF_OF_NOT_AUTHORISED;
    }

    if (call->reason != GGI_REASON_NONE) {
        return NGX_DECLINED;
    }

    if (!ggi_str_eq(call->origin, call->oin)) {
        call->on_behalf_of = call->origin;
    }

    return NGX_OK;
}


static ngx_int_t
ggi_autorisatie_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    const ggi_profile_t          *profile;
    ggi_autorisatie_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_autorisatie_module);

    profile = call->oin.len ? ggi_profiles_find(amcf->profiles, call->oin)
                            : NULL;

    if (profile == NULL) {
        call->reason = GGI_REASON_PROFILE_NOT_FOUND;
        return NGX_DECLINED;
    }

    return ggi_autorisatie_judge(r, call, profile);
}


static ngx_int_t
ggi_autorisatie_add_variables(ngx_conf_t *cf)
{
    return ggi_variables_add(cf, ggi_autorisatie_vars);
}


static ngx_int_t
ggi_autorisatie_init(ngx_conf_t *cf)
{
    ggi_autorisatie_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf,
                                              ngx_http_ggi_autorisatie_module);

    if (amcf->profiles == NULL
        && ggi_gate_require(cf, GGI_GATE_AUTORISATIE,
                            "\"ggi_autorisatie_file\" in http")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ggi_gate_register(cf, GGI_GATE_AUTORISATIE,
                             ggi_autorisatie_handler);
}


static void *
ggi_autorisatie_create_main_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ggi_autorisatie_main_conf_t));
}


static int
ggi_autorisatie_read_file(void *data, const char *file, ggi_fault_t *fault)
{
    return ggi_profiles_read(data, file, fault);
}


static void
ggi_autorisatie_free_file(void *data)
{
    ggi_profiles_free(data);
}


static char *
ggi_autorisatie_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_autorisatie_main_conf_t *amcf = conf;

    static const ggi_source_kind_t  kind = {
        "profiles", sizeof(ggi_profiles_t),
        ggi_autorisatie_read_file, ggi_autorisatie_free_file
    };

    if (amcf->profiles) {
        return "is duplicate";
    }

    amcf->profiles = ggi_conf_read(cf, &kind);

    return amcf->profiles ? NGX_CONF_OK : NGX_CONF_ERROR;
}
