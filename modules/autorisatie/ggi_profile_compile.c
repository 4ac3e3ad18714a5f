/* SPDX-License-Identifier: EUPL-1.2 */

/* From the JSON of a profile to one block of memory without pointers. */

#include <stdlib.h>

#include "ggi_oin.h"
#include "ggi_profile_compile.h"


/*
 * Checks how the OIN of a profile is spelled, and that it is the expected one
 * unless that is NULL. Returns 1 to go on, or 0 with the fault.
 */
static int
ggi_profile_check_oin(ggi_str_t oin, const ggi_str_t *expected,
    const char *where, ggi_fault_t *fault)
{
    char  place[GGI_SOURCE_WHERE_MAX];

    ggi_where(place, "%s.oin", where);

    if (oin.len && !ggi_oin_spelled(oin)
        && !ggi_fault(fault, place, "invalid, expected an OIN of 20 digits or "
                      "letters"))
    {
        return 0;
    }

    if (expected && oin.len && !ggi_str_eq(oin, *expected)
        && !ggi_fault(fault, place, "invalid, expected \"%.*s\", under which "
                      "it is stored", (int) expected->len, expected->data))
    {
        return 0;
    }

    return 1;
}


/* Compiles the members at the top of a profile, except diensten. Returns 1, or 0 with the fault. */
static int
ggi_profile_compile_top(ggi_block_t *block, ggi_profile_t *profile,
    json_t *root, const char *where, const ggi_str_t *expected,
    ggi_fault_t *fault)
{
    ggi_str_t  oin, naam, glo;

    static const char  *known[] = {
        "oin", "naam", "versie", "glo", "geldig_van", "geldig_tot", "diensten"
    };

    memset(&oin, 0, sizeof(oin));
    memset(&naam, 0, sizeof(naam));
    memset(&glo, 0, sizeof(glo));

    if (!ggi_source_text(root, where, "oin", 1, &oin, fault)
        || !ggi_source_text(root, where, "naam", 0, &naam, fault)
        || !ggi_source_text(root, where, "glo", 0, &glo, fault)
        || !ggi_source_members(root, where, known,
                               sizeof(known) / sizeof(char *), fault)
        || !ggi_profile_check_oin(oin, expected, where, fault))
    {
        return 0;
    }

    profile->document.key = ggi_block_text(block, oin);
    profile->naam = ggi_block_text(block, naam);
    profile->glo = ggi_block_text(block, glo);

    return ggi_document_compile(block, &profile->document, root, where, fault);
}


ggi_profile_t *
ggi_profile_compile(json_t *root, const char *where, const ggi_str_t *oin,
    ggi_fault_t *fault)
{
    size_t         faults;
    ggi_block_t    block;
    ggi_profile_t  profile;

    faults = fault->n;
    memset(&block, 0, sizeof(block));
    memset(&profile, 0, sizeof(profile));

    if (!json_is_object(root)) {
        ggi_fault(fault, where, "invalid, expected an object");
        return NULL;
    }

    ggi_block_add(&block, sizeof(ggi_profile_t));

    if (!ggi_profile_compile_top(&block, &profile, root, where, oin, fault)
        || !ggi_agreement_compile(&block, &profile.diensten, root, where, fault))
    {
        free(block.data);
        return NULL;
    }

    return (ggi_profile_t *) ggi_document_finish(&block, &profile.document,
                                                 sizeof(profile), where, faults,
                                                 fault);
}


ggi_profile_t *
ggi_profile_parse(const char *text, size_t len, const ggi_str_t *oin,
    ggi_fault_t *fault)
{
    json_t         *root;
    ggi_profile_t  *profile;

    root = ggi_document_parse(text, len, fault);
    if (root == NULL) {
        return NULL;
    }

    profile = ggi_profile_compile(root, "$", oin, fault);
    json_decref(root);

    return profile;
}
