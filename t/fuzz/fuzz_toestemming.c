/* SPDX-License-Identifier: EUPL-1.2 */

/* Consents: lines with an id, an OIN, a dienst and a doelbinding, and then the JSON. */

#include "fuzz.h"

#include "ggi_toestemming.h"
#include "ggi_toestemming_compile.h"
#include "ggi_toestemming_kind.h"


/* What is judged is in the block, wherever that lies. */
static void
check_consent(const ggi_toestemming_t *consent, ggi_toestemming_query_t *query)
{
    ggi_str_t     block;
    ggi_reason_e  reason;

    block = fuzz_copy(consent, consent->document.size);
    consent = (const ggi_toestemming_t *) (const void *) block.data;
    fuzz_check(ggi_kind_key_valid(&ggi_toestemming_kind,
                                  ggi_document_text(&consent->document, consent->document.key)));
    fuzz_check(ggi_toestemming_betrokkene_valid(ggi_document_text(&consent->document,
                                                                  consent->betrokkene)));
    fuzz_check(consent->diensten.len);

    query->now = consent->document.geldig_van;
    reason = ggi_toestemming_judge(consent, query);
    fuzz_check(reason != GGI_REASON_CONSENT_EXPIRED);
    fuzz_check(reason == GGI_REASON_CONSENT_NOT_FOR_CALL
               || (reason == GGI_REASON_CONSENT_WITHDRAWN) == (consent->withdrawn == 1));

    /* who is let in has all of it */

    query->afnemer = ggi_document_text(&consent->document, consent->afnemer);
    query->doelbinding = ggi_document_text(&consent->document, consent->doelbinding);
    query->dienst = ggi_document_item(&consent->document, consent->diensten, 0);
    reason = ggi_toestemming_judge(consent, query);
    fuzz_check(reason == (consent->withdrawn ? GGI_REASON_CONSENT_WITHDRAWN : GGI_REASON_NONE));
    query->now--;
    fuzz_check(ggi_toestemming_judge(consent, query) == GGI_REASON_CONSENT_EXPIRED);
    query->of_person = 0;
    fuzz_check(ggi_toestemming_judge(consent, query) == GGI_REASON_CONSENT_NOT_FOR_CALL);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ggi_str_t                 id, text;
    ggi_fault_t               fault = ggi_fault_init;
    ggi_toestemming_t        *consent;
    ggi_toestemming_query_t   query = { .of_person = 1 };

    fuzz_begin(data, size);
    id = fuzz_line();
    query.afnemer = fuzz_line();
    query.dienst = fuzz_line();
    query.doelbinding = fuzz_line();
    text = fuzz_rest();

    consent = ggi_toestemming_parse(text.data, text.len, id.len ? &id : NULL, &fault);
    fuzz_check((consent == NULL) == (fault.n > 0));

    if (consent) {
        fuzz_check(id.len == 0 || ggi_toestemming_id_valid(id));
        check_consent(consent, &query);
    }

    free(consent);
    fuzz_check(memchr(fault.text, '\0', sizeof(fault.text)));

    return fuzz_end();
}
