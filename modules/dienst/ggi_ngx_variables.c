/* SPDX-License-Identifier: EUPL-1.2 */

/* What the variables of the core and of the gates are made with. */

#include "ggi_ngx_variables.h"


ngx_int_t
ggi_variables_add(ngx_conf_t *cf, ngx_http_variable_t *variables)
{
    ngx_http_variable_t  *var, *v;

    for (v = variables; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


void
ggi_variable_set(ngx_http_variable_value_t *v, ggi_str_t value)
{
    if (value.len == 0) {
        v->not_found = 1;
        return;
    }

    v->len = (unsigned) value.len;
    v->data = (u_char *) value.data;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
}


void
ggi_variables_forget(ngx_http_request_t *r, const ngx_array_t *indexes)
{
    ngx_uint_t  i, *index;

    index = indexes->elts;

    for (i = 0; i < indexes->nelts; i++) {
        r->variables[index[i]].valid = 0;
        r->variables[index[i]].not_found = 0;
    }
}
