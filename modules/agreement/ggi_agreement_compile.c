/* SPDX-License-Identifier: EUPL-1.2 */

/* From JSON to what is agreed, in a block of memory without pointers. */

#include "ggi_agreement_compile.h"

#include <stdio.h>
#include <stdlib.h>

#include "ggi_path.h"
#include "ggi_time.h"
#include "ggi_velden_compile.h"


/* A pattern has to be a path that can occur, and a "*" a whole segment. */
static int
ggi_agreement_check_pad(ggi_str_t pad, const char *place, ggi_fault_t *fault)
{
    size_t       k;
    const char  *p;

    p = pad.data;

    if (!ggi_path_plain(pad)) {
        return ggi_fault(fault, place, "invalid, expected a path such as "
                         "\"/brp/personen\", without empty or dot segments "
                         "and backslashes");
    }

    for (k = 0; k < pad.len; k++) {
        if (p[k] == '?' || p[k] == '#' || p[k] == '%') {
            return ggi_fault(fault, place, "invalid, expected a path "
                             "without \"?\", \"#\" and percent-encoding");
        }

        if (p[k] != '*' || p[k - 1] == '*') {
            continue;
        }

        if (p[k - 1] == '/'
            && (k + 1 == pad.len || p[k + 1] == '/'
                || (p[k + 1] == '*' && k + 2 == pad.len)))
        {
            continue;
        }

        return ggi_fault(fault, place, "invalid, expected \"*\" as a whole "
                         "segment, or \"**\" as the last");
    }

    return 1;
}


static int
ggi_agreement_check_paden(json_t *paden, const char *where, ggi_fault_t *fault)
{
    char    place[GGI_SOURCE_WHERE_MAX];
    size_t  i;

    for (i = 0; i < json_array_size(paden); i++) {
        if (!ggi_source_is_text(json_array_get(paden, i))) {
            continue;                   /* a fault that has been told */
        }

        ggi_where(place, "%s.paden[%zu]", where, i);

        if (!ggi_agreement_check_pad(ggi_source_item(paden, i), place, fault)) {
            return 0;
        }
    }

    return 1;
}


static int
ggi_agreement_compile_one(ggi_block_t *block, uint32_t offset, const char *naam,
    json_t *dienst, const char *parent, ggi_fault_t *fault)
{
    char                where[GGI_SOURCE_WHERE_MAX];
    json_t             *methoden, *paden, *doelbindingen, *namens;
    ggi_str_t           text;
    ggi_agreement_t     compiled;
    static const char  *known[] = {
        "methoden", "paden", "doelbindingen", "namens", "velden"
    };

    ggi_where(where, "%s.diensten.%.64s", parent, naam);

    if (!json_is_object(dienst)) {
        return ggi_fault(fault, where, "invalid, expected an object");
    }

    if (!ggi_source_list(dienst, where, "methoden", GGI_SOURCE_REQUIRED, &methoden, fault)
        || !ggi_source_list(dienst, where, "paden", GGI_SOURCE_REQUIRED, &paden, fault)
        || !ggi_source_list(dienst, where, "doelbindingen", GGI_SOURCE_REQUIRED, &doelbindingen,
                            fault)
        || !ggi_source_list(dienst, where, "namens", GGI_SOURCE_OPTIONAL, &namens, fault)
        || !ggi_agreement_check_paden(paden, where, fault)
        || !ggi_velden_compile(block, &compiled.velden, dienst, where, fault)
        || !ggi_source_members(dienst, where, known,
                               sizeof(known) / sizeof(char *), fault))
    {
        return 0;
    }

    text.data = naam;
    text.len = strlen(naam);

    compiled.naam = ggi_block_text(block, text);
    compiled.methoden = ggi_block_list(block, methoden);
    compiled.paden = ggi_block_list(block, paden);
    compiled.doelbindingen = ggi_block_list(block, doelbindingen);
    compiled.namens = ggi_block_list(block, namens);
    ggi_block_put(block, offset, &compiled, sizeof(compiled));

    return 1;
}


int
ggi_document_members(ggi_block_t *block, ggi_ref_t *list, const ggi_members_t *members,
    json_t *object, const char *where, ggi_fault_t *fault)
{
    char         place[GGI_SOURCE_WHERE_MAX];
    json_t      *held, *value;
    uint32_t     offset;
    const char  *naam;

    held = json_object_get(object, members->member);

    if (!json_is_object(held)) {
        ggi_where(place, "%s.%s", where, members->member);
        return ggi_fault(fault, place, "%s, expected an object", held ? "invalid" : "missing");
    }

    list->len = (uint32_t) json_object_size(held);
    list->offset = ggi_block_add(block, list->len * members->size);
    offset = list->offset;

    json_object_foreach(held, naam, value) {
        if (!members->one(block, offset, naam, value, where, fault)) {
            return 0;
        }

        offset += (uint32_t) members->size;
    }

    return 1;
}


int
ggi_agreement_compile(ggi_block_t *block, ggi_ref_t *diensten, json_t *object,
    const char *where, ggi_fault_t *fault)
{
    static const ggi_members_t  members = {
        "diensten", sizeof(ggi_agreement_t), ggi_agreement_compile_one
    };

    return ggi_document_members(block, diensten, &members, object, where, fault);
}


/*
 * Checks how the key of a document is spelled, and that it is the expected one unless
 * that is NULL. Returns 1 to go on, or 0 with the fault.
 */
static int
ggi_document_check_key(const ggi_document_shape_t *shape, ggi_str_t key,
    const ggi_str_t *stored, const char *where, ggi_fault_t *fault)
{
    char  place[GGI_SOURCE_WHERE_MAX];

    ggi_where(place, "%s.%s", where, shape->key);

    if (key.len && !shape->key_valid(key)
        && !ggi_fault(fault, place, "invalid, expected %s", shape->key_expected))
    {
        return 0;
    }

    if (stored && key.len && !ggi_str_eq(key, *stored)
        && !ggi_fault(fault, place, "invalid, expected \"%.*s\", under which "
                      "it is stored", (int) stored->len, stored->data))
    {
        return 0;
    }

    return 1;
}


/* Checks that a document is valid for any time at all. Returns 1 to go on, or 0 with the fault. */
static int
ggi_document_check_validity(const ggi_document_t *document, const char *where,
    ggi_fault_t *fault)
{
    char  place[GGI_SOURCE_WHERE_MAX];

    if (document->geldig_van < document->geldig_tot) {
        return 1;
    }

    ggi_where(place, "%s.geldig_tot", where);

    return ggi_fault(fault, place, "invalid, expected a time after "
                     "geldig_van");
}


/* Compiles a version, as a number and as text. Returns 1, or 0 with the fault. */
static int
ggi_document_compile_versie(ggi_block_t *block, ggi_document_t *document,
    json_t *root, const char *where, ggi_fault_t *fault)
{
    char        text[GGI_SOURCE_WHERE_MAX];
    json_t     *versie;
    ggi_str_t   number;

    versie = json_object_get(root, "versie");

    if (!json_is_integer(versie) || json_integer_value(versie) < 0) {
        ggi_where(text, "%s.versie", where);
        return ggi_fault(fault, text, "%s, expected a whole number, 0 or more",
                         versie ? "invalid" : "missing");
    }

    document->versie = (int64_t) json_integer_value(versie);
    number.data = text;
    number.len = (size_t) snprintf(text, sizeof(text), "%lld",
                                   (long long) document->versie);
    document->versie_text = ggi_block_text(block, number);

    return 1;
}


/* Compiles how long a document is valid, and its version. Returns 1, or 0 with the fault. */
static int
ggi_document_compile_validity(ggi_block_t *block, ggi_document_t *document, json_t *root,
    const char *where, ggi_fault_t *fault)
{
    document->geldig_van = GGI_TIME_ALWAYS;
    document->geldig_tot = GGI_TIME_NEVER;

    return ggi_source_time(root, where, "geldig_van", GGI_SOURCE_OPTIONAL, &document->geldig_van,
                           fault)
           && ggi_source_time(root, where, "geldig_tot", GGI_SOURCE_OPTIONAL,
                              &document->geldig_tot, fault)
           && ggi_document_check_validity(document, where, fault)
           && ggi_document_compile_versie(block, document, root, where, fault);
}


/* Compiles all of a document but its start. Returns 1, or 0 with the fault. */
static int
ggi_document_compile_all(const ggi_document_shape_t *shape, ggi_block_t *block,
    ggi_document_t *start, json_t *root, const char *where, const ggi_str_t *stored,
    ggi_fault_t *fault)
{
    ggi_str_t  key = ggi_str("");

    if (!ggi_source_text(root, where, shape->key, GGI_SOURCE_REQUIRED, &key, fault)
        || !shape->top(block, start, root, where, fault)
        || !ggi_document_check_key(shape, key, stored, where, fault))
    {
        return 0;
    }

    start->key = ggi_block_text(block, key);

    return ggi_document_compile_validity(block, start, root, where, fault)
           && shape->body(block, start, root, where, fault);
}


ggi_document_t *
ggi_document_compile(const ggi_document_shape_t *shape, json_t *root,
    const char *where, const ggi_str_t *stored, ggi_fault_t *fault)
{
    int          compiled;
    size_t       faults;
    ggi_block_t  block;

    union {
        ggi_document_t  document;
        char            room[GGI_DOCUMENT_START_MAX];
    } start;

    faults = fault->n;
    memset(&block, 0, sizeof(block));
    memset(&start, 0, sizeof(start));

    if (!json_is_object(root)) {
        ggi_fault(fault, where, "invalid, expected an object");
        return NULL;
    }

    ggi_block_add(&block, shape->size);

    compiled = ggi_document_compile_all(shape, &block, &start.document, root, where, stored,
                                        fault);

    if (compiled && block.failed) {
        ggi_fault(fault, where, "too large, expected at most %d bytes compiled",
                  GGI_BLOCK_MAX);
    }

    if (!compiled || fault->n > faults) {
        free(block.data);
        return NULL;
    }

    start.document.size = (uint32_t) block.len;
    memcpy(block.data, &start, shape->size);

    return (ggi_document_t *) (void *) block.data;
}


ggi_document_t *
ggi_document_parse(const ggi_document_shape_t *shape, const char *text, size_t len,
    const ggi_str_t *stored, ggi_fault_t *fault)
{
    json_t          *root;
    ggi_document_t  *document;

    if (len > GGI_DOCUMENT_TEXT_MAX) {
        ggi_fault(fault, "$", "too large, expected at most %d bytes",
                  GGI_DOCUMENT_TEXT_MAX);
        return NULL;
    }

    root = ggi_source_parse(text, len, fault);
    if (root == NULL) {
        return NULL;
    }

    document = ggi_document_compile(shape, root, "$", stored, fault);
    json_decref(root);

    return document;
}
