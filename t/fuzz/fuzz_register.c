/* SPDX-License-Identifier: EUPL-1.2 */

/* A claim and a dienst, a line each, and a register. */

#include "fuzz.h"

#include "ggi_claim.h"
#include "ggi_register.h"


/* A level too low or none changes the verdict of a claim that stands, and of no other. */
static void
judge_niveau(const ggi_register_t *reg, ggi_claim_query_t query, ggi_reason_e reason)
{
    ggi_reason_e              lower, none;
    const ggi_doelbinding_t  *found;

    query.niveau = (ggi_str_t) ggi_str("laag");
    lower = ggi_claim_judge(reg, &query, &found);
    query.niveau = (ggi_str_t) ggi_str("Hoog");
    none = ggi_claim_judge(reg, &query, &found);

    if (reason != GGI_REASON_NONE || ggi_claim_asked(&query, found) == GGI_NIVEAU_NONE) {
        fuzz_check(lower == reason && none == reason);
        return;
    }

    fuzz_check(none == GGI_REASON_ASSURANCE_MISSING);
    fuzz_check(lower == (ggi_claim_asked(&query, found) > GGI_NIVEAU_LAAG ? GGI_REASON_ASSURANCE_TOO_LOW
                                                                          : GGI_REASON_NONE));
}


static void
judge(const ggi_register_t *reg, ggi_str_t claim, ggi_str_t dienst)
{
    ggi_reason_e              reason;
    ggi_claim_query_t         query = { .claim = claim, .dienst = dienst };
    const ggi_doelbinding_t  *found;

    found = ggi_register_find(reg, claim);
    query.now = found ? found->geldig_van : 0;
    query.niveau = (ggi_str_t) ggi_str("hoog");
    query.asked = (ggi_niveau_e) (claim.len % GGI_NIVEAUS);
    reason = ggi_claim_judge(reg, &query, &found);
    fuzz_check((reason == GGI_REASON_CLAIM_UNKNOWN) == (found == NULL));
    fuzz_check(reason != GGI_REASON_ASSURANCE_MISSING && reason != GGI_REASON_ASSURANCE_TOO_LOW);
    fuzz_check(ggi_claim_asked(&query, found) >= query.asked);
    fuzz_check(found == NULL || ggi_claim_asked(&query, found) >= found->niveau);
    judge_niveau(reg, query, reason);
    fuzz_check(reason != GGI_REASON_NONE || ggi_str_in(found->diensten, found->diensten_n, dienst));
    fuzz_check(reason != GGI_REASON_CLAIM_NOT_IN_PROFILE);

    /* a profile without doelbindingen allows none */

    query.profile = &dienst;
    reason = ggi_claim_judge(reg, &query, &found);
    fuzz_check(reason != GGI_REASON_NONE);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t          i;
    ggi_str_t       claim, dienst, text;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_register_t  reg;

    fuzz_begin(data, size);
    claim = fuzz_line();
    dienst = fuzz_line();
    text = fuzz_rest();

    if (ggi_register_read(&reg, fuzz_file(text.data, text.len), &fault)) {
        fuzz_check(fault.n == 0);

        for (i = 0; i < reg.n; i++) {
            fuzz_check(ggi_register_find(&reg, reg.doelbindingen[i].id) == &reg.doelbindingen[i]);
            fuzz_check(reg.doelbindingen[i].grondslag_avg.len || reg.doelbindingen[i].grondslag_wet.len);
            judge(&reg, reg.doelbindingen[i].id, dienst);
        }

        judge(&reg, claim, dienst);
        ggi_register_free(&reg);

    } else {
        fuzz_check(fault.n && fault.text[0]);
    }

    return fuzz_end();
}
