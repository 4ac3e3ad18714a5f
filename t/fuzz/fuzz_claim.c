/* SPDX-License-Identifier: EUPL-1.2 */

/* The header of a claim, or of the level of assurance. */

#include "fuzz.h"

#include "ggi_json.h"
#include "ggi_niveau.h"
#include "ggi_claim.h"
#include "ggi_value.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                i, n;
    ggi_niveau_e          niveau;
    ggi_str_t             claim;
    ggi_str_t             text;
    const unsigned char  *p;
    static char           utf8[2 * GGI_VALUE_MAX];

    fuzz_begin(data, size);
    claim = fuzz_rest();
    p = (const unsigned char *) claim.data;

    if (ggi_value_well_formed(claim)) {
        fuzz_check(claim.len <= GGI_VALUE_MAX);

        for (i = 0; i < claim.len; i += n) {
            n = ggi_utf8_char(p + i, claim.len - i);
            fuzz_check(n);
            fuzz_check(p[i] >= 0x20 && p[i] != 0x7f);
            fuzz_check(p[i] != 0xc2 || p[i + 1] >= 0xa0);
        }
    }

    if (ggi_value_is_latin1(claim)) {
        fuzz_check(claim.len <= GGI_VALUE_MAX);
        text.data = utf8;
        text.len = ggi_value_from_latin1(utf8, claim);
        fuzz_check(text.len <= 2 * claim.len);
        fuzz_check(text.len > GGI_VALUE_MAX || ggi_value_well_formed(text));
    }

    niveau = ggi_niveau_read(claim);
    fuzz_check(niveau < GGI_NIVEAUS);
    fuzz_check(niveau == GGI_NIVEAU_NONE || ggi_str_eq(claim, ggi_niveau_name(niveau)));
    fuzz_check(niveau == GGI_NIVEAU_NONE || ggi_value_well_formed(claim));

    return fuzz_end();
}
