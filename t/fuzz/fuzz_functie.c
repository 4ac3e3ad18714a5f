/* SPDX-License-Identifier: EUPL-1.2 */

/* Functions of applications: lines with user, function, dienst, method and path, and then the JSON. */

#include "fuzz_query.h"

#include "ggi_advice.h"
#include "ggi_functie.h"
#include "ggi_functie_compile.h"
#include "ggi_functie_kind.h"
#include "ggi_path.h"
#include "ggi_uri.h"


/* What is judged is in the block, wherever that lies. */
static void
check_functies(const ggi_functies_t *functies, ggi_functie_caller_t *caller,
    ggi_agreement_query_t *query)
{
    ggi_str_t               block;
    ggi_reason_e            reason;
    const ggi_agreement_t  *dienst;

    block = fuzz_copy(functies, functies->document.size);
    functies = (const ggi_functies_t *) (const void *) block.data;
    fuzz_check(ggi_functie_name_valid(ggi_document_text(&functies->document,
                                                        functies->document.key)));
    caller->functies = functies;
    query->now = functies->document.geldig_van;
    reason = ggi_functie_judge(caller, query, &dienst);
    fuzz_check(reason != GGI_REASON_APPLICATION_UNKNOWN
               && reason != GGI_REASON_APPLICATION_EXPIRED);

    if (reason == GGI_REASON_NONE) {
        fuzz_check(dienst && caller->gebruiker.len && caller->functie.len
                   && ggi_functie_find(functies, caller->functie)
                   && ggi_path_plain(query->path) && ggi_uri_unambiguous(query->path));
    }
}


static void
check_warning(void *data, const char *text)
{
    fuzz_check(strlen(text) > 0 && strchr(text, '\n') == NULL);
    (*(int *) data)++;
}


/* Functions that allow nothing are warned of, and what may be faulty is looked through too. */
static void
check_advice(ggi_str_t text, const ggi_functies_t *functies)
{
    int          warnings = 0;
    json_t      *root;
    ggi_fault_t  fault = ggi_fault_init;

    root = ggi_source_parse(text.data, text.len, &fault);
    fault.warn = check_warning;
    fault.data = &warnings;

    if (root) {
        ggi_advice_functions(root, "$", 0, NULL, &fault);
        fuzz_check(functies == NULL || functies->functies.len || warnings);
        json_decref(root);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ggi_str_t               text;
    ggi_fault_t             fault = ggi_fault_init;
    ggi_functies_t         *functies;
    ggi_functie_caller_t    caller;
    ggi_agreement_query_t   query = { .now = 0 };

    fuzz_begin(data, size);
    caller.gebruiker = fuzz_line();
    caller.functie = fuzz_line();
    fuzz_query(&query);
    text = fuzz_rest();

    functies = ggi_functies_parse(text.data, text.len, NULL, &fault);
    fuzz_check((functies == NULL) == (fault.n > 0));
    check_advice(text, functies);

    if (functies) {
        check_functies(functies, &caller, &query);
    }

    free(functies);
    fuzz_check(memchr(fault.text, '\0', sizeof(fault.text)));

    return fuzz_end();
}
