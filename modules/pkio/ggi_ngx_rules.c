/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_name_text.h"
#include "ggi_ngx_array.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_limits.h"
#include "ggi_ngx_rules.h"
#include "ggi_ngx_str.h"
#include "ggi_oin.h"

#include <openssl/err.h>
#include <openssl/objects.h>

#define GGI_RULES_OID_MAX  256          /* bytes of an OID in dotted form, and the NUL */


/*
 * The default policies, for certificates between systems: G1 Private Services, G4
 * Private TLS Generic Devices and G4 Other Generic Legal Persons, and the TRIAL
 * counterparts of the latter two. TRIAL certificates lead to a root of their own, so
 * that ssl_client_certificate decides whether they are trusted.
 */
static ngx_str_t  ggi_rules_default_policies[] = {
    ngx_string("2.16.528.1.1003.1.2.8.6"),
    ngx_string("2.16.528.1.1003.1.2.44.15.35.11"),
    ngx_string("2.16.528.1.1003.1.2.44.16.25.8"),
    ngx_string("2.16.528.1.1003.1.2.41.15.35.11"),
    ngx_string("2.16.528.1.1003.1.2.41.16.25.8"),
    ngx_null_string
};


GGI_CREATE_CONF(ggi_rules_create, ggi_rules_t,
                .policies = NGX_CONF_UNSET_PTR, .prefixes = NGX_CONF_UNSET_PTR,
                .any_policy = NGX_CONF_UNSET, .policy_check = NGX_CONF_UNSET_UINT);


static void
ggi_rules_object_cleanup(void *data)
{
    ASN1_OBJECT_free(data);
}


/*
 * Returns 1 when a text is what OpenSSL writes for the object that it read from it, 0
 * otherwise: "1.2." and "1.2.03" are not.
 */
static ngx_uint_t
ggi_rules_is_oid(const ASN1_OBJECT *object, const ngx_str_t *text)
{
    char  dotted[GGI_RULES_OID_MAX];
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
ggi_rules_add_policy(ngx_conf_t *cf, ngx_array_t *policies, ngx_str_t *oid)
{
    ASN1_OBJECT         *object;
    ngx_pool_cleanup_t  *cln;

    /* words of the configuration and literals are terminated by NUL */
    object = OBJ_txt2obj((char *) oid->data, 1);
    if (object == NULL) {
        ERR_clear_error();
        return NGX_DECLINED;
    }

    if (!ggi_rules_is_oid(object, oid)) {
        ASN1_OBJECT_free(object);
        return NGX_DECLINED;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        ASN1_OBJECT_free(object);
        return NGX_ERROR;
    }

    cln->handler = ggi_rules_object_cleanup;
    cln->data = object;

    return ggi_array_add(policies, &object);
}


ggi_words_t  ggi_rules_policies = {
    .what = "policy", .expected = "an OID such as 2.16.528.1.1003.1.2.8.6, or \"any\" alone",
    .add = ggi_rules_add_policy, .size = sizeof(ASN1_OBJECT *)
};


char *
ggi_rules_merge(ngx_conf_t *cf, void *parent, void *child)
{
    ggi_rules_t *prev = parent;
    ggi_rules_t *conf = child;

    ngx_str_t  *oid;

    ngx_conf_merge_ptr_value(conf->prefixes, prev->prefixes, NULL);
    ngx_conf_merge_uint_value(conf->policy_check, prev->policy_check,
                              GGI_POLICY_PATH);

    if (conf->policies == NGX_CONF_UNSET_PTR && prev->policies == NGX_CONF_UNSET_PTR
        && conf->any_policy == NGX_CONF_UNSET && prev->any_policy == NGX_CONF_UNSET)
    {
        /* made once, in the outermost block, and inherited by all others */
        prev->policies = ngx_array_create(cf->pool, 5, sizeof(ASN1_OBJECT *));
        if (prev->policies == NULL) {
            return NGX_CONF_ERROR;
        }

        for (oid = ggi_rules_default_policies; oid->len; oid++) {
            if (ggi_rules_add_policy(cf, prev->policies, oid) != NGX_OK) {
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


char *
ggi_rules_policy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_rules_t *plcf = conf;

    if (plcf->any_policy != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    plcf->any_policy = ggi_argument_is(cf, "any") ? 1 : 0;
    plcf->policies = NULL;

    return plcf->any_policy ? ggi_setting_once(cf, cmd, 0) : ggi_words_slot(cf, cmd, conf);
}


char *
ggi_rules_policy_check(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char         *rv;
    ggi_rules_t  *rules = conf;

    rv = ggi_enum_slot(cf, cmd, conf);

    if (rv == NGX_CONF_OK && rules->policy_check == GGI_POLICY_LEAF) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"ggi_pkio_policy_check leaf\" believes the policy "
                           "that a certificate names for itself: any CA below "
                           "the same root can then issue certificates of "
                           "organisations; use \"path\", unless a CA does not "
                           "name the policies that it issues");
    }

    return rv;
}


ggi_words_t  ggi_rules_prefixes = {
    .what = "OIN prefix", .expected = "8 digits", .valid = ggi_oin_prefix_valid
};


ngx_uint_t
ggi_rules_same(const ggi_rules_t *one, const ggi_rules_t *two)
{
    return one == two
           || (one->policies == two->policies && one->prefixes == two->prefixes
               && one->any_policy == two->any_policy
               && one->policy_check == two->policy_check);
}


ngx_int_t
ggi_rules_permit(const ggi_rules_t *rules, const ggi_path_t *path)
{
    int  permitted;

    if (rules->any_policy) {
        permitted = rules->policy_check == GGI_POLICY_LEAF || path->policies.valid;

    } else if (rules->policy_check == GGI_POLICY_LEAF) {
        permitted = ggi_certificate_policy(sk_X509_value(path->chain, 0),
                                           rules->policies->elts,
                                           rules->policies->nelts);
    } else {
        permitted = ggi_policies_permit(&path->policies, rules->policies->elts,
                                        rules->policies->nelts);
    }

    return (permitted == 1) ? NGX_OK : (permitted == 0) ? NGX_DECLINED : NGX_ERROR;
}


/* Returns a message that says what a certificate lacks itself by the rules. */
static const char *
ggi_rules_leaf_lacks(const ggi_rules_t *rules)
{
    if (rules->any_policy) {
        return "the certificate itself makes its path invalid, also for "
               "\"ggi_pkio_policy any\": what it says of policies is malformed or too "
               "much, or a CA requires a policy that it does not name";
    }

    if (rules->policy_check == GGI_POLICY_LEAF) {
        return "the certificate itself names no policy of "
               "\"ggi_pkio_policy\"";
    }

    return "the certificate itself has no policy of \"ggi_pkio_policy\" "
           "that its CAs permit";
}


/* Returns a hash of rules and a certificate, the subject of a message for ggi_limits_pass(). */
static uint64_t
ggi_rules_hash(const ggi_rules_t *rules, const X509 *cert)
{
    unsigned   len;
    u_char     digest[EVP_MAX_MD_SIZE];
    uintptr_t  place;

    if (X509_digest(cert, EVP_sha256(), digest, &len) != 1) {
        len = 0;
    }

    place = (uintptr_t) rules;

    return ggi_limits_hash(ggi_limits_hash(0, (const char *) &place, sizeof(place)),
                           (const char *) digest, len);
}


ngx_uint_t
ggi_rules_lacking(const ggi_rules_t *rules, const ggi_path_t *path,
    ngx_log_t *log)
{
    size_t               len;
    u_char               subject[GGI_CERTIFICATE_SUBJECT_MAX];
    uint64_t             of, left_out;
    ngx_uint_t           place;
    static ggi_limits_t  limits;

    place = 0;

    if (rules->policy_check == GGI_POLICY_PATH) {
        place = (ngx_uint_t) ggi_policies_lacking(
                    path->chain,
                    rules->any_policy ? NULL : rules->policies->elts,
                    rules->any_policy ? 0 : rules->policies->nelts);
    }

    of = ggi_rules_hash(rules, sk_X509_value(path->chain, 0));

    if (place == 0) {
        if (ggi_limits_pass(&limits, of, ~UINT64_C(0), ngx_current_msec, &left_out)) {
            ngx_log_error(NGX_LOG_ERR, log, 0, "%s (messages left out: %uL)",
                          ggi_rules_leaf_lacks(rules), left_out);
        }

        return place;
    }

    if (ggi_limits_pass(&limits, of, place, ngx_current_msec, &left_out)) {
        len = ggi_name_text((char *) subject, sizeof(subject),
                            X509_get_subject_name(sk_X509_value(path->chain, (int) place)));
        ngx_log_error(NGX_LOG_ERR, log, 0,
                      "the CA \"%*s\", number %ui above the certificate, "
                      "does not permit a policy of \"ggi_pkio_policy\" (messages left out: %uL)",
                      len, subject, place, left_out);
    }

    return place;
}
