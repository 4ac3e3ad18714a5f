/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What nginx -t says of a configuration as a whole: all that is missing in it,
 * told at once, and the directives in it that have no effect.
 */

#ifndef GGI_NGX_CHECK_H
#define GGI_NGX_CHECK_H

#include "ggi_ngx_gate.h"


/*
 * Notes a lack of a gate that is on somewhere while its source is not configured, in
 * postconfiguration. The message names the first place where the gate is on; nothing is
 * noted when the gate is on nowhere. what names the missing thing, such as
 * "\"ggi_audit_log\" in http". nginx refuses a configuration with lacks, and names all
 * of them, when every gate has looked for its own. Returns NGX_OK, so that the gate
 * goes on and registers, or NGX_ERROR without memory.
 */
ngx_int_t ggi_gate_require(ngx_conf_t *cf, ggi_gate_e gate, const char *what);

/*
 * Notes, in postconfiguration, that a place where a gate is on lacks something, which
 * makes nginx refuse the configuration when every gate has looked. what names the
 * missing thing, such as "\"ssl_verify_client optional;\" in its server". Returns
 * NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_gate_lack(ngx_conf_t *cf, ggi_gate_e gate,
    const ggi_place_t *place, const char *what);

/*
 * Notes, in postconfiguration, that a directive lacks something, which makes nginx
 * refuse the configuration when every gate has looked. what names the directive and the
 * missing thing, such as "\"a\" needs \"b\" in http"; the message adds the directive's
 * place, file and line. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_conf_lack(ngx_conf_t *cf, const char *what, u_char *file,
    ngx_uint_t line);

/*
 * Warns, in postconfiguration, of each dienst for which a gate is on or observes while
 * the gate's source does not know it. has() returns what the source, data, has about a
 * dienst: GGI_HAS_NOT, GGI_HAS or GGI_HAS_VELDEN (ggi_velden.h), the last of which is noted
 * for ggi_check_fields(). what names the source in the message, such as "profile of
 * \"ggi_autorisatie_file\"".
 */
void ggi_gate_warn_diensten(ngx_conf_t *cf, ggi_gate_e gate,
    int (*has)(const void *data, ggi_str_t dienst), const void *data,
    const char *what);

/*
 * Calls said(), in postconfiguration, for each place where the gate levering is on, and notes
 * those for which it returns 1: there the configuration says where calls ask for fields, or
 * that this does not matter. said() returns 0 for the others, of which nginx -t warns.
 */
void ggi_gate_note_fields(ngx_conf_t *cf, ngx_uint_t (*said)(const ggi_place_t *place));

/*
 * Notes the directive that is being read, so that nginx -t can warn when no dienst in
 * its block is affected by it. Every directive that may stand in a location calls this;
 * the slots of ggi_ngx_directive.h do so themselves. Returns NGX_OK, or NGX_ERROR
 * without memory.
 */
ngx_int_t ggi_setting_note(ngx_conf_t *cf, ngx_command_t *cmd);

/*
 * Notes the directive that is being read, as ggi_setting_note() does, unless it was given
 * in this block before, which given tells by 1. Returns NGX_CONF_OK, NGX_CONF_ERROR without
 * memory, or "is duplicate", the end of a message that nginx logs.
 */
static ngx_inline char *
ggi_setting_once(ngx_conf_t *cf, ngx_command_t *cmd, ngx_uint_t given)
{
    if (given) {
        return "is duplicate";
    }

    return ggi_setting_note(cf, cmd) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/*
 * For the core alone: initialises two arrays in the pool of the configuration: lacks, for
 * the messages about what the configuration does not have and a gate needs, and settings,
 * for the directives that ggi_setting_note() notes. Returns NGX_OK, or NGX_ERROR without
 * memory.
 */
ngx_int_t ggi_check_create(ngx_conf_t *cf, ngx_array_t *lacks,
    ngx_array_t *settings);

/*
 * For the core alone: logs all lacks that were noted. Returns NGX_ERROR when there is
 * one, NGX_OK otherwise.
 */
ngx_int_t ggi_check_lacks(ngx_conf_t *cf);

/*
 * For the core alone: warns of each noted directive that has no effect. Call it when
 * all blocks have been merged.
 */
void ggi_check_settings(ngx_conf_t *cf);

/*
 * For the core alone: warns of places where calls are refused, since a source limits the
 * fields of their dienst and they do not say where calls ask for fields. Call when all
 * gates are initialised.
 */
void ggi_check_fields(ngx_conf_t *cf);


#endif
