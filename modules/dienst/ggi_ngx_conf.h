/* SPDX-License-Identifier: EUPL-1.2 */

/* The configuration of the core, which its files share. Gates do not include it. */

#ifndef GGI_NGX_CONF_H
#define GGI_NGX_CONF_H

#include "ggi_ngx_headers.h"
#include "ggi_ngx_name.h"
#include "ggi_ngx_place.h"
#include "ggi_ngx_str.h"
#include "ggi_status.h"


#define GGI_MAPS_KINDS         2
#define GGI_STATUS_NEGOTIATED  NGX_CONF_UNSET_UINT     /* the client chooses the form */


typedef struct ggi_status_counts_s    ggi_status_counts_t;
typedef struct ggi_status_shared_s    ggi_status_shared_t;
typedef struct ggi_dienst_loc_conf_s  ggi_dienst_loc_conf_t;

/* A header in which a gate reads a part of the claim: what ggi_header_claim() noted. */
typedef struct {
    ggi_name_t            name;
    ggi_gate_e            gate;
    size_t                offset[GGI_ROLE_N];   /* in ggi_findings_t, of what the API gets in it */
} ggi_claim_part_t;


/* A header of applications that the API gets with what a gate has established. */
typedef struct {
    ggi_name_t            name;
    size_t                offset;       /* in ggi_findings_t, of what the API gets in it */
} ggi_inside_t;


struct ggi_dienst_loc_conf_s {
    ggi_dienst_loc_conf_t *parent;      /* of the block round this one; NULL: none */
    void                **loc_conf;     /* of every module, for this block; NULL: not of a server */
    u_char               *block_file;   /* where the block begins */
    ngx_uint_t            block_line;
    ngx_uint_t            serves;       /* there is a dienst in this block, or in one within it */
    ngx_uint_t            judges[GGI_GATES];    /* the gate is not off for each of these */
    ggi_place_t           place;        /* dienst.len 0: no dienst here; data set: said so */
    ngx_str_t             contact;
    ggi_name_t            origin;       /* header with the OIN that is called on behalf of */
    ngx_array_t          *claims;       /* of ggi_claim_part_t; NULL: no gate reads a claim */
    ngx_array_t          *removed;      /* of ggi_name_t: headers kept from the API; NULL: none */
    ggi_header_filter_t   removed_filter;       /* of those names */
    ggi_name_set_t        inside;       /* headers of applications */
    ngx_array_t          *outside;      /* of ggi_inside_t: those that the API gets; NULL: none */
    ngx_array_t          *aanbieders;   /* of ggi_str_t: OINs of providers; NULL: none is told */
    ggi_str_t             aanbieders_json;      /* those OINs as JSON; "": none */
    ngx_uint_t            asked[GGI_GATES];     /* ggi_mode_e of each gate that is configured */
    ngx_uint_t            mode[GGI_GATES];      /* ggi_mode_e, in the role of this location */
    ngx_flag_t            upgrade;      /* the API may switch protocols */
    ngx_uint_t            status_form;  /* ggi_status_form_e, in a location with ggi_status */
    u_char               *status_file;  /* where that ggi_status stands; NULL: there is none */
    ngx_uint_t            status_line;
    ggi_status_counts_t  *counts;       /* of its dienst; NULL: not counted */
};


typedef struct {
    void       **handshake;             /* location for faults of the handshake; NULL: none */
    ggi_organisation_t  *organisation;  /* answers for its records; NULL: none is told */
    ngx_uint_t   diensten;              /* there are some in this server */
    ngx_uint_t   beside;                /* or in one of an address whose default server it is */
} ggi_dienst_srv_conf_t;


typedef struct {
    ggi_gate_pt           gates[GGI_GATES];
    ngx_array_t           locations;    /* of ggi_dienst_loc_conf_t *: those with a dienst */
    ngx_array_t           open;         /* of ggi_dienst_loc_conf_t *: without one, but answered */
    ngx_array_t           pages;        /* of ggi_pages_t: the blocks with error pages */
    ngx_array_t           sent;         /* of ngx_uint_t: variables with what the caller sent */
    ngx_array_t           maps;         /* of ngx_uint_t: variables of "map" and "split_clients" */
    ngx_http_get_variable_pt  maps_handlers[GGI_MAPS_KINDS];    /* by which those are computed */
    ngx_array_t           lacks;        /* of ngx_str_t: messages about what is missing */
    ngx_array_t           settings;     /* of ggi_setting_t: directives perhaps without effect */
    ngx_array_t           origins;      /* of ggi_name_t: all origin headers, and the default */
    ngx_array_t           varying;      /* of ggi_name_t: headers that some locations change */
    ngx_int_t             phase;        /* index of the gates among the handlers of all phases */
    ngx_http_get_variable_pt  request_uri;      /* nginx's own, of $request_uri and $http_... */
    ngx_http_get_variable_pt  header;
    ggi_organisations_t   organisations;
    ngx_uint_t            status;       /* there is a ggi_status */
    ngx_str_t             status_policy;        /* what a browser may load for its page */
    const ggi_provider_judge_t  *judge; /* of the certificates of providers; NULL: none is loaded */
    const ggi_person_judge_t  *person;  /* of whom calls are about; NULL: none is loaded */
    ngx_array_t           peers;        /* of ggi_provider_init_t, in order, for all upstreams */
    ngx_array_t           providers;    /* of ggi_status_pt: what gates tell by themselves */
    ggi_status_shared_t  *shared;       /* what it shows */
    ggi_status_counts_t  *counts;       /* of calls without a dienst */
    time_t                made[GGI_METRIC_COUNT];       /* times of the files; 0: not read */
    u_char                shown[GGI_METRIC_COUNT];      /* 1: a metric of what is configured */
} ggi_dienst_main_conf_t;


extern ngx_module_t  ngx_http_ggi_dienst_module;


#endif
