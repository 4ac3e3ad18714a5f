/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The rules by which a location accepts certificates: policies and prefixes of OINs.
 * They are the configuration of this module for a location.
 */

#ifndef GGI_NGX_RULES_H
#define GGI_NGX_RULES_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_directive.h"
#include "ggi_ngx_path.h"


/* What has to permit the policy that a certificate names. */
typedef enum {
    GGI_POLICY_PATH,                    /* every CA between it and the root */
    GGI_POLICY_LEAF                     /* nothing */
} ggi_policy_check_e;


typedef struct {
    ngx_array_t  *policies;             /* of ASN1_OBJECT *; NULL: any_policy */
    ngx_array_t  *prefixes;             /* of ggi_str_t: further OIN prefixes; NULL: none */
    ngx_flag_t    any_policy;
    ngx_uint_t    policy_check;         /* a ggi_policy_check_e */
} ggi_rules_t;


/*
 * Each of the next two functions is for nginx's table of a module: they create the rules of a
 * location, and merge those of the block round it into them. ggi_rules_create() returns the
 * rules, in the pool of the configuration, or NULL without memory; ggi_rules_merge() returns
 * NGX_CONF_OK, or NGX_CONF_ERROR without memory.
 */
void *ggi_rules_create(ngx_conf_t *cf);
char *ggi_rules_merge(ngx_conf_t *cf, void *parent, void *child);

/*
 * What ggi_words_slot() makes of the arguments of ggi_pkio_policy, into the policies of a
 * ggi_rules_t, and of those of ggi_pkio_oin_prefix, into its prefixes.
 */
extern ggi_words_t  ggi_rules_policies;
extern ggi_words_t  ggi_rules_prefixes;

/*
 * Reads the arguments of ggi_pkio_policy into the rules conf: "any", or what
 * ggi_words_slot() reads by ggi_rules_policies, which is at cmd->post. Returns NGX_CONF_OK,
 * NGX_CONF_ERROR after a message, or the end of a message that nginx logs.
 */
char *ggi_rules_policy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Reads the argument of ggi_pkio_policy_check into the rules conf, as ggi_enum_slot() does,
 * and warns of "leaf". Returns NGX_CONF_OK, NGX_CONF_ERROR after a message, or the end of a
 * message that nginx logs.
 */
char *ggi_rules_policy_check(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Returns 1 when two locations have the same rules, 0 otherwise. Inherited rules share
 * their arrays, so that the pointers are compared: equal lists that were written twice
 * count as different.
 */
ngx_uint_t ggi_rules_same(const ggi_rules_t *one, const ggi_rules_t *two);

/*
 * Returns NGX_OK when the rules accept the policies of a client certificate, NGX_DECLINED
 * when they do not, and NGX_ERROR without memory to tell. The certificate, the leaf of
 * path, has to name one of the policies of the rules, and with GGI_POLICY_PATH each CA
 * between it and the root has to permit that policy. With "any" for a policy every
 * certificate is accepted; under GGI_POLICY_PATH, unless its path is invalid whatever the
 * policy.
 */
ngx_int_t ggi_rules_permit(const ggi_rules_t *rules, const ggi_path_t *path);

/*
 * Returns the place in a path, 0 for the leaf, of the certificate for whose sake
 * ggi_rules_permit() returned NGX_DECLINED, and logs which it is, once a minute for the
 * certificate and the rules.
 */
ngx_uint_t ggi_rules_lacking(const ggi_rules_t *rules, const ggi_path_t *path,
    ngx_log_t *log);


#endif
