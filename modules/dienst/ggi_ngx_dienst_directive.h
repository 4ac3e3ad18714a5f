/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The directives ggi_dienst and ggi_dienst_contact. Their functions are for nginx's table
 * of directives: conf is the ggi_dienst_loc_conf_t of the block, and they return
 * NGX_CONF_OK, NGX_CONF_ERROR after a message, or the end of a message that nginx logs.
 */

#ifndef GGI_NGX_DIENST_DIRECTIVE_H
#define GGI_NGX_DIENST_DIRECTIVE_H

#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Reads "ggi_dienst NAME [role=aanbieder | afnemer] | off": which dienst a block serves, and in
 * which role. Returns NGX_CONF_OK, NGX_CONF_ERROR after a message, or the end of a message that
 * nginx logs.
 */
char *ggi_dienst_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Reads "ggi_dienst_contact URI": the URI that refusals name for questions. Returns
 * NGX_CONF_OK, NGX_CONF_ERROR after a message, or the end of a message that nginx logs.
 */
char *ggi_dienst_contact_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


#endif
