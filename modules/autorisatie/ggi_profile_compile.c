/* SPDX-License-Identifier: EUPL-1.2 */

/* From the JSON of a profile to one block of memory without pointers. */

#include "ggi_oin.h"
#include "ggi_profile_compile.h"


/* Compiles the members that only profiles have, except diensten. Returns 1, or 0 with the fault. */
static int
ggi_profile_compile_top(ggi_block_t *block, ggi_document_t *start, json_t *root,
    const char *where, ggi_fault_t *fault)
{
    ggi_str_t       naam = ggi_str(""), glo = ggi_str("");
    ggi_profile_t  *profile = (ggi_profile_t *) start;

    static const char  *known[] = {
        "oin", "naam", "versie", "glo", "geldig_van", "geldig_tot", "diensten"
    };

    if (!ggi_source_text(root, where, "naam", GGI_SOURCE_OPTIONAL, &naam, fault)
        || !ggi_source_text(root, where, "glo", GGI_SOURCE_OPTIONAL, &glo, fault)
        || !ggi_source_members(root, where, known,
                               sizeof(known) / sizeof(char *), fault))
    {
        return 0;
    }

    profile->naam = ggi_block_text(block, naam);
    profile->glo = ggi_block_text(block, glo);

    return 1;
}


static int
ggi_profile_compile_diensten(ggi_block_t *block, ggi_document_t *start, json_t *root,
    const char *where, ggi_fault_t *fault)
{
    return ggi_agreement_compile(block, &((ggi_profile_t *) start)->diensten, root, where,
                                 fault);
}


_Static_assert(sizeof(ggi_profile_t) <= GGI_DOCUMENT_START_MAX, "the start of a profile");

const ggi_document_shape_t  ggi_profile_shape = {
    sizeof(ggi_profile_t), "oin", ggi_oin_spelled, "an OIN of 20 digits or letters",
    ggi_profile_compile_top, ggi_profile_compile_diensten
};


ggi_profile_t *
ggi_profile_compile(json_t *root, const char *where, const ggi_str_t *oin,
    ggi_fault_t *fault)
{
    return (ggi_profile_t *) ggi_document_compile(&ggi_profile_shape, root, where, oin,
                                                  fault);
}


ggi_profile_t *
ggi_profile_parse(const char *text, size_t len, const ggi_str_t *oin,
    ggi_fault_t *fault)
{
    return (ggi_profile_t *) ggi_document_parse(&ggi_profile_shape, text, len, oin,
                                                fault);
}
