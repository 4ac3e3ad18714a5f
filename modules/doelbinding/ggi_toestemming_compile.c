/* SPDX-License-Identifier: EUPL-1.2 */

/* From the JSON of a consent to one block of memory without pointers. */

#include "ggi_toestemming_compile.h"

#include "ggi_dienst_name.h"
#include "ggi_oin.h"
#include "ggi_plain_name.h"


/* A text of a consent, and how it is spelled. */
typedef struct {
    const char  *member;
    size_t       offset;                /* of its ggi_ref_t in ggi_toestemming_t */
    int        (*valid)(ggi_str_t text);        /* NULL: any text is */
    const char  *expected;
} ggi_toestemming_text_t;


static const ggi_toestemming_text_t  ggi_toestemming_texts[] = {
    { "betrokkene", offsetof(ggi_toestemming_t, betrokkene), ggi_toestemming_betrokkene_valid,
      "the pseudonym of a person, as \"ggictl audit pseudonym\" writes it" },
    { "afnemer", offsetof(ggi_toestemming_t, afnemer), ggi_oin_spelled,
      "an OIN of 20 digits or letters" },
    { "doelbinding", offsetof(ggi_toestemming_t, doelbinding), NULL, NULL }
};

#define GGI_TOESTEMMING_TEXTS  (sizeof(ggi_toestemming_texts) / sizeof(ggi_toestemming_texts[0]))


/* Compiles one text of a consent. Returns 1, or 0 with the fault. */
static int
ggi_toestemming_compile_text(ggi_block_t *block, ggi_toestemming_t *toestemming,
    const ggi_toestemming_text_t *text, json_t *root, const char *where, ggi_fault_t *fault)
{
    char        place[GGI_SOURCE_WHERE_MAX];
    ggi_str_t   value = ggi_str("");
    ggi_ref_t  *ref;

    if (!ggi_source_text(root, where, text->member, GGI_SOURCE_REQUIRED, &value, fault)) {
        return 0;
    }

    ggi_where(place, "%s.%s", where, text->member);

    if (value.len && text->valid && !text->valid(value)
        && !ggi_fault(fault, place, "invalid, expected %s", text->expected))
    {
        return 0;
    }

    ref = (ggi_ref_t *) (void *) ((char *) toestemming + text->offset);
    *ref = ggi_block_text(block, value);

    return 1;
}


/* Checks the diensten of a consent. Returns 1, or 0 with the fault. */
static int
ggi_toestemming_check_diensten(json_t *diensten, const char *where, ggi_fault_t *fault)
{
    char    place[GGI_SOURCE_WHERE_MAX];
    size_t  i, n;

    n = json_array_size(diensten);

    if (n == 0 || n > GGI_TOESTEMMING_DIENSTEN_MAX) {
        ggi_where(place, "%s.diensten", where);
        return ggi_fault(fault, place, "invalid, expected 1 to %d diensten",
                         GGI_TOESTEMMING_DIENSTEN_MAX);
    }

    for (i = 0; i < n; i++) {
        ggi_where(place, "%s.diensten[%zu]", where, i);

        if (ggi_source_is_text(json_array_get(diensten, i))
            && !ggi_dienst_name_valid(ggi_source_item(diensten, i))
            && !ggi_fault(fault, place, "invalid, expected the name of a dienst"))
        {
            return 0;
        }
    }

    return 1;
}


/*
 * Looks for members that no consent has. Each is a fault, for a gate too, which ignores them in
 * other documents: a misspelt "ingetrokken" or "geldig_tot" would let calls in that the person
 * wanted to end. Returns 1, or 0 with the fault.
 */
static int
ggi_toestemming_members(json_t *root, const char *where, ggi_fault_t *fault)
{
    size_t       i;
    json_t      *value;
    const char  *name;

    static const char  *known[] = {
        "id", "versie", "betrokkene", "afnemer", "diensten", "doelbinding", "gegeven",
        "geldig_tot", "ingetrokken"
    };

    json_object_foreach(root, name, value) {
        for (i = 0; i < sizeof(known) / sizeof(char *) && strcmp(name, known[i]) != 0; i++) { }

        if (i == sizeof(known) / sizeof(char *)
            && !ggi_fault(fault, where, "unknown member \"%.64s\"", name))
        {
            return 0;
        }
    }

    return 1;
}


/* Compiles the texts of a consent, and looks for unknown members. Returns 1, or 0 with a fault. */
static int
ggi_toestemming_compile_top(ggi_block_t *block, ggi_document_t *start, json_t *root,
    const char *where, ggi_fault_t *fault)
{
    size_t  i;

    for (i = 0; i < GGI_TOESTEMMING_TEXTS; i++) {
        if (!ggi_toestemming_compile_text(block, (ggi_toestemming_t *) start,
                                          &ggi_toestemming_texts[i], root, where, fault))
        {
            return 0;
        }
    }

    return ggi_toestemming_members(root, where, fault);
}


/*
 * Compiles when a consent was given and withdrawn. It is valid from when it was given, so that
 * this has to be before geldig_tot. Returns 1, or 0 with the fault.
 */
static int
ggi_toestemming_compile_times(ggi_toestemming_t *toestemming, json_t *root, const char *where,
    ggi_fault_t *fault)
{
    char             place[GGI_SOURCE_WHERE_MAX];
    int64_t          withdrawn;
    ggi_document_t  *document;

    document = &toestemming->document;

    if (!ggi_source_time(root, where, "gegeven", GGI_SOURCE_REQUIRED, &document->geldig_van, fault)
        || !ggi_source_time(root, where, "ingetrokken", GGI_SOURCE_OPTIONAL, &withdrawn, fault))
    {
        return 0;
    }

    toestemming->withdrawn = (json_object_get(root, "ingetrokken") != NULL);

    if (document->geldig_van < document->geldig_tot) {
        return 1;
    }

    ggi_where(place, "%s.geldig_tot", where);

    return ggi_fault(fault, place, "invalid, expected a time after gegeven");
}


static int
ggi_toestemming_compile_body(ggi_block_t *block, ggi_document_t *start, json_t *root,
    const char *where, ggi_fault_t *fault)
{
    json_t             *diensten = NULL;
    ggi_toestemming_t  *toestemming = (ggi_toestemming_t *) start;

    if (!ggi_source_list(root, where, "diensten", GGI_SOURCE_REQUIRED, &diensten, fault)
        || (diensten && !ggi_toestemming_check_diensten(diensten, where, fault)))
    {
        return 0;
    }

    toestemming->diensten = ggi_block_list(block, diensten);

    return ggi_toestemming_compile_times(toestemming, root, where, fault);
}


_Static_assert(sizeof(ggi_toestemming_t) <= GGI_DOCUMENT_START_MAX, "the start of a consent");

const ggi_document_shape_t  ggi_toestemming_shape = {
    sizeof(ggi_toestemming_t), "id", ggi_toestemming_id_valid,
    "an id of " GGI_PLAIN_NAME_TOLD, ggi_toestemming_compile_top, ggi_toestemming_compile_body
};


ggi_toestemming_t *
ggi_toestemming_parse(const char *text, size_t len, const ggi_str_t *id, ggi_fault_t *fault)
{
    return (ggi_toestemming_t *) ggi_document_parse(&ggi_toestemming_shape, text, len, id, fault);
}


const ggi_document_kind_t  ggi_toestemmingen_kind = {
    "consents", "toestemmingen", "consent", "diensten", &ggi_toestemming_shape
};


int
ggi_toestemmingen_read(ggi_documents_t *toestemmingen, const char *file, ggi_fault_t *fault)
{
    return ggi_documents_read(&ggi_toestemmingen_kind, toestemmingen, file, fault);
}
