/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_advice.h"
#include "ggi_functie_compile.h"
#include "ggi_functie_kind.h"
#include "ggi_profile_kind.h"
#include "ggi_profiles.h"
#include "ggi_toestemming_compile.h"
#include "ggi_toestemming_kind.h"
#include "ggictl_kind.h"
#include "ggictl_out.h"
#include "ggictl_value.h"


static const char *const  ggictl_agreed_columns[] = { "geldig_van", "geldig_tot", "naam", NULL };

static const char *const  ggictl_consent_columns[] = {
    "afnemer", "doelbinding", "gegeven", "geldig_tot", "ingetrokken", NULL
};


static ggi_str_t
ggictl_profiel_titled(const ggi_document_t *document)
{
    return ggi_document_text(document, ((const ggi_profile_t *) document)->naam);
}


static ggi_reason_e
ggictl_profiel_judge(const ggictl_args_t *args, const ggi_document_t *document,
    const ggi_agreement_query_t *query, const ggi_agreement_t **dienst)
{
    (void) args;

    return ggi_profile_judge((const ggi_profile_t *) document, query, dienst);
}


static ggi_str_t
ggictl_functie_titled(const ggi_document_t *document)
{
    return ggi_document_text(document, document->key);
}


static ggi_reason_e
ggictl_functie_judge(const ggictl_args_t *args, const ggi_document_t *document,
    const ggi_agreement_query_t *query, const ggi_agreement_t **dienst)
{
    ggi_functie_caller_t  caller;

    caller.functies = (const ggi_functies_t *) document;
    caller.gebruiker = ggictl_value_read(args->option[GGICTL_GEBRUIKER]);
    caller.functie = ggictl_value_read(args->option[GGICTL_FUNCTIE]);

    return ggi_functie_judge(&caller, query, dienst);
}


const ggictl_kind_t  ggictl_kind_profiel = {
    "profiel", "autorisatieprofiel", "profile", "there was no profile", 1, &ggi_profile_kind,
    &ggi_profiles_kind, ggi_advice_profile,
    GGICTL_OIN, GGICTL_PROFILES, GGI_REASON_PROFILE_NOT_FOUND, GGI_REASON_PROFILE_UNAVAILABLE,
    "naam", ggictl_profiel_titled, ggictl_profiel_judge, ggictl_agreed_columns
};

const ggictl_kind_t  ggictl_kind_functie = {
    "functie", "functies", "application", "there were no functions", 0, &ggi_functie_kind,
    &ggi_functies_kind, ggi_advice_functions,
    GGICTL_TOEPASSING, GGICTL_FUNCTIONS, GGI_REASON_APPLICATION_UNKNOWN,
    GGI_REASON_FUNCTIONS_UNAVAILABLE, "toepassing", ggictl_functie_titled, ggictl_functie_judge,
    ggictl_agreed_columns
};

/* A consent is no agreement: no call is explained by it alone. */
const ggictl_kind_t  ggictl_kind_toestemming = {
    .command = "toestemming", .recorded = "toestemming", .one = "consent",
    .absent = "there was no consent", .stored = &ggi_toestemming_kind,
    .documents = &ggi_toestemmingen_kind, .advise = ggi_advice_consent,
    .none = GGI_REASON_CONSENT_UNKNOWN, .unavailable = GGI_REASON_CONSENT_UNAVAILABLE,
    .columns = ggictl_consent_columns
};


int
ggictl_kind_oin_good(const ggictl_args_t *args)
{
    const char        *oin = args->option[GGICTL_OIN];
    const ggi_kind_t  *profile = ggictl_kind_profiel.stored;

    if (oin && !ggi_kind_key_valid(profile, ggictl_str(oin))) {
        (void) ggictl_fail("%s: --oin: expected %s, not \"%s\"", args->command->name,
                           profile->shape->key_expected, oin);
        return 0;
    }

    return 1;
}
