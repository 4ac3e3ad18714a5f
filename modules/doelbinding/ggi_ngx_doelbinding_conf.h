/* SPDX-License-Identifier: EUPL-1.2 */

/* The configuration of the gate doelbinding, which its files share. */

#ifndef GGI_NGX_DOELBINDING_CONF_H
#define GGI_NGX_DOELBINDING_CONF_H

#include "ggi_ngx_lookup.h"
#include "ggi_ngx_name.h"
#include "ggi_register.h"


typedef enum {
    GGI_CLAIM_DOELBINDING,
    GGI_CLAIM_VERWERKING,
    GGI_CLAIM_GEBRUIKER,
    GGI_CLAIM_TOEPASSING,
    GGI_CLAIM_NIVEAU,
    GGI_CLAIM_TOESTEMMING,
    GGI_CLAIM_HEADERS
} ggi_claim_header_e;


typedef struct {
    ggi_register_t     *reg;
    ggi_lookup_conf_t   consents;       /* what is read of their file is a ggi_documents_t */
} ggi_doelbinding_main_conf_t;


typedef struct {
    ggi_name_t          headers[GGI_CLAIM_HEADERS];
    ngx_uint_t          niveau;         /* ggi_niveau_e that is asked for here */
    ngx_uint_t          person;         /* 1: a call with a consent has to tell whom it is about */
} ggi_doelbinding_loc_conf_t;


extern ngx_module_t  ngx_http_ggi_doelbinding_module;


/* A consumer knows its own users and applications, and does not tell of them. */
static ngx_inline ngx_uint_t
ggi_doelbinding_of_inside(ggi_claim_header_e header)
{
    return header == GGI_CLAIM_GEBRUIKER || header == GGI_CLAIM_TOEPASSING;
}


#endif
