/* SPDX-License-Identifier: EUPL-1.2 */

/* From the JSON of an application's functions to one block of memory without pointers. */

#include "ggi_functie_compile.h"

#include "ggi_agreement_compile.h"
#include "ggi_plain_name.h"
#include "ggi_velden.h"


/* Compiles one function. Returns 1, or 0 with the fault. */
static int
ggi_functies_compile_one(ggi_block_t *block, uint32_t offset, const char *naam,
    json_t *functie, const char *parent, ggi_fault_t *fault)
{
    char                where[GGI_SOURCE_WHERE_MAX];
    ggi_str_t           name;
    ggi_functie_t       compiled = { .naam = { 0, 0 } };
    static const char  *known[] = { "diensten" };

    ggi_where(where, "%s.functies.%.64s", parent, naam);

    if (!json_is_object(functie)) {
        return ggi_fault(fault, where, "invalid, expected an object");
    }

    name.data = naam;
    name.len = strlen(naam);

    if (!ggi_functie_name_valid(name)
        && !ggi_fault(fault, where, "invalid name of a function, expected "
                      GGI_PLAIN_NAME_TOLD))
    {
        return 0;
    }

    if (!ggi_source_members(functie, where, known, 1, fault)
        || !ggi_agreement_compile(block, &compiled.diensten, functie, where, fault))
    {
        return 0;
    }

    compiled.naam = ggi_block_text(block, name);
    ggi_block_put(block, offset, &compiled, sizeof(compiled));

    return 1;
}


static int
ggi_functies_compile_all(ggi_block_t *block, ggi_document_t *start, json_t *root,
    const char *where, ggi_fault_t *fault)
{
    static const ggi_members_t  members = {
        "functies", sizeof(ggi_functie_t), ggi_functies_compile_one
    };

    return ggi_document_members(block, &((ggi_functies_t *) start)->functies, &members, root,
                                where, fault);
}


/* Checks the members that only functions have. Returns 1, or 0 with the fault. */
static int
ggi_functies_compile_top(ggi_block_t *block, ggi_document_t *start, json_t *root,
    const char *where, ggi_fault_t *fault)
{
    ggi_str_t  naam;                    /* for people who read the JSON */

    static const char  *known[] = {
        "toepassing", "naam", "versie", "geldig_van", "geldig_tot", "functies"
    };

    (void) block;
    (void) start;

    return ggi_source_text(root, where, "naam", GGI_SOURCE_OPTIONAL, &naam, fault)
           && ggi_source_members(root, where, known,
                                 sizeof(known) / sizeof(char *), fault);
}


_Static_assert(sizeof(ggi_functies_t) <= GGI_DOCUMENT_START_MAX, "the start of functions");

const ggi_document_shape_t  ggi_functies_shape = {
    sizeof(ggi_functies_t), "toepassing", ggi_functie_name_valid, GGI_PLAIN_NAME_TOLD,
    ggi_functies_compile_top, ggi_functies_compile_all
};


ggi_functies_t *
ggi_functies_parse(const char *text, size_t len, const ggi_str_t *toepassing,
    ggi_fault_t *fault)
{
    return (ggi_functies_t *) ggi_document_parse(&ggi_functies_shape, text, len,
                                                 toepassing, fault);
}


const ggi_document_kind_t  ggi_functies_kind = {
    "applications", "toepassingen", "application", "functies", &ggi_functies_shape
};


int
ggi_functies_read(ggi_documents_t *applications, const char *file, ggi_fault_t *fault)
{
    return ggi_documents_read(&ggi_functies_kind, applications, file, fault);
}


/* Returns the most that any function of an application has about a dienst. */
static int
ggi_functies_have_one(const ggi_functies_t *functies, ggi_str_t dienst)
{
    int                   has, one;
    size_t                i;
    const ggi_functie_t  *functie;

    for (i = 0, has = GGI_HAS_NOT; (functie = ggi_functie_at(functies, i)); i++) {
        one = ggi_agreement_has(&functies->document, functie->diensten, dienst);
        has = (one > has) ? one : has;
    }

    return has;
}


int
ggi_functies_have(const ggi_documents_t *applications, ggi_str_t dienst)
{
    int     has, one;
    size_t  i;

    for (i = 0, has = GGI_HAS_NOT; i < applications->n && has != GGI_HAS_VELDEN; i++) {
        one = ggi_functies_have_one((const ggi_functies_t *) applications->documents[i],
                                    dienst);
        has = (one > has) ? one : has;
    }

    return has;
}
