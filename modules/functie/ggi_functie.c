/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_functie.h"

#include "ggi_plain_name.h"


int
ggi_functie_name_valid(ggi_str_t name)
{
    return ggi_plain_name_valid(name);
}


const ggi_functie_t *
ggi_functie_find(const ggi_functies_t *functies, ggi_str_t naam)
{
    size_t                i;
    const ggi_functie_t  *functie;

    for (i = 0; (functie = ggi_functie_at(functies, i)); i++) {
        if (ggi_str_eq(ggi_document_text(&functies->document, functie->naam), naam)) {
            break;
        }
    }

    return functie;
}


ggi_reason_e
ggi_functie_judge(const ggi_functie_caller_t *caller,
    const ggi_agreement_query_t *query, const ggi_agreement_t **dienst)
{
    const ggi_functie_t   *functie;
    const ggi_functies_t  *functies;

    *dienst = NULL;
    functies = caller->functies;

    if (functies == NULL) {
        return GGI_REASON_APPLICATION_UNKNOWN;
    }

    functie = ggi_functie_find(functies, caller->functie);

    if (functie) {
        *dienst = ggi_agreement_find(&functies->document, functie->diensten, query->dienst);
    }

    if (!ggi_document_valid(&functies->document, query->now)) {
        return GGI_REASON_APPLICATION_EXPIRED;
    }

    if (caller->gebruiker.len == 0) {
        return GGI_REASON_USER_MISSING;
    }

    if (caller->functie.len == 0) {
        return GGI_REASON_FUNCTION_MISSING;
    }

    if (functie == NULL) {
        return GGI_REASON_FUNCTION_UNKNOWN;
    }

    return ggi_agreement_judge(&functies->document, *dienst, query);
}
