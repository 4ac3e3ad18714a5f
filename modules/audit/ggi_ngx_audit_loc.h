/* SPDX-License-Identifier: EUPL-1.2 */

/* What the directives of the audit module say in a block of the configuration. */

#ifndef GGI_NGX_AUDIT_LOC_H
#define GGI_NGX_AUDIT_LOC_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_ngx_signal_conf.h"


typedef struct {
    ngx_flag_t                 subject_recorded;        /* 0: ggi_audit_data_subject off */
    ngx_http_complex_value_t  *subject; /* whom a call is about; NULL: only the path tells */
    ggi_signal_rules_t        *signals; /* NULL: none; NGX_CONF_UNSET_PTR: not said */
} ggi_audit_loc_conf_t;


extern ngx_module_t  ngx_http_ggi_audit_module;


/*
 * Creates the configuration of a block, in the configuration's pool, in which nothing is set
 * yet. Returns it, or NULL without memory.
 */
void *ggi_audit_create_loc_conf(ngx_conf_t *cf);

/*
 * Gives a block, child, what the block round it, parent, says, unless it says something
 * itself. Returns NGX_CONF_OK.
 */
char *ggi_audit_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);


#endif
