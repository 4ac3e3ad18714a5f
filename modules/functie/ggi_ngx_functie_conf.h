/* SPDX-License-Identifier: EUPL-1.2 */

/* The configuration of the gate functie, which its files share. */

#ifndef GGI_NGX_FUNCTIE_CONF_H
#define GGI_NGX_FUNCTIE_CONF_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_ngx_lookup.h"
#include "ggi_ngx_name.h"


/* What tells the gate who calls and for what. */
typedef enum {
    GGI_TELLS_TOEPASSING,
    GGI_TELLS_GEBRUIKER,
    GGI_TELLS_FUNCTIE,
    GGI_TELLS
} ggi_tells_e;


/* The bit of the processing within a claim; the other bits are numbered as the headers are. */
#define GGI_FORWARD_VERWERKING  ((ngx_uint_t) 1 << 31)


/* The argument of a directive: a header of the request, or another value. */
typedef struct {
    ggi_name_t                 header;  /* key.data NULL: it is another value */
    ngx_http_complex_value_t  *value;   /* NULL: it is a header, or not told yet */
    ngx_array_t               *parts;   /* of ggi_name_t: headers in the value; NULL: none */
} ggi_tell_t;


typedef struct {
    ggi_lookup_conf_t  applications;    /* where the functions of applications are */
    ngx_uint_t         trust_mixed;     /* 1: servers of an address trust different clients */
} ggi_functie_main_conf_t;


typedef struct {
    ggi_tell_t   tells[GGI_TELLS];
    ngx_uint_t   forward;               /* bits: what the API gets */
    u_char      *forward_file;          /* where ggi_functie_forward stands; NULL: nowhere */
    ngx_array_t *aanbieders;            /* of ggi_str_t: OINs of the provider; NULL: none is told */
} ggi_functie_loc_conf_t;


extern ngx_module_t  ngx_http_ggi_functie_module;


#endif
