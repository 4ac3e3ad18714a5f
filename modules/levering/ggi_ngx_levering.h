/* SPDX-License-Identifier: EUPL-1.2 */

/* The configuration of the gate levering, and how it judges a call. */

#ifndef GGI_NGX_LEVERING_H
#define GGI_NGX_LEVERING_H

#include "ggi_fields.h"
#include "ggi_ngx_gate.h"


/* Where a call says which fields it asks for. */
typedef enum {
    GGI_LEVERING_UNSAID = 0,            /* no directive tells */
    GGI_LEVERING_NOWHERE,
    GGI_LEVERING_BODY,
    GGI_LEVERING_QUERY
} ggi_levering_e;


typedef struct {
    ngx_uint_t    fields;               /* ggi_levering_e */
    ggi_str_t     name;                 /* of the member or argument with the fields */
    size_t        body_max;             /* bytes of a body that is judged */
    ngx_array_t  *always;               /* of ggi_fields_alias_t: added by the source; NULL: none */
    ngx_array_t  *aliases;              /* of ggi_fields_alias_t; NULL: none */
} ggi_levering_loc_conf_t;


extern ngx_module_t  ngx_http_ggi_levering_module;


/*
 * The function of the gate, as ggi_gate_register() takes it. Returns NGX_OK when all fields
 * that the call asks for are agreed on, or none are judged here; NGX_DECLINED with the
 * reason in the call when they are not; NGX_AGAIN while the body is read; or NGX_ERROR
 * without memory, or when a body that nginx has put into a file cannot be read.
 */
ngx_int_t ggi_levering_handler(ngx_http_request_t *r, ggi_call_t *call);


#endif
