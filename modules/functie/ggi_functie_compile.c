/* SPDX-License-Identifier: EUPL-1.2 */

/* From the JSON of an application's functions to one block of memory without pointers. */

#include "ggi_functie_compile.h"

#include <stdlib.h>

#include "ggi_agreement_compile.h"


/*
 * Checks how the name of an application is spelled, and that it is the expected one
 * unless that is NULL. Returns 1 to go on, or 0 with the fault.
 */
static int
ggi_functies_check_name(ggi_str_t name, const ggi_str_t *expected,
    const char *where, ggi_fault_t *fault)
{
    char  place[GGI_SOURCE_WHERE_MAX];

    ggi_where(place, "%s.toepassing", where);

    if (name.len && !ggi_functie_name_valid(name)
        && !ggi_fault(fault, place, "invalid, expected 1 to %d letters, digits, \"-\", "
                      "\".\" and \"_\"", GGI_FUNCTIE_NAME_MAX))
    {
        return 0;
    }

    if (expected && name.len && !ggi_str_eq(name, *expected)
        && !ggi_fault(fault, place, "invalid, expected \"%.*s\", under which "
                      "it is stored", (int) expected->len, expected->data))
    {
        return 0;
    }

    return 1;
}


/* Compiles one function. Returns 1, or 0 with the fault. */
static int
ggi_functies_compile_one(ggi_block_t *block, uint32_t offset, const char *naam,
    json_t *functie, const char *parent, ggi_fault_t *fault)
{
    char                where[GGI_SOURCE_WHERE_MAX];
    ggi_str_t           name;
    ggi_functie_t       compiled;
    static const char  *known[] = { "diensten" };

    ggi_where(where, "%s.functies.%.64s", parent, naam);

    if (!json_is_object(functie)) {
        return ggi_fault(fault, where, "invalid, expected an object");
    }

    name.data = naam;
    name.len = strlen(naam);

    if (!ggi_functie_name_valid(name)
        && !ggi_fault(fault, where, "invalid name of a function, expected 1 to %d letters, "
                      "digits, \"-\", \".\" and \"_\"", GGI_FUNCTIE_NAME_MAX))
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


/* Compiles all functions of an application. Returns 1, or 0 with the fault. */
static int
ggi_functies_compile_all(ggi_block_t *block, ggi_functies_t *functies, json_t *root,
    const char *where, ggi_fault_t *fault)
{
    char         place[GGI_SOURCE_WHERE_MAX];
    json_t      *list, *functie;
    uint32_t     offset;
    const char  *naam;

    list = json_object_get(root, "functies");

    if (!json_is_object(list)) {
        ggi_where(place, "%s.functies", where);
        return ggi_fault(fault, place, "%s, expected an object",
                         list ? "invalid" : "missing");
    }

    functies->functies.len = (uint32_t) json_object_size(list);
    functies->functies.offset = ggi_block_add(block, functies->functies.len
                                                     * sizeof(ggi_functie_t));
    offset = functies->functies.offset;

    json_object_foreach(list, naam, functie) {
        if (!ggi_functies_compile_one(block, offset, naam, functie, where, fault)) {
            return 0;
        }

        offset += (uint32_t) sizeof(ggi_functie_t);
    }

    return 1;
}


/* Compiles the members at the top, except the functions. Returns 1, or 0 with the fault. */
static int
ggi_functies_compile_top(ggi_block_t *block, ggi_functies_t *functies, json_t *root,
    const char *where, const ggi_str_t *expected, ggi_fault_t *fault)
{
    ggi_str_t  toepassing, naam;

    static const char  *known[] = {
        "toepassing", "naam", "versie", "geldig_van", "geldig_tot", "functies"
    };

    memset(&toepassing, 0, sizeof(toepassing));
    memset(&naam, 0, sizeof(naam));

    if (!ggi_source_text(root, where, "toepassing", 1, &toepassing, fault)
        || !ggi_source_text(root, where, "naam", 0, &naam, fault)
        || !ggi_source_members(root, where, known,
                               sizeof(known) / sizeof(char *), fault)
        || !ggi_functies_check_name(toepassing, expected, where, fault))
    {
        return 0;
    }

    functies->document.key = ggi_block_text(block, toepassing);

    return ggi_document_compile(block, &functies->document, root, where, fault);
}


ggi_functies_t *
ggi_functies_compile(json_t *root, const char *where, const ggi_str_t *toepassing,
    ggi_fault_t *fault)
{
    size_t          faults;
    ggi_block_t     block;
    ggi_functies_t  functies;

    faults = fault->n;
    memset(&block, 0, sizeof(block));
    memset(&functies, 0, sizeof(functies));

    if (!json_is_object(root)) {
        ggi_fault(fault, where, "invalid, expected an object");
        return NULL;
    }

    ggi_block_add(&block, sizeof(ggi_functies_t));

    if (!ggi_functies_compile_top(&block, &functies, root, where, toepassing, fault)
        || !ggi_functies_compile_all(&block, &functies, root, where, fault))
    {
        free(block.data);
        return NULL;
    }

    return (ggi_functies_t *) ggi_document_finish(&block, &functies.document,
                                                  sizeof(functies), where, faults,
                                                  fault);
}


ggi_functies_t *
ggi_functies_parse(const char *text, size_t len, const ggi_str_t *toepassing,
    ggi_fault_t *fault)
{
    json_t          *root;
    ggi_functies_t  *functies;

    root = ggi_document_parse(text, len, fault);
    if (root == NULL) {
        return NULL;
    }

    functies = ggi_functies_compile(root, "$", toepassing, fault);
    json_decref(root);

    return functies;
}


static ggi_document_t *
ggi_functies_compile_document(json_t *root, const char *where, const ggi_str_t *key,
    ggi_fault_t *fault)
{
    return (ggi_document_t *) ggi_functies_compile(root, where, key, fault);
}


const ggi_document_kind_t  ggi_functies_kind = {
    "applications", "toepassingen", "toepassing", "application", "functies",
    ggi_functies_compile_document
};


int
ggi_functies_read(ggi_documents_t *applications, const char *file, ggi_fault_t *fault)
{
    return ggi_documents_read(&ggi_functies_kind, applications, file, fault);
}


/* Returns 1 when any function of an application has a dienst of this name, 0 otherwise. */
static int
ggi_functies_have_one(const ggi_functies_t *functies, ggi_str_t dienst)
{
    size_t                i;
    const ggi_functie_t  *functie;

    functie = (const ggi_functie_t *) (const void *)
              ((const char *) functies + functies->functies.offset);

    for (i = 0; i < functies->functies.len; i++) {
        if (ggi_agreement_find(&functies->document, functie[i].diensten, dienst)) {
            return 1;
        }
    }

    return 0;
}


int
ggi_functies_have(const ggi_documents_t *applications, ggi_str_t dienst)
{
    size_t  i;

    for (i = 0; i < applications->n; i++) {
        if (ggi_functies_have_one((const ggi_functies_t *) applications->documents[i],
                                  dienst))
        {
            return 1;
        }
    }

    return 0;
}
