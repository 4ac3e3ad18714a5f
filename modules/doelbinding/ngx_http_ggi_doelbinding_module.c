/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The gate doelbinding: its directives and its variables. It refuses a call that does not claim
 * a valid purpose (doelbinding) of the register for its dienst; the judging is in
 * ggi_ngx_doelbinding.c.
 */

#include "ggi_call.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_doelbinding.h"
#include "ggi_ngx_early.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_name.h"
#include "ggi_ngx_seam.h"
#include "ggi_ngx_source.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_toestemming.h"
#include "ggi_toestemming_compile.h"


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


static ngx_conf_enum_t  ggi_doelbinding_persons[] = {
    { ngx_string("required"), 1 },
    { ngx_string("told"), 0 },
    { ngx_null_string, 0 }
};


#define GGI_CLAIM_HEADER_COMMAND(name, header)                                 \
    GGI_SLOT_COMMAND(name, ggi_name_slot,                                      \
                     offsetof(ggi_doelbinding_loc_conf_t, headers)             \
                         + (header) * sizeof(ggi_name_t),                      \
                     NULL)


static GGI_CREATE_CONF(ggi_doelbinding_create_main_conf, ggi_doelbinding_main_conf_t,
                       .consents.lookup = &ggi_toestemming_lookup);

static GGI_CREATE_CONF(ggi_doelbinding_create_loc_conf, ggi_doelbinding_loc_conf_t,
                       .niveau = NGX_CONF_UNSET_UINT, .person = NGX_CONF_UNSET_UINT);


GGI_SOURCE_KIND(ggi_doelbinding_register, ggi_register_t, "register of doelbindingen",
                ggi_register_read, ggi_register_free, GGI_METRIC_REGISTER, NULL);

GGI_SOURCE_KIND(ggi_doelbinding_consents, ggi_documents_t, "consents",
                ggi_toestemmingen_read, ggi_documents_free, GGI_METRIC_TOESTEMMING_FILE, NULL);

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

    GGI_CLAIM_HEADER_COMMAND("ggi_doelbinding_toestemming_header", GGI_CLAIM_TOESTEMMING),

    GGI_SLOT_COMMAND("ggi_doelbinding_toestemming_person", ggi_enum_slot,
                     offsetof(ggi_doelbinding_loc_conf_t, person), ggi_doelbinding_persons),

    GGI_LOOKUP_COMMANDS("ggi_doelbinding_toestemmingen", "ggi_doelbinding_toestemmingen_zone",
                        "ggi_doelbinding_toestemmingen_redis", ggi_doelbinding_consents,
                        ggi_doelbinding_main_conf_t, consents),

      ngx_null_command
};


static ngx_http_variable_t  ggi_doelbinding_vars[] = {

    GGI_FOUND_VARIABLE("ggi_doelbinding", claim, GGI_EARLY_CLAIM, GGI_GATES),
    GGI_FOUND_VARIABLE("ggi_doelbinding_niveau", niveau, GGI_EARLY_NIVEAU, GGI_GATES),

      ngx_http_null_variable
};


static ngx_int_t
ggi_doelbinding_init_process(ngx_cycle_t *cycle)
{
    return ggi_lookup_start(&ggi_toestemming_lookup, cycle);
}


static void
ggi_doelbinding_exit_process(ngx_cycle_t *cycle)
{
    ggi_lookup_stop(&ggi_toestemming_lookup);
}


GGI_NGX_GATE(ngx_http_ggi_doelbinding_module, ggi_doelbinding_commands,
             ggi_doelbinding_vars, ggi_doelbinding_init,
             GGI_LOOKUP_CYCLE(ggi_doelbinding),
             GGI_MAIN_CONF(ggi_doelbinding_create_main_conf, NULL),
             GGI_LOC_CONF(ggi_doelbinding_create_loc_conf, ggi_doelbinding_merge_loc_conf));


static ggi_name_t  ggi_doelbinding_default_headers[GGI_CLAIM_HEADERS] = {
    ggi_name("X-Doelbinding", "x-doelbinding"),
    ggi_name("X-Verwerking", "x-verwerking"),
    ggi_name("X-Gebruiker", "x-gebruiker"),
    ggi_name("X-Toepassing", "x-toepassing"),
    ggi_name("X-Betrouwbaarheidsniveau", "x-betrouwbaarheidsniveau"),
    ggi_name("X-Toestemming", "x-toestemming")
};


/* Where the findings have what the API gets in each header of the claim. */
static const size_t  ggi_doelbinding_gives[GGI_CLAIM_HEADERS] = {
    GGI_HEADER_AS_SENT, GGI_HEADER_AS_SENT, GGI_HEADER_AS_SENT, GGI_HEADER_AS_SENT,
    offsetof(ggi_findings_t, niveau), offsetof(ggi_findings_t, consent_given)
};

/* Where they have what the API of another organisation gets. */
static const size_t  ggi_doelbinding_gives_outside[GGI_CLAIM_HEADERS] = {
    offsetof(ggi_findings_t, claim_outside), offsetof(ggi_findings_t, verwerking_outside),
    GGI_HEADER_AS_SENT, GGI_HEADER_AS_SENT, offsetof(ggi_findings_t, niveau),
    offsetof(ggi_findings_t, consent_given)
};


/* Adds the version of the register, and the data set of consents, to a status. */
static ngx_int_t
ggi_doelbinding_status(ngx_pool_t *pool, ggi_status_t *status)
{
    ggi_status_sample_t          *sample;
    ggi_doelbinding_main_conf_t  *dmcf;
    ggi_status_family_t           family = {
        .name = "ggi_doelbinding_register_info",
        .label = "versie",
        .help = "The version of the register in use; the value is always 1.",
        .n = 1
    };

    sample = ngx_palloc(pool, sizeof(ggi_status_sample_t));
    if (sample == NULL) {
        return NGX_ERROR;
    }

    dmcf = ngx_http_cycle_get_module_main_conf(ngx_cycle, ngx_http_ggi_doelbinding_module);
    sample->of = dmcf->reg->versie;
    sample->value = 1;
    family.samples = sample;

    if (dmcf->consents.redis
        && ggi_lookup_status(&ggi_toestemming_lookup, pool, status) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ggi_status_add(pool, status, &family);
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

        if (ggi_toestemming_init(cf) != NGX_OK
            || ggi_status_provide(cf, ggi_doelbinding_status) != NGX_OK)
        {
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
    ngx_conf_merge_uint_value(conf->person, prev->person, 1);

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
