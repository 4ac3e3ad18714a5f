/* SPDX-License-Identifier: EUPL-1.2 */

/* A file of profiles. */

#include "fuzz.h"

#include "ggi_documents.h"
#include "ggi_profiles.h"


static void
count(void *data, const char *text)
{
    ++*(size_t *) data;
    fuzz_check(text[0]);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int              good;
    size_t           i, said;
    ggi_fault_t      first = ggi_fault_init, all = ggi_fault_init;
    const char      *file;
    ggi_documents_t   profiles;
    ggi_document_t  *document;

    fuzz_begin(data, size);
    file = fuzz_file(data, size);
    good = ggi_profiles_read(&profiles, file, &first);
    fuzz_check(good == (first.n == 0));

    if (good) {
        for (i = 0; i < profiles.n; i++) {
            document = profiles.documents[i];
            fuzz_check(ggi_documents_find(&profiles, ggi_document_text(document, document->key))
                       == document);
        }

        ggi_documents_free(&profiles);
    }

    /* the tool wants all faults, and finds misspelt members besides */

    said = 0;
    all.each = count;
    all.data = &said;

    if (ggi_profiles_read(&profiles, file, &all)) {
        fuzz_check(good && said == 0);
        ggi_documents_free(&profiles);
    }

    fuzz_check(said == all.n && (good || said));

    return fuzz_end();
}
