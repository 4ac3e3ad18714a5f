/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The gate functie: its directives. Inside the organisation that uses a dienst it asks
 * whether the function for which an application calls may use the dienst, method and
 * path; the judging is in ggi_ngx_functie.c.
 */

#include "ggi_functie_compile.h"
#include "ggi_ngx_array.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_client_cn.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_functie.h"
#include "ggi_ngx_functie_conf.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_provider.h"
#include "ggi_ngx_source.h"
#include "ggi_ngx_str.h"
#include "ggi_oin.h"


static ngx_int_t ggi_functie_postconfiguration(ngx_conf_t *cf);
static char *ggi_functie_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ggi_functie_tell(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ggi_functie_forward(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


GGI_LOOKUP_MODULE(ggi_functie, ggi_functie_lookup);


GGI_SOURCE_KIND(ggi_functie_applications, ggi_documents_t, "functions of applications",
                ggi_functies_read, ggi_documents_free, GGI_METRIC_FUNCTIE_FILE, NULL);


static GGI_CREATE_CONF(ggi_functie_create_main_conf, ggi_functie_main_conf_t,
                       .applications.lookup = &ggi_functie_lookup);

static GGI_CREATE_CONF(ggi_functie_create_loc_conf, ggi_functie_loc_conf_t, .forward = 0);


#define GGI_FUNCTIE_TELL(name, tell)                                           \
    GGI_SLOT_COMMAND(name, ggi_functie_tell,                                   \
                     offsetof(ggi_functie_loc_conf_t, tells[tell]), NULL)


static ggi_words_t  ggi_functie_aanbieders = {
    .what = "OIN", .expected = "20 digits and letters", .valid = ggi_oin_spelled
};


static ngx_command_t  ggi_functie_commands[] = {

    GGI_LOOKUP_COMMANDS("ggi_functie_file", "ggi_functie_zone", "ggi_functie_redis",
                        ggi_functie_applications, ggi_functie_main_conf_t, applications),

    GGI_FUNCTIE_TELL("ggi_functie_toepassing", GGI_TELLS_TOEPASSING),
    GGI_FUNCTIE_TELL("ggi_functie_gebruiker", GGI_TELLS_GEBRUIKER),
    GGI_FUNCTIE_TELL("ggi_functie_functie", GGI_TELLS_FUNCTIE),

    GGI_BLOCK_COMMAND("ggi_functie_forward", NGX_CONF_1MORE, ggi_functie_forward),
    GGI_WORDS_COMMAND("ggi_functie_aanbieder", ggi_words_slot,
                      offsetof(ggi_functie_loc_conf_t, aanbieders), ggi_functie_aanbieders),

      ngx_null_command
};


static ngx_http_variable_t  ggi_functie_vars[] = {

    { ngx_string("ggi_client_cn"), NULL, ggi_client_cn_variable, 0, 0, 0 },

      ngx_http_null_variable
};


GGI_NGX_GATE(ngx_http_ggi_functie_module, ggi_functie_commands, ggi_functie_vars,
             ggi_functie_postconfiguration, GGI_LOOKUP_CYCLE(ggi_functie),
             GGI_MAIN_CONF(ggi_functie_create_main_conf, NULL),
             GGI_LOC_CONF(ggi_functie_create_loc_conf, ggi_functie_merge_loc_conf));


/* What tells the gate who calls and for what: the word for it, its header and its finding. */
static const struct {
    ngx_str_t   word;
    ggi_name_t  header;
    size_t      offset;
} ggi_functie_told[GGI_TELLS] = {
    { ngx_string("toepassing"), ggi_name("X-Toepassing", "x-toepassing"),
      offsetof(ggi_findings_t, toepassing) },
    { ngx_string("gebruiker"), ggi_name("X-Gebruiker", "x-gebruiker"),
      offsetof(ggi_findings_t, gebruiker) },
    { ngx_string("functie"), ggi_name("X-Functie", "x-functie"),
      offsetof(ggi_findings_t, functie) }
};


/*
 * What an application shows to its own gateway alone, and what tells of people and machines
 * inside the organisation: browsers, proxies and libraries send it without being asked.
 */
static const ggi_name_t  ggi_functie_private[] = {
    ggi_name("Authorization", "authorization"),
    ggi_name("Proxy-Authorization", "proxy-authorization"),
    ggi_name("Client-Cert", "client-cert"),
    ggi_name("Client-Cert-Chain", "client-cert-chain"),
    ggi_name("X-Forwarded-Client-Cert", "x-forwarded-client-cert"),
    ggi_name("X-Remote-User", "x-remote-user"),
    ggi_name("Remote-User", "remote-user"),
    ggi_name("X-Client-IP", "x-client-ip"),
    ggi_name("Cookie", "cookie"),
    ggi_name("From", "from"),
    ggi_name("Referer", "referer"),
    ggi_name("Forwarded", "forwarded"),
    ggi_name("X-Forwarded-For", "x-forwarded-for"),
    ggi_name("X-Forwarded-User", "x-forwarded-user"),
    ggi_name("X-Forwarded-Host", "x-forwarded-host"),
    ggi_name("X-Real-IP", "x-real-ip"),
    ggi_name("Via", "via"),
    ggi_name("baggage", "baggage"),
    ggi_name("tracestate", "tracestate"),
    ggi_name("X-Forwarded-Email", "x-forwarded-email"),
    ggi_name("X-Forwarded-Groups", "x-forwarded-groups"),
    ggi_name("X-Forwarded-Preferred-Username", "x-forwarded-preferred-username"),
    ggi_name("X-Forwarded-Access-Token", "x-forwarded-access-token"),
    ggi_name("X-Auth-Request-User", "x-auth-request-user"),
    ggi_name("X-Auth-Request-Email", "x-auth-request-email"),
    ggi_name("X-Auth-Request-Access-Token", "x-auth-request-access-token"),
    ggi_name("True-Client-IP", "true-client-ip"),
    ggi_name("SSL-Client-Cert", "ssl-client-cert")
};

#define GGI_FUNCTIE_PRIVATE  (sizeof(ggi_functie_private) / sizeof(ggi_name_t))


/*
 * Notes what the API gets of one of the values: what was established where that is
 * forwarded, nothing otherwise. The default header is kept from it where another tells
 * the value. Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_functie_note(ngx_conf_t *cf, const ggi_functie_loc_conf_t *flcf, ggi_tells_e tell)
{
    ngx_uint_t          i, forward;
    const ggi_name_t   *header, *part;
    const ngx_array_t  *parts = flcf->tells[tell].parts;

    part = parts ? parts->elts : NULL;

    for (i = 0; part && i < parts->nelts; i++) {
        if (ggi_header_inside(cf, &part[i], GGI_HEADER_NOT_SENT) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    header = flcf->tells[tell].value ? &ggi_functie_told[tell].header
                                     : &flcf->tells[tell].header;
    forward = flcf->forward & (ngx_uint_t) 1 << tell;

    if (ggi_header_inside(cf, header, forward ? ggi_functie_told[tell].offset
                                              : GGI_HEADER_NOT_SENT) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ggi_name_is(header, &ggi_functie_told[tell].header)
           ? NGX_OK
           : ggi_header_inside(cf, &ggi_functie_told[tell].header, GGI_HEADER_NOT_SENT);
}


static char *
ggi_functie_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ggi_functie_loc_conf_t *prev = parent;
    ggi_functie_loc_conf_t *conf = child;

    ngx_uint_t   i;
    ggi_tells_e  tell;

    if (conf->forward_file == NULL) {
        conf->forward = prev->forward;
        conf->forward_file = prev->forward_file;
    }

    if (conf->aanbieders == NULL) {
        conf->aanbieders = prev->aanbieders;
    }

    if (ggi_provider_expect(cf, conf->aanbieders) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    for (tell = 0; tell < GGI_TELLS; tell++) {

        if (conf->tells[tell].value == NULL) {

            if (prev->tells[tell].value && conf->tells[tell].header.key.data == NULL) {
                conf->tells[tell].value = prev->tells[tell].value;
                conf->tells[tell].parts = prev->tells[tell].parts;
            }

            ggi_name_merge(conf->tells[tell].header, prev->tells[tell].header,
                           ggi_functie_told[tell].header);
        }

        if (ggi_functie_note(cf, conf, tell) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    for (i = 0; i < GGI_FUNCTIE_PRIVATE; i++) {
        if (!(conf->forward & (ngx_uint_t) 1 << (GGI_TELLS + i))
            && ggi_header_inside(cf, &ggi_functie_private[i], GGI_HEADER_NOT_SENT)
               != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


/*
 * Finds the next variable in a value, from *pos on, which is moved behind its name. Returns that
 * name; of length 0: there is no other.
 */
static ngx_str_t
ggi_functie_variable(const ngx_str_t *value, size_t *pos)
{
    u_char     ch;
    ngx_str_t  name = ngx_null_string;

    while (*pos < value->len && value->data[*pos] != '$') {
        (*pos)++;
    }

    *pos += (*pos < value->len);
    *pos += (*pos < value->len && value->data[*pos] == '{');
    name.data = value->data + *pos;

    for ( /* void */ ; *pos < value->len; (*pos)++, name.len++) {
        ch = ngx_tolower(value->data[*pos]);

        if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_')) {
            break;
        }
    }

    return name;
}


/*
 * Makes the name of the header that a variable $http_... is of, so that a repeated or misspelt
 * header is seen, and the header is kept from the API. Returns NGX_OK; NGX_DECLINED for another
 * variable; or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_functie_header(ngx_conf_t *cf, const ngx_str_t *variable, ggi_name_t *name)
{
    size_t   i, len;
    u_char   ch, *p;

    static const ngx_str_t  prefix = ngx_string("http_");

    if (variable->len <= prefix.len
        || ngx_strncmp(variable->data, prefix.data, prefix.len) != 0)
    {
        return NGX_DECLINED;
    }

    len = variable->len - prefix.len;
    p = ngx_pnalloc(cf->pool, 2 * len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(name, sizeof(ggi_name_t));
    name->lowcase.data = p;
    name->key.data = p + len;
    name->lowcase.len = len;
    name->key.len = len;

    for (i = 0; i < len; i++) {
        ch = ngx_tolower(variable->data[prefix.len + i]);
        name->lowcase.data[i] = (ch == '_') ? '-' : ch;
        name->key.data[i] = (i == 0 || name->lowcase.data[i - 1] == '-')
                            ? ngx_toupper(name->lowcase.data[i])
                            : name->lowcase.data[i];
    }

    name->file = cf->conf_file->file.name.data;
    name->line = cf->conf_file->line;

    return NGX_OK;
}


/*
 * Finds the headers in a value: one header when it is that alone, or else those among its
 * parts. Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_functie_headers(ngx_conf_t *cf, const ngx_str_t *value, ggi_tell_t *tell)
{
    size_t      pos;
    ngx_int_t   rc;
    ngx_str_t   variable;
    ggi_name_t  name;

    for (pos = 0; (variable = ggi_functie_variable(value, &pos)).len; ) {
        rc = ggi_functie_header(cf, &variable, &name);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_DECLINED) {
            continue;
        }

        if (variable.len + 1 == value->len
            || (variable.len + 3 == value->len && value->data[1] == '{'))
        {
            tell->header = name;
            return NGX_OK;
        }

        if (tell->parts == NULL) {
            tell->parts = ngx_array_create(cf->pool, 2, sizeof(ggi_name_t));
        }

        if (tell->parts == NULL || ggi_array_add(tell->parts, &name) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* ggi_functie_toepassing VALUE;  ggi_functie_gebruiker VALUE;  ggi_functie_functie VALUE; */
static char *
ggi_functie_tell(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_tell_t *tell = (ggi_tell_t *) ((char *) conf + cmd->offset);

    char       *rv;
    ngx_str_t  *value;

    rv = ggi_setting_once(cf, cmd, tell->value || tell->header.key.data);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    value = cf->args->elts;

    if (ggi_functie_headers(cf, &value[1], tell) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (tell->header.key.data) {
        return NGX_CONF_OK;
    }

    tell->value = ggi_complex_value(cf, &value[1]);

    return tell->value ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* Returns the bit of what a word of ggi_functie_forward names, or 0 when it names nothing. */
static ngx_uint_t
ggi_functie_forwarded(const ngx_str_t *word)
{
    ngx_uint_t        i;
    const ngx_str_t  *known;

    if (ngx_strcmp(word->data, "verwerking") == 0) {
        return GGI_FORWARD_VERWERKING;
    }

    for (i = 0; i < GGI_TELLS + GGI_FUNCTIE_PRIVATE; i++) {
        known = (i < GGI_TELLS) ? &ggi_functie_told[i].word
                                : &ggi_functie_private[i - GGI_TELLS].lowcase;

        if (word->len == known->len
            && ngx_strncasecmp(word->data, known->data, known->len) == 0)
        {
            return (ngx_uint_t) 1 << i;
        }
    }

    return 0;
}


/* ggi_functie_forward WORD...; */
static char *
ggi_functie_forward(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_functie_loc_conf_t *flcf = conf;

    char        *rv;
    ngx_str_t   *value;
    ngx_uint_t   i, bit;

    rv = ggi_setting_once(cf, cmd, flcf->forward_file != NULL);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    value = cf->args->elts;
    flcf->forward_file = cf->conf_file->file.name.data;

    if (ggi_argument_is(cf, "off")) {
        return NGX_CONF_OK;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        bit = ggi_functie_forwarded(&value[i]);

        if (bit == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"ggi_functie_forward\" takes \"off\", or \"toepassing\", "
                               "\"gebruiker\", \"functie\", \"verwerking\", and the names of "
                               "headers that are kept inside otherwise, such as "
                               "\"cookie\": invalid value \"%V\"", &value[i]);
            return NGX_CONF_ERROR;
        }

        flcf->forward |= bit;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ggi_functie_postconfiguration(ngx_conf_t *cf)
{
    ggi_functie_main_conf_t  *fmcf;

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_functie_module);
    fmcf->trust_mixed = ggi_client_cn_mixed(cf);

    return ggi_functie_init(cf);
}
