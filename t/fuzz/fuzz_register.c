/* SPDX-License-Identifier: EUPL-1.2 */

/* A claim and a dienst, a line each, and a register. */

#include "fuzz.h"

#include "ggi_claim.h"
#include "ggi_register.h"


static void
judge(const ggi_register_t *reg, ggi_str_t claim, ggi_str_t dienst)
{
    ggi_reason_e              reason;
    ggi_claim_query_t         query = { .claim = claim, .dienst = dienst };
    const ggi_doelbinding_t  *found;

    found = ggi_register_find(reg, claim);
    query.now = found ? found->geldig_van : 0;
    reason = ggi_claim_judge(reg, &query, &found);
    fuzz_check((reason == GGI_REASON_CLAIM_UNKNOWN) == (found == NULL));
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
