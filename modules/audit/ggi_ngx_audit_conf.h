/* SPDX-License-Identifier: EUPL-1.2 */

/* The configuration of the audit module, and the functions that read its directives. */

#ifndef GGI_NGX_AUDIT_CONF_H
#define GGI_NGX_AUDIT_CONF_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_ngx_anonymous.h"
#include "ggi_ngx_commit_queue.h"
#include "ggi_ngx_conf_digest.h"
#include "ggi_ngx_seal.h"
#include "ggi_ngx_signal_conf.h"
#include "ggi_ngx_slot_file.h"
#include "ggi_pseudonym_keys.h"


typedef struct {
    ggi_slot_conf_t       log;          /* name.len 0: there is no audit log */
    ggi_commit_conf_t     commit;
    ggi_anonymous_conf_t  anonymous;
    ggi_seal_conf_t       seal;
    ggi_signal_conf_t     signals;
    ngx_str_t             node;         /* data NULL: the host's name */
    ngx_uint_t            user;         /* ggi_user_e */
    ggi_pseudonym_key_t   key;
    const ggi_pseudonym_keys_t  *keys;  /* all of the operator, the first is key; NULL: none */
    ngx_uint_t            key_made;     /* the key is not the operator's, but of this start */
    ggi_str_t             digest;       /* of nginx's configuration; "": not known */
    char                  digits[GGI_CONF_DIGEST_LEN];  /* of it */
} ggi_audit_main_conf_t;


extern ngx_module_t  ngx_http_ggi_audit_module;


/* Returns the configuration of a cycle, or NULL when it has no audit log. */
ggi_audit_main_conf_t *ggi_audit_conf(ngx_cycle_t *cycle);

/*
 * Creates the module's main configuration, in the configuration's pool. Returns NULL
 * without memory.
 */
void *ggi_audit_create_main_conf(ngx_conf_t *cf);

/*
 * Sets what no directive has set. Without a key of the operator, pseudonyms are made
 * with a random key of this start: they tell users apart until the next start, and
 * nobody can undo them. Returns NGX_CONF_OK, or NGX_CONF_ERROR without memory or
 * random bytes.
 */
char *ggi_audit_init_main_conf(ngx_conf_t *cf, void *conf);

/*
 * Reads ggi_audit_log FILE [durability=] [mode=] [group=], and checks that the log can
 * be kept there. Returns NGX_CONF_OK; or NGX_CONF_ERROR after a message; or the end
 * of a message that nginx logs.
 */
char *ggi_audit_log_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Reads ggi_audit_anonymous [rate=10r/s] [burst=50] | off. Returns NGX_CONF_OK; or
 * NGX_CONF_ERROR after a message; or the end of a message that nginx logs.
 */
char *ggi_audit_anonymous_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Reads ggi_audit_seal required=TIME | off. Returns NGX_CONF_OK; or NGX_CONF_ERROR after
 * a message; or the end of a message that nginx logs.
 */
char *ggi_audit_seal_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Reads ggi_audit_signals zone=SIZE. Returns NGX_CONF_OK; or NGX_CONF_ERROR after a message; or
 * the end of a message that nginx logs.
 */
char *ggi_audit_signals_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Reads ggi_audit_signal NAME [threshold=N] [period=TIME] [days=DAYS] [hours=HOURS]
 * [within=TIME] | off, into
 * the configuration of a block, conf. Returns NGX_CONF_OK; NGX_CONF_ERROR after a message; or the
 * end of a message that nginx logs.
 */
char *ggi_audit_signal_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Checks the name of ggi_audit_node, an ngx_str_t at data, as the handler of an
 * ngx_conf_post_t. A name has no quotes in it, so that it takes no more room in a
 * record than it has bytes. Returns NGX_CONF_OK, or NGX_CONF_ERROR after a message.
 */
char *ggi_audit_check_node(ngx_conf_t *cf, void *post, void *data);

/*
 * Reads the key of pseudonyms from the file that ggi_audit_pseudonym_key names.
 * Returns NGX_CONF_OK; or NGX_CONF_ERROR after a message; or the end of a message
 * that nginx logs.
 */
char *ggi_audit_pseudonym_key_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#endif
