/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The gate doelbinding: refuses a call that does not claim a valid purpose
 * (doelbinding) of the register for its dienst. It does not judge whether the claim is
 * true: the claim is recorded, and auditors check it afterwards.
 */

#include "ggi_call.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_early.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_name.h"
#include "ggi_ngx_seam.h"
#include "ggi_ngx_source.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_value.h"
#include "ggi_claim.h"


typedef enum {
    GGI_CLAIM_DOELBINDING,
    GGI_CLAIM_VERWERKING,
    GGI_CLAIM_GEBRUIKER,
    GGI_CLAIM_TOEPASSING,
    GGI_CLAIM_NIVEAU,
    GGI_CLAIM_HEADERS
} ggi_claim_header_e;


typedef struct {
    ggi_register_t  *reg;
} ggi_doelbinding_main_conf_t;


typedef struct {
    ggi_name_t  headers[GGI_CLAIM_HEADERS];
    ngx_uint_t  niveau;                 /* ggi_niveau_e that is asked for here */
} ggi_doelbinding_loc_conf_t;


static ngx_int_t ggi_doelbinding_init(ngx_conf_t *cf);
static char *ggi_doelbinding_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);


static ngx_conf_enum_t  ggi_doelbinding_niveaus[] = {
    { ngx_string("off"), GGI_NIVEAU_NONE },
    { ngx_string("laag"), GGI_NIVEAU_LAAG },
    { ngx_string("substantieel"), GGI_NIVEAU_SUBSTANTIEEL },
    { ngx_string("hoog"), GGI_NIVEAU_HOOG },
    { ngx_null_string, 0 }
};


#define GGI_CLAIM_HEADER_COMMAND(name, header)                                 \
    GGI_SLOT_COMMAND(name, ggi_name_slot,                                      \
                     offsetof(ggi_doelbinding_loc_conf_t, headers)             \
                         + (header) * sizeof(ggi_name_t),                      \
                     NULL)


static GGI_CREATE_CONF(ggi_doelbinding_create_main_conf, ggi_doelbinding_main_conf_t, 0);

static GGI_CREATE_CONF(ggi_doelbinding_create_loc_conf, ggi_doelbinding_loc_conf_t,
                       .niveau = NGX_CONF_UNSET_UINT);


GGI_SOURCE_KIND(ggi_doelbinding_register, ggi_register_t, "register of doelbindingen",
                ggi_register_read, ggi_register_free, GGI_METRIC_REGISTER, NULL);

GGI_SOURCE_HAS(ggi_doelbinding_has, ggi_register_has);


static ngx_command_t  ggi_doelbinding_commands[] = {

    GGI_SOURCE_COMMAND("ggi_doelbinding_register", ggi_source_slot,
                       ggi_doelbinding_main_conf_t, reg, ggi_doelbinding_register),

    GGI_CLAIM_HEADER_COMMAND("ggi_doelbinding_header", GGI_CLAIM_DOELBINDING),
    GGI_CLAIM_HEADER_COMMAND("ggi_doelbinding_verwerking_header",
                             GGI_CLAIM_VERWERKING),
    GGI_CLAIM_HEADER_COMMAND("ggi_doelbinding_gebruiker_header",
                             GGI_CLAIM_GEBRUIKER),
    GGI_CLAIM_HEADER_COMMAND("ggi_doelbinding_toepassing_header",
                             GGI_CLAIM_TOEPASSING),
    GGI_CLAIM_HEADER_COMMAND("ggi_doelbinding_niveau_header", GGI_CLAIM_NIVEAU),

    GGI_SLOT_COMMAND("ggi_doelbinding_niveau", ggi_enum_slot,
                     offsetof(ggi_doelbinding_loc_conf_t, niveau), ggi_doelbinding_niveaus),

      ngx_null_command
};


static ngx_http_variable_t  ggi_doelbinding_vars[] = {

    GGI_FOUND_VARIABLE("ggi_doelbinding", claim, GGI_EARLY_CLAIM, GGI_GATES),
    GGI_FOUND_VARIABLE("ggi_doelbinding_niveau", niveau, GGI_EARLY_NIVEAU, GGI_GATES),

      ngx_http_null_variable
};


GGI_NGX_GATE(ngx_http_ggi_doelbinding_module, ggi_doelbinding_commands,
             ggi_doelbinding_vars, ggi_doelbinding_init,
             GGI_CYCLE(NULL, NULL, NULL),
             GGI_MAIN_CONF(ggi_doelbinding_create_main_conf, NULL),
             GGI_LOC_CONF(ggi_doelbinding_create_loc_conf, ggi_doelbinding_merge_loc_conf));


static ggi_name_t  ggi_doelbinding_default_headers[GGI_CLAIM_HEADERS] = {
    ggi_name("X-Doelbinding", "x-doelbinding"),
    ggi_name("X-Verwerking", "x-verwerking"),
    ggi_name("X-Gebruiker", "x-gebruiker"),
    ggi_name("X-Toepassing", "x-toepassing"),
    ggi_name("X-Betrouwbaarheidsniveau", "x-betrouwbaarheidsniveau")
};


/* Where the findings have what the API gets in each header of the claim. */
static const size_t  ggi_doelbinding_gives[GGI_CLAIM_HEADERS] = {
    GGI_HEADER_AS_SENT, GGI_HEADER_AS_SENT, GGI_HEADER_AS_SENT, GGI_HEADER_AS_SENT,
    offsetof(ggi_findings_t, niveau)
};

/* Where they have what the API of another organisation gets. */
static const size_t  ggi_doelbinding_gives_outside[GGI_CLAIM_HEADERS] = {
    offsetof(ggi_findings_t, claim_outside), offsetof(ggi_findings_t, verwerking_outside),
    GGI_HEADER_AS_SENT, GGI_HEADER_AS_SENT, offsetof(ggi_findings_t, niveau)
};


/* Refuses a call for a reason that one header of the claim gives. Returns NGX_DECLINED. */
static ngx_int_t
ggi_doelbinding_refuse(ggi_call_t *call, ggi_reason_e reason,
    const ggi_name_t *header)
{
    call->reason = reason;
    call->header = ggi_from_ngx_str(header->key);

    return NGX_DECLINED;
}


/* A free text may be in ISO-8859-1; what is compared with known words is in UTF-8. */
static ngx_inline ngx_uint_t
ggi_doelbinding_free_text(ggi_claim_header_e header)
{
    return header != GGI_CLAIM_DOELBINDING && header != GGI_CLAIM_NIVEAU;
}


/* A consumer knows its own users and applications, and does not tell of them. */
static ngx_inline ngx_uint_t
ggi_doelbinding_of_inside(ggi_claim_header_e header)
{
    return header == GGI_CLAIM_GEBRUIKER || header == GGI_CLAIM_TOEPASSING;
}


/*
 * Reads all headers of the claim, so that those that are well-formed are recorded
 * whatever the verdict. Returns NGX_OK, NGX_DECLINED with call->reason and call->header
 * set when the call is refused, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_doelbinding_read(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_int_t                    rc;
    ngx_uint_t                   i, malformed;
    ggi_str_t                   *values[GGI_CLAIM_HEADERS];
    ggi_doelbinding_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_doelbinding_module);

    values[GGI_CLAIM_DOELBINDING] = &call->found.claim;
    values[GGI_CLAIM_VERWERKING] = &call->found.verwerking;
    values[GGI_CLAIM_GEBRUIKER] = &call->found.gebruiker;
    values[GGI_CLAIM_TOEPASSING] = &call->found.toepassing;
    values[GGI_CLAIM_NIVEAU] = &call->found.niveau_claimed;

    malformed = GGI_CLAIM_HEADERS;

    for (i = 0; i < GGI_CLAIM_HEADERS; i++) {

        if (call->role == GGI_ROLE_AFNEMER && ggi_doelbinding_of_inside(i)) {
            continue;                   /* the gate functie has established it */
        }

        rc = ggi_header_value_if(call->state.headers, r, &dlcf->headers[i],
                                 ggi_doelbinding_free_text(i), values[i]);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_DECLINED && malformed == GGI_CLAIM_HEADERS) {
            malformed = i;
        }
    }

    call->found.niveau = ggi_niveau_name(ggi_niveau_read(call->found.niveau_claimed));

    if (call->found.claim.len == 0 && malformed != GGI_CLAIM_DOELBINDING) {
        return ggi_doelbinding_refuse(call, GGI_REASON_CLAIM_MISSING,
                                      &dlcf->headers[GGI_CLAIM_DOELBINDING]);
    }

    if (malformed < GGI_CLAIM_HEADERS) {
        return ggi_doelbinding_refuse(call, GGI_REASON_CLAIM_MALFORMED,
                                      &dlcf->headers[malformed]);
    }

    return NGX_OK;
}


/*
 * Says what the provider gets of the claim of a consumer: where its register has another
 * claim for the outside, that one, without the processing, so that the provider cannot
 * follow a case by a purpose of the inside.
 */
static void
ggi_doelbinding_outside(ggi_call_t *call, const ggi_doelbinding_t *found)
{
    ggi_findings_t  *findings;

    findings = &call->found;

    if (found == NULL || found->outside.len == 0) {
        findings->claim_outside = findings->claim;
        findings->verwerking_outside = findings->verwerking;
        return;
    }

    findings->claim_extern = found->outside;
    findings->claim_outside = found->outside;

    if (findings->verwerking_forwarded) {
        findings->verwerking_outside = findings->verwerking;
    }
}


static ngx_int_t
ggi_doelbinding_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_int_t                     rc;
    ggi_claim_query_t             query;
    const ggi_doelbinding_t      *found;
    ggi_doelbinding_loc_conf_t   *dlcf;
    ggi_doelbinding_main_conf_t  *dmcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_doelbinding_module);
    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_doelbinding_module);

    call->found.register_reference = dmcf->reg->reference;
    call->found.niveau_asked = ggi_niveau_name(dlcf->niveau);

    rc = ggi_doelbinding_read(r, call);
    if (rc != NGX_OK) {
        return rc;
    }

    query.now = ngx_time();
    query.claim = call->found.claim;
    query.dienst = call->dienst;
    query.profile = call->found.profile_doelbindingen;
    query.profile_n = call->found.profile_doelbindingen_n;
    query.asked = dlcf->niveau;
    query.niveau = call->found.niveau_claimed;

    call->reason = ggi_claim_judge(dmcf->reg, &query, &found);
    call->found.niveau_asked = ggi_niveau_name(ggi_claim_asked(&query, found));

    if (found) {
        call->found.grondslag = found->members;
    }

    if (call->role == GGI_ROLE_AFNEMER) {
        ggi_doelbinding_outside(call, found);
    }

    switch (call->reason) {

    case GGI_REASON_NONE:
        return NGX_OK;

    case GGI_REASON_ASSURANCE_MISSING:
    case GGI_REASON_ASSURANCE_TOO_LOW:
        return ggi_doelbinding_refuse(call, call->reason,
                                      &dlcf->headers[GGI_CLAIM_NIVEAU]);

    default:
        return NGX_DECLINED;
    }
}


/* Adds the version of the register to a status that is asked for. */
static ngx_int_t
ggi_doelbinding_status(ngx_http_request_t *r, ggi_status_t *status)
{
    ggi_status_sample_t          *sample;
    ggi_doelbinding_main_conf_t  *dmcf;
    ggi_status_family_t           family = {
        .name = "ggi_doelbinding_register_info",
        .label = "versie",
        .help = "The version of the register in use; the value is always 1.",
        .n = 1
    };

    sample = ngx_palloc(r->pool, sizeof(ggi_status_sample_t));
    if (sample == NULL) {
        return NGX_ERROR;
    }

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_doelbinding_module);
    sample->of = dmcf->reg->versie;
    sample->value = 1;
    family.samples = sample;

    return ggi_status_add(r, status, &family);
}


static ngx_int_t
ggi_doelbinding_init(ngx_conf_t *cf)
{
    ggi_doelbinding_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf,
                                              ngx_http_ggi_doelbinding_module);

    if (dmcf->reg == NULL
        && ggi_gate_require(cf, GGI_GATE_DOELBINDING,
                            "\"ggi_doelbinding_register\" in http")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (dmcf->reg) {
        ggi_gate_warn_diensten(cf, GGI_GATE_DOELBINDING, ggi_doelbinding_has,
                               dmcf->reg,
                               "entry of \"ggi_doelbinding_register\"");

        if (ggi_status_provide(cf, ggi_doelbinding_status) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ggi_gate_register(cf, GGI_GATE_DOELBINDING,
                             ggi_doelbinding_handler);
}


/*
 * Checks that two headers of the claim do not have the same name, since one value would
 * then be recorded as both. At least one of the names was given by a directive. Returns
 * NGX_OK, or NGX_ERROR after a message that names that directive's place.
 */
static ngx_int_t
ggi_doelbinding_distinct(ngx_conf_t *cf, const ggi_name_t *one,
    const ggi_name_t *two)
{
    const ggi_name_t  *given;

    if (!ggi_name_is(one, two)) {
        return NGX_OK;
    }

    given = two->file ? two : one;

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "header \"%V\" stands for two parts of the claim, of which one "
                  "may have its default name: expected a header for each, in "
                  "%s:%ui", &given->key, given->file, given->line);

    return NGX_ERROR;
}


static char *
ggi_doelbinding_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ggi_doelbinding_loc_conf_t *prev = parent;
    ggi_doelbinding_loc_conf_t *conf = child;

    ngx_uint_t  i, k;

    ngx_conf_merge_uint_value(conf->niveau, prev->niveau, GGI_NIVEAU_NONE);

    for (i = 0; i < GGI_CLAIM_HEADERS; i++) {
        ggi_name_merge(conf->headers[i], prev->headers[i],
                       ggi_doelbinding_default_headers[i]);

        for (k = 0; k < i; k++) {
            if (ggi_doelbinding_distinct(cf, &conf->headers[k],
                                         &conf->headers[i])
                != NGX_OK)
            {
                return NGX_CONF_ERROR;
            }
        }

        if (ggi_header_claim(cf, GGI_GATE_DOELBINDING, &conf->headers[i],
                             ggi_doelbinding_gives[i], ggi_doelbinding_gives_outside[i])
            != NGX_OK
            || (ggi_doelbinding_of_inside(i)
                && ggi_header_inside(cf, &conf->headers[i], GGI_HEADER_NOT_SENT)
                   != NGX_OK))
        {
            return NGX_CONF_ERROR;
        }
    }

    /*
     * A default name that no header of the claim has here is kept from the API, since
     * nobody judges what it says.
     */

    for (i = 0; i < GGI_CLAIM_HEADERS; i++) {

        for (k = 0; k < GGI_CLAIM_HEADERS; k++) {
            if (ggi_name_is(&conf->headers[k],
                            &ggi_doelbinding_default_headers[i]))
            {
                break;
            }
        }

        if (k == GGI_CLAIM_HEADERS
            && ggi_header_withhold(cf, &ggi_doelbinding_default_headers[i])
               != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}
