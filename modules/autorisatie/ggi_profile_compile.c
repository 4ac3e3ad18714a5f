/* SPDX-License-Identifier: EUPL-1.2 */

/* From the JSON of a profile to one block of memory without pointers. */

#include <stdio.h>
#include <stdlib.h>

#include "ggi_oin.h"
#include "ggi_path.h"
#include "ggi_profile_compile.h"
#include "ggi_time.h"


/* A block that grows; once it could not, every further addition fails. */
typedef struct {
    char    *data;
    size_t   len;
    size_t   size;
    int      failed;
} ggi_block_t;


/* Adds len zero bytes, aligned for every type in a profile. Returns their offset. */
static uint32_t
ggi_block_add(ggi_block_t *block, size_t len)
{
    char    *data;
    size_t   offset, size;

    offset = (block->len + 7) & ~(size_t) 7;

    if (block->failed || len > GGI_PROFILE_SIZE_MAX
        || offset + len > GGI_PROFILE_SIZE_MAX)
    {
        block->failed = 1;
        return 0;
    }

    if (offset + len > block->size) {
        size = 2 * (offset + len);

        data = realloc(block->data, size);
        if (data == NULL) {
            block->failed = 1;
            return 0;
        }

        block->data = data;
        block->size = size;
    }

    memset(block->data + block->len, 0, offset + len - block->len);
    block->len = offset + len;

    return (uint32_t) offset;
}


static ggi_ref_t
ggi_block_text(ggi_block_t *block, ggi_str_t text)
{
    ggi_ref_t  ref;

    ref.offset = ggi_block_add(block, text.len);
    ref.len = (uint32_t) text.len;

    if (!block->failed && text.len) {
        memcpy(block->data + ref.offset, text.data, text.len);
    }

    return ref;
}


static ggi_ref_t
ggi_block_list(ggi_block_t *block, json_t *list)
{
    size_t     i, n;
    ggi_ref_t  ref, item;

    n = list ? json_array_size(list) : 0;
    ref.offset = ggi_block_add(block, n * sizeof(ggi_ref_t));
    ref.len = (uint32_t) n;

    for (i = 0; i < n; i++) {
        item = ggi_block_text(block, ggi_source_item(list, i));

        if (!block->failed) {
            ((ggi_ref_t *) (block->data + ref.offset))[i] = item;
        }
    }

    return ref;
}


/* A pattern has to be a path that can occur, and a "*" a whole segment. */
static int
ggi_profile_check_pad(ggi_str_t pad, const char *place, ggi_fault_t *fault)
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
ggi_profile_check_paden(json_t *paden, const char *where, ggi_fault_t *fault)
{
    char    place[GGI_SOURCE_WHERE_MAX];
    size_t  i;

    for (i = 0; i < json_array_size(paden); i++) {
        if (!ggi_source_is_text(json_array_get(paden, i))) {
            continue;                   /* a fault that has been told */
        }

        ggi_where(place, "%s.paden[%zu]", where, i);

        if (!ggi_profile_check_pad(ggi_source_item(paden, i), place, fault)) {
            return 0;
        }
    }

    return 1;
}


static int
ggi_profile_compile_dienst(ggi_block_t *block, uint32_t offset, const char *naam,
    json_t *dienst, const char *parent, ggi_fault_t *fault)
{
    char                    where[GGI_SOURCE_WHERE_MAX];
    json_t                 *methoden, *paden, *doelbindingen, *namens;
    ggi_str_t               text;
    ggi_profile_dienst_t    compiled;
    static const char      *known[] = {
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
        || !ggi_profile_check_paden(paden, where, fault)
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

    if (!block->failed) {
        memcpy(block->data + offset, &compiled, sizeof(compiled));
    }

    return 1;
}


static int
ggi_profile_compile_diensten(ggi_block_t *block, ggi_profile_t *profile,
    json_t *root, const char *where, ggi_fault_t *fault)
{
    char         place[GGI_SOURCE_WHERE_MAX];
    json_t      *diensten, *dienst;
    uint32_t     offset;
    const char  *naam;

    diensten = json_object_get(root, "diensten");

    if (!json_is_object(diensten)) {
        ggi_where(place, "%s.diensten", where);
        return ggi_fault(fault, place, "%s, expected an object",
                         diensten ? "invalid" : "missing");
    }

    profile->diensten.len = (uint32_t) json_object_size(diensten);
    profile->diensten.offset = ggi_block_add(block,
                       profile->diensten.len * sizeof(ggi_profile_dienst_t));
    offset = profile->diensten.offset;

    json_object_foreach(diensten, naam, dienst) {
        if (!ggi_profile_compile_dienst(block, offset, naam, dienst, where,
                                        fault))
        {
            return 0;
        }

        offset += (uint32_t) sizeof(ggi_profile_dienst_t);
    }

    return 1;
}


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


/* Checks that a profile is valid for any time at all. Returns 1 to go on, or 0 with the fault. */
static int
ggi_profile_check_validity(const ggi_profile_t *profile, const char *where,
    ggi_fault_t *fault)
{
    char  place[GGI_SOURCE_WHERE_MAX];

    if (profile->geldig_van < profile->geldig_tot) {
        return 1;
    }

    ggi_where(place, "%s.geldig_tot", where);

    return ggi_fault(fault, place, "invalid, expected a time after "
                     "geldig_van");
}


/* Compiles the version of a profile, as a number and as text. Returns 1, or 0 with the fault. */
static int
ggi_profile_compile_versie(ggi_block_t *block, ggi_profile_t *profile,
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

    profile->versie = (int64_t) json_integer_value(versie);
    number.data = text;
    number.len = (size_t) snprintf(text, sizeof(text), "%lld",
                                   (long long) profile->versie);
    profile->versie_text = ggi_block_text(block, number);

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
    profile->geldig_van = GGI_TIME_ALWAYS;
    profile->geldig_tot = GGI_TIME_NEVER;

    if (!ggi_source_text(root, where, "oin", 1, &oin, fault)
        || !ggi_source_text(root, where, "naam", 0, &naam, fault)
        || !ggi_source_text(root, where, "glo", 0, &glo, fault)
        || !ggi_source_time(root, where, "geldig_van", 0, &profile->geldig_van,
                            fault)
        || !ggi_source_time(root, where, "geldig_tot", 0, &profile->geldig_tot,
                            fault)
        || !ggi_source_members(root, where, known,
                               sizeof(known) / sizeof(char *), fault)
        || !ggi_profile_check_oin(oin, expected, where, fault)
        || !ggi_profile_check_validity(profile, where, fault))
    {
        return 0;
    }

    profile->oin = ggi_block_text(block, oin);
    profile->naam = ggi_block_text(block, naam);
    profile->glo = ggi_block_text(block, glo);

    return ggi_profile_compile_versie(block, profile, root, where, fault);
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
        || !ggi_profile_compile_diensten(&block, &profile, root, where, fault))
    {
        free(block.data);
        return NULL;
    }

    if (block.failed) {
        ggi_fault(fault, where, "too large, expected at most %d bytes compiled",
                  GGI_PROFILE_SIZE_MAX);
    }

    if (fault->n > faults) {
        free(block.data);
        return NULL;
    }

    profile.size = (uint32_t) block.len;
    memcpy(block.data, &profile, sizeof(ggi_profile_t));

    return (ggi_profile_t *) (void *) block.data;
}


ggi_profile_t *
ggi_profile_parse(const char *text, size_t len, const ggi_str_t *oin,
    ggi_fault_t *fault)
{
    json_t         *root;
    ggi_profile_t  *profile;

    if (len > GGI_PROFILE_TEXT_MAX) {
        ggi_fault(fault, "$", "too large, expected at most %d bytes",
                  GGI_PROFILE_TEXT_MAX);
        return NULL;
    }

    root = ggi_source_parse(text, len, fault);
    if (root == NULL) {
        return NULL;
    }

    profile = ggi_profile_compile(root, "$", oin, fault);
    json_decref(root);

    return profile;
}
