/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>

#include "ggi_bsn.h"
#include "ggi_json.h"
#include "ggi_register.h"
#include "ggi_time.h"
#include "ggi_value.h"


static int
ggi_register_ordered(ggi_str_t a, ggi_str_t b)
{
    int     order;
    size_t  len;

    len = (a.len < b.len) ? a.len : b.len;
    order = len ? memcmp(a.data, b.data, len) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}


static int
ggi_register_compare(const void *one, const void *two)
{
    return ggi_register_ordered(((const ggi_doelbinding_t *) one)->id,
                                ((const ggi_doelbinding_t *) two)->id);
}


static int
ggi_register_vertrouwelijkheid(ggi_str_t value)
{
    static const ggi_str_t  known[] = {
        ggi_str("normaal"), ggi_str("vertrouwelijk"), ggi_str("opgeheven")
    };

    return value.len == 0
           || ggi_str_in(known, sizeof(known) / sizeof(ggi_str_t), value);
}


/*
 * Returns 1 when text is spelled as an ISO 8601 duration, such as P5Y or P1Y6MT12H, 0
 * otherwise. The order of its parts is not checked.
 */
static int
ggi_register_duration(ggi_str_t value)
{
    size_t  i, digits;

    if (value.len == 0) {
        return 1;
    }

    if (value.len < 3 || value.data[0] != 'P') {
        return 0;
    }

    digits = 0;

    for (i = 1; i < value.len; i++) {
        if (value.data[i] >= '0' && value.data[i] <= '9') {
            digits++;

        } else if (value.data[i] == 'T' ? digits > 0
                   : digits == 0 || strchr("YMWDHS", value.data[i]) == NULL)
        {
            return 0;

        } else {
            digits = 0;
        }
    }

    return digits == 0 && value.data[value.len - 1] != 'T';
}


/*
 * Reads the level of assurance that a doelbinding asks for. A word that is no level is
 * a fault: read as none, it would ask for nothing. Returns 1, or what ggi_fault()
 * returns.
 */
static int
ggi_register_niveau(ggi_doelbinding_t *d, json_t *root, const char *where,
    ggi_fault_t *fault)
{
    char       place[GGI_SOURCE_WHERE_MAX];
    ggi_str_t  word = ggi_str("");

    if (!ggi_source_text(root, where, "betrouwbaarheidsniveau", GGI_SOURCE_OPTIONAL, &word,
                         fault))
    {
        return 0;
    }

    d->niveau = ggi_niveau_read(word);

    if (word.len && d->niveau == GGI_NIVEAU_NONE) {
        ggi_where(place, "%s.betrouwbaarheidsniveau", where);
        return ggi_fault(fault, place, "invalid, expected \"laag\", "
                         "\"substantieel\" or \"hoog\"");
    }

    return 1;
}


/*
 * Reads whether a call needs the consent of whom it is about. A value of another type is a
 * fault: read as false, it would ask for nothing. Returns 1, or what ggi_fault() returns.
 */
static int
ggi_register_toestemming(ggi_doelbinding_t *d, json_t *root, const char *where,
    ggi_fault_t *fault)
{
    char     place[GGI_SOURCE_WHERE_MAX];
    json_t  *toestemming;

    toestemming = json_object_get(root, "toestemming");
    d->toestemming = json_is_true(toestemming);

    if (toestemming && !json_is_boolean(toestemming)) {
        ggi_where(place, "%s.toestemming", where);
        return ggi_fault(fault, place, "invalid, expected true or false");
    }

    return 1;
}


/*
 * Reads the id that another organisation gets instead of this one. Its gateway would
 * refuse one that is malformed. Returns 1, or what ggi_fault() returns.
 */
static int
ggi_register_outside(ggi_doelbinding_t *d, json_t *root, const char *where,
    ggi_fault_t *fault)
{
    char  place[GGI_SOURCE_WHERE_MAX];

    if (!ggi_source_text(root, where, "extern", GGI_SOURCE_OPTIONAL, &d->outside, fault)) {
        return 0;
    }

    if (!ggi_value_well_formed(d->outside)) {
        ggi_where(place, "%s.extern", where);
        return ggi_fault(fault, place, "invalid, expected text without control characters");
    }

    return 1;
}


static int
ggi_register_grondslag(ggi_doelbinding_t *d, json_t *root, const char *where,
    ggi_fault_t *fault)
{
    char                place[GGI_SOURCE_WHERE_MAX];
    json_t             *grondslag;
    static const char  *known[] = { "avg", "wet" };

    grondslag = json_object_get(root, "grondslag");
    ggi_where(place, "%s.grondslag", where);

    if (!json_is_object(grondslag)) {
        return ggi_fault(fault, place, "%s, expected an object",
                         grondslag ? "invalid" : "missing");
    }

    if (!ggi_source_text(grondslag, place, "avg", GGI_SOURCE_OPTIONAL, &d->grondslag_avg, fault)
        || !ggi_source_text(grondslag, place, "wet", GGI_SOURCE_OPTIONAL, &d->grondslag_wet,
                            fault)
        || !ggi_source_members(grondslag, place, known,
                               sizeof(known) / sizeof(char *), fault))
    {
        return 0;
    }

    if (d->grondslag_avg.len == 0 && d->grondslag_wet.len == 0) {
        return ggi_fault(fault, place, "invalid, expected \"avg\" or \"wet\"");
    }

    return 1;
}


static int
ggi_register_diensten(ggi_doelbinding_t *d, json_t *root, const char *where,
    ggi_fault_t *fault)
{
    size_t   i;
    json_t  *diensten;

    if (!ggi_source_list(root, where, "diensten", GGI_SOURCE_REQUIRED, &diensten, fault)) {
        return 0;
    }

    d->diensten_n = json_array_size(diensten);
    d->diensten = calloc(d->diensten_n + 1, sizeof(ggi_str_t));

    if (d->diensten == NULL) {
        return ggi_fault(fault, where, "no memory");
    }

    for (i = 0; i < d->diensten_n; i++) {
        d->diensten[i] = ggi_source_item(diensten, i);
    }

    return 1;
}


static void
ggi_register_member(ggi_json_t *json, const char *key, ggi_str_t text)
{
    if (text.len) {
        ggi_json_str(json, key, text.data, text.len);
    }
}


/*
 * Writes, once at start, the members that each record of a claim gets from its
 * doelbinding. Returns 1, or 0 with the fault when there is no memory.
 */
static int
ggi_register_members(ggi_doelbinding_t *d, const char *where,
    ggi_fault_t *fault)
{
    char        *buf, masked[GGI_SOURCE_TEXT_MAX + GGI_BSN_SPELLING_MAX];
    size_t       size;
    ggi_json_t   json;

    size = 128 + 6 * (d->id.len + d->grondslag_avg.len + d->grondslag_wet.len
                      + d->verwerkingsactiviteit.len + d->vertrouwelijkheid.len
                      + d->bewaartermijn.len);

    buf = malloc(size);
    if (buf == NULL) {
        return ggi_fault(fault, where, "no memory");
    }

    ggi_json_init(&json, buf, size);
    /* as a claim that is not known is recorded */
    ggi_register_member(&json, "doelbinding", ggi_bsn_masked(masked, GGI_SOURCE_TEXT_MAX, d->id));
    ggi_json_open(&json, "grondslag", '{');
    ggi_register_member(&json, "avg", d->grondslag_avg);
    ggi_register_member(&json, "wet", d->grondslag_wet);
    ggi_json_close(&json, '}');
    ggi_register_member(&json, "verwerkingsactiviteit",
                        d->verwerkingsactiviteit);
    ggi_register_member(&json, "vertrouwelijkheid", d->vertrouwelijkheid);
    ggi_register_member(&json, "bewaartermijn", d->bewaartermijn);

    d->members.data = buf;
    d->members.len = ggi_json_len(&json);

    return 1;
}


static int
ggi_register_doelbinding(ggi_doelbinding_t *d, json_t *root, const char *where,
    ggi_fault_t *fault)
{
    char                place[GGI_SOURCE_WHERE_MAX];
    static const char  *known[] = {
        "id", "doel", "grondslag", "verwerkingsactiviteit", "geldig_van",
        "geldig_tot", "diensten", "vertrouwelijkheid", "bewaartermijn",
        "betrouwbaarheidsniveau", "extern", "toestemming"
    };

    if (!json_is_object(root)) {
        return ggi_fault(fault, where, "invalid, expected an object");
    }

    d->geldig_van = GGI_TIME_ALWAYS;
    d->geldig_tot = GGI_TIME_NEVER;

    if (!ggi_source_text(root, where, "id", GGI_SOURCE_REQUIRED, &d->id, fault)
        || !ggi_source_text(root, where, "doel", GGI_SOURCE_REQUIRED, &d->doel, fault)
        || !ggi_register_grondslag(d, root, where, fault)
        || !ggi_source_text(root, where, "verwerkingsactiviteit", GGI_SOURCE_OPTIONAL,
                            &d->verwerkingsactiviteit, fault)
        || !ggi_source_text(root, where, "vertrouwelijkheid", GGI_SOURCE_OPTIONAL,
                            &d->vertrouwelijkheid, fault)
        || !ggi_source_text(root, where, "bewaartermijn", GGI_SOURCE_OPTIONAL,
                            &d->bewaartermijn, fault)
        || !ggi_register_niveau(d, root, where, fault)
        || !ggi_register_outside(d, root, where, fault)
        || !ggi_register_toestemming(d, root, where, fault)
        || !ggi_source_time(root, where, "geldig_van", GGI_SOURCE_OPTIONAL, &d->geldig_van, fault)
        || !ggi_source_time(root, where, "geldig_tot", GGI_SOURCE_OPTIONAL, &d->geldig_tot, fault)
        || !ggi_register_diensten(d, root, where, fault)
        || !ggi_source_members(root, where, known,
                               sizeof(known) / sizeof(char *), fault))
    {
        return 0;
    }

    if (!ggi_register_vertrouwelijkheid(d->vertrouwelijkheid)) {
        ggi_where(place, "%s.vertrouwelijkheid", where);

        if (!ggi_fault(fault, place, "invalid, expected \"normaal\", "
                       "\"vertrouwelijk\" or \"opgeheven\""))
        {
            return 0;
        }
    }

    if (!ggi_register_duration(d->bewaartermijn)) {
        ggi_where(place, "%s.bewaartermijn", where);
        return ggi_fault(fault, place, "invalid, expected an ISO 8601 duration "
                         "such as \"P5Y\"");
    }

    return ggi_register_members(d, where, fault);
}


static int
ggi_register_entries(ggi_register_t *reg, ggi_fault_t *fault)
{
    char     where[GGI_SOURCE_WHERE_MAX];
    size_t   i;
    json_t  *list, *root;

    list = json_object_get(reg->root, "doelbindingen");

    if (!json_is_array(list)) {
        return ggi_fault(fault, "$.doelbindingen", "%s, expected an array",
                         list ? "invalid" : "missing");
    }

    reg->doelbindingen = calloc(json_array_size(list) + 1,
                                sizeof(ggi_doelbinding_t));
    if (reg->doelbindingen == NULL) {
        return ggi_fault(fault, "$.doelbindingen", "no memory");
    }

    json_array_foreach(list, i, root) {
        ggi_where(where, "$.doelbindingen[%zu]", i);

        if (!ggi_register_doelbinding(&reg->doelbindingen[reg->n++], root,
                                      where, fault))
        {
            return 0;
        }
    }

    qsort(reg->doelbindingen, reg->n, sizeof(ggi_doelbinding_t),
          ggi_register_compare);

    for (i = 1; i < reg->n; i++) {
        if (reg->doelbindingen[i].id.len
            && ggi_str_eq(reg->doelbindingen[i - 1].id,
                          reg->doelbindingen[i].id)
            && !ggi_fault(fault, "$.doelbindingen", "id \"%.*s\" is used by "
                          "two entries, expected an id for each",
                          (int) reg->doelbindingen[i].id.len,
                          reg->doelbindingen[i].id.data))
        {
            return 0;
        }
    }

    return 1;
}


/* Writes, once at start, how records name the register. Returns 1, or 0 with the fault. */
static int
ggi_register_reference(ggi_register_t *reg, ggi_fault_t *fault)
{
    char        *buf;
    size_t       size;
    ggi_json_t   json;

    size = GGI_JSON_STR_MAX(strlen("urn:ggi:doelbindingen:"), reg->versie.len);
    buf = malloc(size);

    if (buf == NULL) {
        return ggi_fault(fault, "$.versie", "no memory");
    }

    ggi_json_init(&json, buf, size);
    ggi_json_prefixed(&json, NULL, "urn:ggi:doelbindingen:", reg->versie);
    reg->reference.data = buf;
    reg->reference.len = ggi_json_len(&json);

    return 1;
}


int
ggi_register_read(ggi_register_t *reg, const char *file, ggi_fault_t *fault)
{
    size_t              faults;
    static const char  *known[] = { "versie", "doelbindingen" };

    faults = fault->n;
    memset(reg, 0, sizeof(ggi_register_t));

    reg->root = ggi_source_read(file, fault);
    if (reg->root == NULL) {
        return 0;
    }

    if (!json_is_object(reg->root)) {
        ggi_fault(fault, "$", "invalid, expected an object");

    } else if (ggi_source_text(reg->root, "$", "versie", GGI_SOURCE_REQUIRED, &reg->versie, fault)
               && ggi_register_reference(reg, fault)
               && ggi_source_members(reg->root, "$", known,
                                     sizeof(known) / sizeof(char *), fault)
               && ggi_register_entries(reg, fault) && fault->n == faults)
    {
        return 1;
    }

    ggi_register_free(reg);

    return 0;
}


void
ggi_register_free(ggi_register_t *reg)
{
    size_t  i;

    for (i = 0; i < reg->n; i++) {
        free(reg->doelbindingen[i].diensten);
        free((char *) reg->doelbindingen[i].members.data);
    }

    free(reg->doelbindingen);
    free((char *) reg->reference.data);
    json_decref(reg->root);
    memset(reg, 0, sizeof(ggi_register_t));
}


const ggi_doelbinding_t *
ggi_register_find(const ggi_register_t *reg, ggi_str_t id)
{
    ggi_doelbinding_t  key = { .id = id };

    if (reg->n == 0) {
        return NULL;
    }

    return bsearch(&key, reg->doelbindingen, reg->n, sizeof(ggi_doelbinding_t),
                   ggi_register_compare);
}


/* Searches for an entry for the dienst; with consent 1, for one that needs consent. */
static int
ggi_register_search(const ggi_register_t *reg, ggi_str_t dienst, int consent)
{
    size_t                    i;
    const ggi_doelbinding_t  *d;

    for (i = 0; i < reg->n; i++) {
        d = &reg->doelbindingen[i];

        if (d->toestemming >= consent && ggi_str_in(d->diensten, d->diensten_n, dienst)) {
            return 1;
        }
    }

    return 0;
}


int
ggi_register_has(const ggi_register_t *reg, ggi_str_t dienst)
{
    return ggi_register_search(reg, dienst, 0);
}


int
ggi_register_needs_consent(const ggi_register_t *reg, ggi_str_t dienst)
{
    return ggi_register_search(reg, dienst, 1);
}
