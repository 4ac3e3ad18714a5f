/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Slots: functions that read the arguments of a directive, like nginx's own
 * ngx_conf_set_..._slot(). Each notes the directive with ggi_setting_note(), so that
 * nginx -t can warn when it has no effect. They return NGX_CONF_OK, NGX_CONF_ERROR
 * after a message, or the end of a message that nginx logs.
 */

#ifndef GGI_NGX_DIRECTIVE_H
#define GGI_NGX_DIRECTIVE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"
#include "ggi_ngx_name.h"
#include "ggi_ngx_pool.h"

#define GGI_HEADER_AS_SENT  ((size_t) -1)
#define GGI_HEADER_NOT_SENT  ((size_t) -2)


/*
 * Rows of an ngx_command_t[]: a directive of "http", or of any block, whose function
 * reads all of its arguments and knows where they are kept. arguments says how many it
 * takes, such as NGX_CONF_TAKE1.
 */
#define GGI_HTTP_COMMAND(directive, arguments, function)                       \
    { ngx_string(directive),                                                   \
      NGX_HTTP_MAIN_CONF | (arguments),                                        \
      function,                                                                \
      NGX_HTTP_MAIN_CONF_OFFSET,                                               \
      0,                                                                       \
      NULL }

#define GGI_BLOCK_COMMAND(directive, arguments, function)                      \
    { ngx_string(directive),                                                   \
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF | (arguments),    \
      function,                                                                \
      NGX_HTTP_LOC_CONF_OFFSET,                                                \
      0,                                                                       \
      NULL }

/*
 * A row for a directive of any block with one argument, which slot reads into what is at
 * offset in the location configuration. post is what the slot takes at cmd->post, or NULL.
 */
#define GGI_SLOT_COMMAND(directive, slot, offset, post)                        \
    { ngx_string(directive),                                                   \
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,   \
      slot,                                                                    \
      NGX_HTTP_LOC_CONF_OFFSET,                                                \
      offset,                                                                  \
      post }

/*
 * A row for a directive of any block with one argument or more. slot is ggi_words_slot(), or
 * calls it; offset is that of the array in the location configuration, words a ggi_words_t.
 */
#define GGI_WORDS_COMMAND(directive, slot, offset, words)                      \
    { ngx_string(directive),                                                   \
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,   \
      slot,                                                                    \
      NGX_HTTP_LOC_CONF_OFFSET,                                                \
      offset,                                                                  \
      &(words) }

/*
 * Defines the function "void *name(ngx_conf_t *cf)", by which nginx makes a configuration
 * of a module: one of a type, with the initial values of its members that follow, such as
 * .mode = NGX_CONF_UNSET_UINT, and zeros in the others; 0 alone stands for zeros in all.
 * It returns NULL without memory.
 */
#define GGI_CREATE_CONF(name, type, ...)                                       \
    void *                                                                     \
    name(ngx_conf_t *cf)                                                       \
    {                                                                          \
        static const type  initial = { __VA_ARGS__ };                          \
                                                                               \
        return ggi_pool_copy(cf->pool, &initial, sizeof(type));                \
    }

/*
 * Reads the argument "on" or "off" of a directive into the ngx_flag_t at cmd->offset in
 * conf. Returns NGX_CONF_OK, NGX_CONF_ERROR after a message, or the end of a message
 * that nginx logs.
 */
char *ggi_flag_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Reads the argument of a directive, one of the words of the ngx_conf_enum_t at
 * cmd->post, into the ngx_uint_t at cmd->offset in conf. When it is none of them, the
 * message names the directive and all words, unlike that of nginx's own slot. Returns
 * NGX_CONF_OK, NGX_CONF_ERROR after a message, or the end of a message that nginx logs.
 */
char *ggi_enum_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Reads the argument of a directive, the name of a header made of letters, digits and
 * "-", into the ggi_name_t at cmd->offset in conf. Refuses a header that the gates set
 * themselves. Returns NGX_CONF_OK, NGX_CONF_ERROR after a message, or the end of a
 * message that nginx logs.
 */
char *ggi_name_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Keeps a header from the API in the location whose configuration is being merged. It
 * is meant for the default name of a header that a directive has renamed: no gate
 * judges the default name there, but an API may still trust it. name has to live as
 * long as the module. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_header_withhold(ngx_conf_t *cf, const ggi_name_t *name);

/*
 * Notes a header in which a gate reads a part of the claim, in the location whose
 * configuration is being merged. Where the gate is not off, the API gets the header
 * exactly once, with the string of ggi_findings_t at offset, which the gate has checked,
 * or does not get it when that string is empty. With GGI_HEADER_AS_SENT it gets the
 * header as the caller sent it. outside is the offset where the role is afnemer. Returns
 * NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_header_claim(ngx_conf_t *cf, ggi_gate_e gate,
    const ggi_name_t *name, size_t offset, size_t outside);

/*
 * Notes a header by which the applications of a consumer tell their own gateway
 * something, in the location whose configuration is being merged. With the role afnemer
 * the API gets the header with the string of ggi_findings_t at offset, which a gate has
 * established, and once; or does not get it when that string is empty, and with
 * GGI_HEADER_NOT_SENT. With the role aanbieder this changes nothing. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_header_inside(ngx_conf_t *cf, const ggi_name_t *name,
    size_t offset);

/*
 * For the core alone: checks that the header of ggi_dienst_origin_header is not that of
 * a part of the claim as well, in the location whose configuration is being merged,
 * after the gates have noted theirs. Returns NGX_OK, or NGX_ERROR after a message.
 */
ngx_int_t ggi_header_claim_check(ngx_conf_t *cf);

/*
 * Compiles an argument with variables in the configuration's pool. Returns the value, or
 * NULL after a message or without memory.
 */
static ngx_inline ngx_http_complex_value_t *
ggi_complex_value(ngx_conf_t *cf, ngx_str_t *text)
{
    ngx_http_complex_value_t          *value;
    ngx_http_compile_complex_value_t   ccv;

    value = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (value == NULL) {
        return NULL;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));
    ccv.cf = cf;
    ccv.value = text;
    ccv.complex_value = value;

    return (ngx_http_compile_complex_value(&ccv) == NGX_OK) ? value : NULL;
}

/*
 * Returns 1 when the directive that is being read has one argument, and that is a word such
 * as "off"; 0 otherwise.
 */
static ngx_inline ngx_uint_t
ggi_argument_is(ngx_conf_t *cf, const char *word)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    return cf->args->nelts == 2 && ngx_strcmp(value[1].data, word) == 0;
}

/*
 * Adds an argument of a directive to an array. Returns NGX_OK, NGX_DECLINED when the argument
 * is not valid, or NGX_ERROR without memory.
 */
typedef ngx_int_t (*ggi_word_add_pt)(ngx_conf_t *cf, ngx_array_t *array, ngx_str_t *word);

/* What the arguments of a directive are that takes a list of them. */
typedef struct {
    const char       *what;             /* literals of messages: "OIN", for example, */
    const char       *expected;         /* and "20 digits and letters" */
    int             (*valid)(ggi_str_t word);   /* 1: the array, of ggi_str_t, gets the word */
    ggi_word_add_pt   add;              /* NULL: valid is asked; otherwise this is called */
    size_t            size;             /* of what add puts into the array for each word */
} ggi_words_t;

/*
 * Reads all arguments of a directive by the ggi_words_t at cmd->post into an array in the
 * configuration's pool, to which it sets the ngx_array_t * at cmd->offset in conf. That was
 * NULL or NGX_CONF_UNSET_PTR; otherwise the directive is a duplicate. Returns NGX_CONF_OK,
 * NGX_CONF_ERROR without memory or after a message that names the first argument that is not
 * valid, or the end of a message that nginx logs.
 */
char *ggi_words_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Checks that no parameter such as "timeout=" stands twice in the directive that is
 * being read; nginx would silently use the last one. Returns NGX_OK, or NGX_ERROR after
 * a message that names the parameter.
 */
ngx_int_t ggi_parameters_once(ngx_conf_t *cf);


#endif
