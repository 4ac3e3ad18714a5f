/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What "if", "set", "rewrite" and "return" of a block do. nginx compiles them to codes of
 * different lengths in one array, each of which begins with the function that runs it and
 * takes a whole number of words. So the words are looked through for such functions.
 */

#include "ggi_ngx_conf.h"
#include "ggi_ngx_rewrites.h"


/* The words of a block's codes. */
typedef struct {
    uintptr_t   *word;
    ngx_uint_t   n;
} ggi_rewrites_t;


/* Variables of which nothing can be known before the gates: a call that reads them is refused. */
static const ngx_str_t  ggi_rewrites_unknown[] = {
    ngx_string("ggi_doelbinding"), ngx_string("ggi_doelbinding_niveau"),
    ngx_string("ggi_profiel_versie"), ngx_string("ggi_cache_key"),
    ngx_string("ggi_decision"), ngx_string("ggi_reason")
};

static const ngx_str_t  ggi_rewrites_dienst = ngx_string("ggi_dienst");


/* Returns the codes of a block; there are none without nginx's rewrite module. */
static ggi_rewrites_t
ggi_rewrites_of(ngx_cycle_t *cycle, void **loc_conf)
{
    ngx_uint_t       i;
    ngx_array_t     *codes;
    ggi_rewrites_t   rewrites;

    rewrites.word = NULL;
    rewrites.n = 0;

    for (i = 0; cycle->modules[i]; i++) {
        if (ngx_strcmp(cycle->modules[i]->name, "ngx_http_rewrite_module") == 0) {
            /* its configuration is private, and begins with the codes */
            codes = *(ngx_array_t **) loc_conf[cycle->modules[i]->ctx_index];

            if (codes) {
                rewrites.word = codes->elts;
                rewrites.n = codes->nelts * codes->size / sizeof(uintptr_t);
            }
        }
    }

    return rewrites;
}


ngx_uint_t
ggi_rewrites_return(ngx_cycle_t *cycle, void **loc_conf)
{
    ngx_uint_t                      i;
    ggi_rewrites_t                  rewrites;
    ngx_http_script_if_code_t      *condition;
    ngx_http_script_return_code_t  *answer;

    rewrites = ggi_rewrites_of(cycle, loc_conf);

    for (i = 0; i < rewrites.n; i++) {

        if (rewrites.word[i] == (uintptr_t) ngx_http_script_if_code) {
            /* skip what stands in the "if" */
            condition = (ngx_http_script_if_code_t *) &rewrites.word[i];
            i += condition->next / sizeof(uintptr_t) - 1;
            continue;
        }

        if (rewrites.word[i] == (uintptr_t) ngx_http_script_return_code) {
            answer = (ngx_http_script_return_code_t *) &rewrites.word[i];
            return answer->status;
        }
    }

    return 0;
}


/* Returns 1 when the codes read the variable with an index, 0 otherwise. */
static ngx_uint_t
ggi_rewrites_read(const ggi_rewrites_t *rewrites, ngx_uint_t index)
{
    ngx_uint_t                      i, *flush;
    ngx_http_script_return_code_t  *answer;

    for (i = 0; i + 1 < rewrites->n; i++) {

        if ((rewrites->word[i] == (uintptr_t) ngx_http_script_var_code
             || rewrites->word[i] == (uintptr_t) ngx_http_script_copy_var_code)
            && rewrites->word[i + 1] == index)
        {
            return 1;
        }

        if (rewrites->word[i] != (uintptr_t) ngx_http_script_return_code) {
            continue;
        }

        answer = (ngx_http_script_return_code_t *) &rewrites->word[i];

        for (flush = answer->text.flushes; flush && *flush != (ngx_uint_t) -1; flush++) {
            if (*flush == index) {
                return 1;
            }
        }
    }

    return 0;
}


/* Warns when a block reads a variable that is not known before the gates. */
static void
ggi_rewrites_warn(ngx_conf_t *cf, const ggi_dienst_loc_conf_t *block, const ngx_str_t *name)
{
    ngx_uint_t                  i;
    ggi_rewrites_t              rewrites;
    ngx_http_variable_t        *v;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    rewrites = ggi_rewrites_of(cf->cycle, block->loc_conf);
    v = cmcf->variables.elts;

    for (i = 0; i < cmcf->variables.nelts; i++) {

        if (v[i].name.len == name->len
            && ngx_memcmp(v[i].name.data, name->data, name->len) == 0
            && ggi_rewrites_read(&rewrites, i))
        {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "\"$%V\" is read in \"if\", \"set\", \"rewrite\" or \"return\", "
                          "before the gates, when it is not known: each call for which "
                          "that happens is refused with status 500; use it where it is "
                          "read after them, in the block in %s:%ui",
                          name, block->block_file, block->block_line);
        }
    }
}


static void
ggi_rewrites_warn_unknown(ngx_conf_t *cf, const ggi_dienst_loc_conf_t *block)
{
    ngx_uint_t  i;

    for (i = 0; i < sizeof(ggi_rewrites_unknown) / sizeof(ngx_str_t); i++) {
        ggi_rewrites_warn(cf, block, &ggi_rewrites_unknown[i]);
    }
}


/*
 * Warns of the rules of a server, which run for the calls to all diensten in it, when they
 * read what is not known by then.
 */
static void
ggi_rewrites_check_server(ngx_conf_t *cf, ngx_http_core_srv_conf_t *server)
{
    ggi_dienst_loc_conf_t  *block;

    block = server->ctx->loc_conf[ngx_http_ggi_dienst_module.ctx_index];
    ggi_rewrites_warn_unknown(cf, block);

    if (block->place.dienst.len == 0) {
        ggi_rewrites_warn(cf, block, &ggi_rewrites_dienst);
    }
}


/* Returns 1 when the dienst of a block stands in the block itself, 0 when it is inherited. */
static ngx_uint_t
ggi_rewrites_own_dienst(const ggi_dienst_loc_conf_t *dlcf)
{
    return dlcf->parent == NULL || dlcf->parent->place.file != dlcf->place.file
           || dlcf->parent->place.line != dlcf->place.line;
}


/* Warns of the rules of a location with a dienst. */
static void
ggi_rewrites_check_location(ngx_conf_t *cf, const ggi_dienst_loc_conf_t *dlcf)
{
    ngx_uint_t                 status;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = dlcf->loc_conf[ngx_http_core_module.ctx_index];

    if (!clcf->named && !clcf->internal) {
        /* what comes to one of these may have been judged elsewhere */
        ggi_rewrites_warn_unknown(cf, dlcf);
    }

    status = ggi_rewrites_own_dienst(dlcf) ? ggi_rewrites_return(cf->cycle, dlcf->loc_conf)
                                           : 0;

    if (status && status < NGX_HTTP_BAD_REQUEST) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"return\" answers all calls to dienst \"%V\" before any gate, "
                      "without a record: remove it, or the dienst, in %s:%ui",
                      &dlcf->place.dienst, dlcf->place.file, dlcf->place.line);
    }
}


void
ggi_rewrites_check(ngx_conf_t *cf, const ngx_array_t *locations)
{
    ngx_uint_t               i, k;
    ggi_dienst_loc_conf_t  **dlcf;

    dlcf = locations->elts;

    for (i = 0; i < locations->nelts; i++) {

        for (k = 0; k < i && dlcf[k]->place.server != dlcf[i]->place.server; k++) {
            /* look for an earlier location of the server */
        }

        if (k == i) {
            ggi_rewrites_check_server(cf, dlcf[i]->place.server);
        }

        /* the server itself is among the locations when it has a dienst */

        if (dlcf[i] != dlcf[i]->place.server->ctx->loc_conf[ngx_http_ggi_dienst_module.ctx_index]) {
            ggi_rewrites_check_location(cf, dlcf[i]);
        }
    }
}
