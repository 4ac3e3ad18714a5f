/* SPDX-License-Identifier: EUPL-1.2 */

/* Files that directives name, read with the configuration and gone with it. */

#include "ggi_ngx_conf.h"
#include "ggi_ngx_source.h"


#define GGI_CONF_WARNINGS  10           /* warnings that are logged one by one for a file */


/*
 * The times of the files for ggi_status, kept with the configuration, which may still
 * be refused.
 */
static void
ggi_conf_age(ngx_conf_t *cf, const ggi_source_kind_t *kind, ngx_str_t *file,
    const void *data)
{
    time_t                   made;
    ngx_file_info_t          info;
    ggi_dienst_main_conf_t  *dmcf;

    if (kind->made) {
        made = kind->made(data);
    } else {
        made = ngx_file_info(file->data, &info) == NGX_FILE_ERROR
               ? 0 : ngx_file_mtime(&info);
    }

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    dmcf->made[kind->age] = made;
}


/* What is said of a file while it is read. */
typedef struct {
    ngx_conf_t               *cf;
    const ggi_source_kind_t  *kind;
    ngx_str_t                *file;
    ngx_uint_t                n;        /* how many warnings */
} ggi_conf_warnings_t;


/* A file can have a mistake in each of its thousands of entries: the first ones are told. */
static void
ggi_conf_warn(void *data, const char *text)
{
    ggi_conf_warnings_t  *w = data;

    if (w->n++ < GGI_CONF_WARNINGS) {
        ngx_conf_log_error(NGX_LOG_WARN, w->cf, 0, "%s in \"%V\": %s",
                           w->kind->name, w->file, text);
    }
}


/*
 * Reads the file that is the first argument of the directive. Returns what kind->read()
 * made of it, or NULL after a message.
 */
static void *
ggi_conf_read(ngx_conf_t *cf, const ggi_source_kind_t *kind)
{
    void                *data;
    ngx_str_t           *value, file;
    ggi_fault_t          fault = ggi_fault_init;
    ngx_pool_cleanup_t  *cln;
    ggi_conf_warnings_t  warnings = { cf, kind, &file, 0 };

    value = cf->args->elts;
    file = value[1];

    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK) {
        return NULL;
    }

    cln = ngx_pool_cleanup_add(cf->pool, kind->size);
    if (cln == NULL) {
        return NULL;
    }

    data = cln->data;
    fault.warn = ggi_conf_warn;
    fault.data = &warnings;

    if (!kind->read(data, (char *) file.data, &fault)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%s in \"%V\": %s",
                           kind->name, &file, fault.text);
        return NULL;
    }

    if (warnings.n > GGI_CONF_WARNINGS) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "%s in \"%V\": %ui more of such mistakes",
                           kind->name, &file, warnings.n - GGI_CONF_WARNINGS);
    }

    cln->handler = kind->free;
    ggi_conf_age(cf, kind, &file, data);

    return data;
}


char *
ggi_source_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char *p = conf;

    void  **source;

    source = (void **) (p + cmd->offset);

    if (*source) {
        return "is duplicate";
    }

    *source = ggi_conf_read(cf, cmd->post);

    return *source ? NGX_CONF_OK : NGX_CONF_ERROR;
}
