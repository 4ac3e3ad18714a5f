/* SPDX-License-Identifier: EUPL-1.2 */

/* From JSON to what is agreed, in a block of memory without pointers. */

#include "ggi_agreement_compile.h"

#include <stdio.h>
#include <stdlib.h>

#include "ggi_path.h"
#include "ggi_time.h"


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
        "methoden", "paden", "doelbindingen", "namens"
    };

    ggi_where(where, "%s.diensten.%.64s", parent, naam);

    if (!json_is_object(dienst)) {
        return ggi_fault(fault, where, "invalid, expected an object");
    }

    if (!ggi_source_list(dienst, where, "methoden", 1, &methoden, fault)
        || !ggi_source_list(dienst, where, "paden", 1, &paden, fault)
        || !ggi_source_list(dienst, where, "doelbindingen", 1, &doelbindingen,
                            fault)
        || !ggi_source_list(dienst, where, "namens", 0, &namens, fault)
        || !ggi_agreement_check_paden(paden, where, fault)
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
ggi_agreement_compile(ggi_block_t *block, ggi_ref_t *diensten, json_t *object,
    const char *where, ggi_fault_t *fault)
{
    char         place[GGI_SOURCE_WHERE_MAX];
    json_t      *list, *dienst;
    uint32_t     offset;
    const char  *naam;

    list = json_object_get(object, "diensten");

    if (!json_is_object(list)) {
        ggi_where(place, "%s.diensten", where);
        return ggi_fault(fault, place, "%s, expected an object",
                         list ? "invalid" : "missing");
    }

    diensten->len = (uint32_t) json_object_size(list);
    diensten->offset = ggi_block_add(block, diensten->len * sizeof(ggi_agreement_t));
    offset = diensten->offset;

    json_object_foreach(list, naam, dienst) {
        if (!ggi_agreement_compile_one(block, offset, naam, dienst, where, fault)) {
            return 0;
        }

        offset += (uint32_t) sizeof(ggi_agreement_t);
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


int
ggi_document_compile(ggi_block_t *block, ggi_document_t *document, json_t *root,
    const char *where, ggi_fault_t *fault)
{
    document->geldig_van = GGI_TIME_ALWAYS;
    document->geldig_tot = GGI_TIME_NEVER;

    return ggi_source_time(root, where, "geldig_van", 0, &document->geldig_van, fault)
           && ggi_source_time(root, where, "geldig_tot", 0, &document->geldig_tot, fault)
           && ggi_document_check_validity(document, where, fault)
           && ggi_document_compile_versie(block, document, root, where, fault);
}


ggi_document_t *
ggi_document_finish(ggi_block_t *block, ggi_document_t *start, size_t len,
    const char *where, size_t faults, ggi_fault_t *fault)
{
    if (block->failed) {
        ggi_fault(fault, where, "too large, expected at most %d bytes compiled",
                  GGI_BLOCK_MAX);
    }

    if (fault->n > faults) {
        free(block->data);
        return NULL;
    }

    start->size = (uint32_t) block->len;
    memcpy(block->data, start, len);

    return (ggi_document_t *) (void *) block->data;
}


json_t *
ggi_document_parse(const char *text, size_t len, ggi_fault_t *fault)
{
    if (len > GGI_DOCUMENT_TEXT_MAX) {
        ggi_fault(fault, "$", "too large, expected at most %d bytes",
                  GGI_DOCUMENT_TEXT_MAX);
        return NULL;
    }

    return ggi_source_parse(text, len, fault);
}
