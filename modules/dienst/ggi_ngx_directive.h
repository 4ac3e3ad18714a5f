/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Slots for directives: functions that read a directive's arguments, as nginx's
 * own ngx_conf_set_..._slot do. They note the directive by ggi_setting_note(),
 * so that nginx -t can warn when it has no effect.
 */

#ifndef GGI_NGX_DIRECTIVE_H
#define GGI_NGX_DIRECTIVE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_name.h"


/* Reads "on" or "off" into the ngx_flag_t at cmd->offset. */
char *ggi_flag_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Reads one of the words of the ngx_conf_enum_t at cmd->post into the ngx_uint_t
 * at cmd->offset. Unlike nginx's own slot it names the directive and the words
 * that it takes when the word is none of them.
 */
char *ggi_enum_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Reads the name of a header, of letters, digits and "-", into the ggi_name_t at
 * cmd->offset. Refuses a header that the gate gives the API itself.
 */
char *ggi_name_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * In the merge of a location's configuration: keeps the header of a name from
 * the API there. Meant for the default name of a header that a directive has
 * given another one: nobody has judged what stands under the default name, and an
 * API may still believe it. The name has to live as long as the module. Returns
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_header_withhold(ngx_conf_t *cf, const ggi_name_t *name);

/*
 * Checks that no parameter such as "timeout=" stands twice in the directive that
 * is being read: the last one would count in silence.
 * Returns NGX_ERROR, after a message, when one does.
 */
ngx_int_t ggi_parameters_once(ngx_conf_t *cf);


#endif
