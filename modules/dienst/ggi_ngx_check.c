/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What nginx -t says of a configuration as a whole: all that is missing in it, and the
 * directives in it that have no effect.
 */

#include "ggi_ngx_check.h"
#include "ggi_ngx_conf.h"
#include "ggi_velden.h"


/* Where a directive of a block stands, of which it is not known yet whether a dienst is in it. */
typedef struct {
    ggi_dienst_loc_conf_t  *block;
    ngx_str_t               name;
    u_char                 *file;
    ngx_uint_t              line;
} ggi_setting_t;


ngx_int_t
ggi_check_create(ngx_conf_t *cf, ngx_array_t *lacks, ngx_array_t *settings)
{
    if (ngx_array_init(lacks, cf->pool, 4, sizeof(ngx_str_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_array_init(settings, cf->pool, 4, sizeof(ggi_setting_t));
}


/* Notes a lack, with a message in the format of nginx's log. */
static ngx_int_t
ggi_lack_note(ngx_conf_t *cf, const char *fmt, ...)
{
    u_char                  *p;
    va_list                  args;
    ngx_str_t               *lack;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    lack = ngx_array_push(&dmcf->lacks);
    p = ngx_pnalloc(cf->pool, NGX_MAX_CONF_ERRSTR);

    if (lack == NULL || p == NULL) {
        return NGX_ERROR;
    }

    va_start(args, fmt);
    lack->data = p;
    lack->len = (size_t) (ngx_vslprintf(p, p + NGX_MAX_CONF_ERRSTR, fmt, args) - p);
    va_end(args);

    return NGX_OK;
}


ngx_int_t
ggi_conf_lack(ngx_conf_t *cf, const char *what, u_char *file, ngx_uint_t line)
{
    return ggi_lack_note(cf, "%s in %s:%ui", what, file, line);
}


ngx_int_t
ggi_gate_lack(ngx_conf_t *cf, ggi_gate_e gate, const ggi_place_t *place,
    const char *what)
{
    return ggi_lack_note(cf, "dienst \"%V\" has gate %s on, which needs %s, "
                         "or \"%s off;\" in %s:%ui",
                         &place->dienst, ggi_gates[gate].name, what,
                         ggi_gates[gate].name, place->file, place->line);
}


ngx_int_t
ggi_gate_require(ngx_conf_t *cf, ggi_gate_e gate, const char *what)
{
    const ggi_place_t  *place;

    place = ggi_gate_next_place(cf, gate, NULL);

    return place ? ggi_gate_lack(cf, gate, place, what) : NGX_OK;
}


ngx_int_t
ggi_check_lacks(ngx_conf_t *cf)
{
    ngx_str_t               *lack;
    ngx_uint_t               i;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    lack = dmcf->lacks.elts;

    for (i = 0; i < dmcf->lacks.nelts; i++) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "%V", &lack[i]);
    }

    return dmcf->lacks.nelts ? NGX_ERROR : NGX_OK;
}


ngx_int_t
ggi_setting_note(ngx_conf_t *cf, ngx_command_t *cmd)
{
    ggi_setting_t           *setting;
    ggi_dienst_main_conf_t  *dmcf;

    /* what is said for all of http may be there for a dienst that is to come */

    if (!(cf->cmd_type & (NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF))) {
        return NGX_OK;
    }

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    setting = ngx_array_push(&dmcf->settings);
    if (setting == NULL) {
        return NGX_ERROR;
    }

    setting->block = ngx_http_conf_get_module_loc_conf(cf,
                                                 ngx_http_ggi_dienst_module);
    setting->name = cmd->name;
    setting->file = cf->conf_file->file.name.data;
    setting->line = cf->conf_file->line;

    return NGX_OK;
}


/*
 * Returns the gate by which alone a directive has an effect, or GGI_GATES when it has
 * one without a gate: a header that is given another name is kept from the API under
 * its default name, and a provider is judged, in whatever mode the gate is.
 */
static ggi_gate_e
ggi_setting_gate(const ngx_str_t *name)
{
    size_t      i, len;
    ggi_gate_e  gate;

    static const ngx_str_t  ends[] = { ngx_string("_header"), ngx_string("_aanbieder") };

    for (i = 0; i < sizeof(ends) / sizeof(ngx_str_t); i++) {
        len = ends[i].len;

        if (name->len > len
            && ngx_memcmp(name->data + name->len - len, ends[i].data, len) == 0)
        {
            return GGI_GATES;
        }
    }

    for (gate = 0; gate < GGI_GATES; gate++) {
        len = ngx_strlen(ggi_gates[gate].name);

        if (name->len > len && name->data[len] == '_'
            && ngx_memcmp(name->data, ggi_gates[gate].name, len) == 0)
        {
            return gate;
        }
    }

    return GGI_GATES;
}


void
ggi_check_settings(ngx_conf_t *cf)
{
    ggi_gate_e               gate;
    ngx_uint_t               i;
    ggi_setting_t           *setting;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    setting = dmcf->settings.elts;

    for (i = 0; i < dmcf->settings.nelts; i++) {

        if (!setting[i].block->serves) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "\"%V\" has no effect: there is no dienst in its "
                          "block, nor in one within it; give it a "
                          "\"ggi_dienst\", or remove the directive, in %s:%ui",
                          &setting[i].name, setting[i].file, setting[i].line);
            continue;
        }

        gate = ggi_setting_gate(&setting[i].name);

        if (gate < GGI_GATES && !setting[i].block->judges[gate]) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "\"%V\" has no effect: \"%s off;\" holds for each dienst "
                          "in its block, so that nothing is judged by it; switch "
                          "that gate on, or remove the directive, in %s:%ui",
                          &setting[i].name, ggi_gates[gate].name, setting[i].file,
                          setting[i].line);
        }
    }
}


/* Returns the first of the places of a gate that serve a dienst, of which there is one. */
static const ggi_place_t *
ggi_gate_first_place(ngx_conf_t *cf, ggi_gate_e gate, ngx_str_t dienst)
{
    const ggi_place_t  *place;

    place = ggi_gate_next_place(cf, gate, NULL);

    while (!ggi_str_eq(ggi_from_ngx_str(place->dienst), ggi_from_ngx_str(dienst))) {
        place = ggi_gate_next_place(cf, gate, place);
    }

    return place;
}


void
ggi_gate_warn_diensten(ngx_conf_t *cf, ggi_gate_e gate,
    int (*has)(const void *data, ggi_str_t dienst), const void *data,
    const char *what)
{
    int                 found;
    ggi_place_t        *place;
    const ggi_place_t  *first;

    for (place = ggi_gate_next_noted(cf, gate, NULL);
         place;
         place = ggi_gate_next_noted(cf, gate, place))
    {
        first = ggi_gate_first_place(cf, gate, place->dienst);

        if (first != place) {
            if (gate == GGI_GATE_AUTORISATIE || gate == GGI_GATE_FUNCTIE) {
                place->velden = first->velden;
            }

            continue;
        }

        found = has(data, ggi_from_ngx_str(place->dienst));

        if (found == GGI_HAS_VELDEN) {
            place->velden = 1;
        }

        if (found == GGI_HAS_NOT) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "dienst \"%V\" is in no %s: gate %s lets no call to "
                          "it pass; add it there, or correct the name, in "
                          "%s:%ui", &place->dienst, what, ggi_gates[gate].name,
                          place->file, place->line);
        }
    }
}


void
ggi_gate_note_fields(ngx_conf_t *cf, ngx_uint_t (*said)(const ggi_place_t *place))
{
    ggi_place_t  *place;

    for (place = ggi_gate_next_noted(cf, GGI_GATE_LEVERING, NULL);
         place;
         place = ggi_gate_next_noted(cf, GGI_GATE_LEVERING, place))
    {
        place->fields = said(place) ? 1 : place->fields;
    }
}


void
ggi_check_fields(ngx_conf_t *cf)
{
    const ggi_place_t       *place;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    for (place = ggi_gate_next_place(cf, GGI_GATE_LEVERING, NULL);
         place;
         place = ggi_gate_next_place(cf, GGI_GATE_LEVERING, place))
    {
        if (place->velden && !place->fields) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "dienst \"%V\" has \"velden\" in an agreement, and its location "
                          "does not say where calls ask for fields: gate ggi_levering "
                          "refuses those; %sgive the location \"ggi_levering_fields\", or "
                          "\"ggi_levering off;\" if all fields may be given, in %s:%ui",
                          &place->dienst,
                          dmcf->gates[GGI_GATE_LEVERING]
                          ? "" : "load ngx_http_ggi_levering_module.so, and ",
                          place->file, place->line);
        }
    }
}
