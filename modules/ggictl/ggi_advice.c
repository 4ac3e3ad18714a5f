/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_advice.h"
#include "ggi_dienst_name.h"
#include "ggi_oin.h"
#include "ggi_target.h"
#include "ggi_time.h"


/* One dienst of a document, with what is needed to judge it. */
typedef struct {
    const char            *where;
    ggi_str_t              naam;
    json_t                *root;
    int64_t                now;
    const ggi_register_t  *reg;         /* NULL: no register was given */
    ggi_fault_t           *fault;
} ggi_advice_t;


/*
 * Returns 1 when a list has elements. Returns 0 when it is empty, after a warning, and
 * when it is no list, which is a fault that is reported elsewhere.
 */
static int
ggi_advice_list(const ggi_advice_t *advice, const char *key, json_t **list, const char *effect)
{
    char  place[GGI_SOURCE_WHERE_MAX];

    *list = json_object_get(advice->root, key);

    if (!json_is_array(*list)) {
        return 0;
    }

    if (json_array_size(*list) == 0 && effect) {
        ggi_where(place, "%s.%s", advice->where, key);
        ggi_fault_warn(advice->fault, place, "empty, so that %s", effect);
    }

    return json_array_size(*list) > 0;
}


static void
ggi_advice_oin(ggi_str_t oin, const char *place, ggi_fault_t *fault)
{
    if (oin.data && !ggi_oin_valid(oin, NULL, 0)) {
        ggi_fault_warn(fault, place,
                       "\"%.*s\" is no OIN of the OIN-Stelsel: no caller has it, unless "
                       "\"ggi_pkio_oin_prefix\" allows its prefix",
                       (int) oin.len, oin.data);
    }
}


static void
ggi_advice_methoden(const ggi_advice_t *advice)
{
    char       place[GGI_SOURCE_WHERE_MAX];
    size_t     i;
    json_t    *list;
    ggi_str_t  method;

    if (!ggi_advice_list(advice, "methoden", &list, "no call is allowed")) {
        return;
    }

    for (i = 0; i < json_array_size(list); i++) {
        method = ggi_source_item(list, i);

        if (method.data && !ggi_target_method(method)) {
            ggi_where(place, "%s.methoden[%zu]", advice->where, i);
            ggi_fault_warn(advice->fault, place,
                           "no call has the method \"%.*s\": expected capitals", (int) method.len,
                           method.data);
        }
    }
}


static void
ggi_advice_namens(const ggi_advice_t *advice)
{
    char     place[GGI_SOURCE_WHERE_MAX];
    size_t   i;
    json_t  *list;

    if (!ggi_advice_list(advice, "namens", &list, NULL)) {
        return;
    }

    for (i = 0; i < json_array_size(list); i++) {
        ggi_where(place, "%s.namens[%zu]", advice->where, i);
        ggi_advice_oin(ggi_source_item(list, i), place, advice->fault);
    }
}


static void
ggi_advice_doelbinding(const ggi_advice_t *advice, const char *place, ggi_str_t id)
{
    const ggi_doelbinding_t  *found;

    found = ggi_register_find(advice->reg, id);

    if (found == NULL) {
        (void) ggi_fault(advice->fault, place, "\"%.*s\" is not in the register", (int) id.len,
                         id.data);
        return;
    }

    if (advice->now >= found->geldig_tot) {
        ggi_fault_warn(advice->fault, place, "\"%.*s\" has expired in the register", (int) id.len,
                       id.data);
    }

    if (!ggi_str_in(found->diensten, found->diensten_n, advice->naam)) {
        ggi_fault_warn(advice->fault, place, "\"%.*s\" is not for this dienst in the register",
                       (int) id.len, id.data);
    }
}


static void
ggi_advice_doelbindingen(const ggi_advice_t *advice)
{
    char       place[GGI_SOURCE_WHERE_MAX];
    size_t     i;
    json_t    *list;
    ggi_str_t  id;

    if (!ggi_advice_list(advice, "doelbindingen", &list, "no claim is allowed")
        || advice->reg == NULL) {
        return;
    }

    for (i = 0; i < json_array_size(list); i++) {
        id = ggi_source_item(list, i);

        if (id.data) {
            ggi_where(place, "%s.doelbindingen[%zu]", advice->where, i);
            ggi_advice_doelbinding(advice, place, id);
        }
    }
}


static void
ggi_advice_dienst(const ggi_advice_t *advice)
{
    json_t  *list;

    if (!ggi_dienst_name_valid(advice->naam)) {
        ggi_fault_warn(advice->fault, advice->where,
                       "no \"ggi_dienst\" can have this name: expected 1 to %d "
                       "characters a-z, 0-9, \"-\", \".\" or \"_\"",
                       GGI_DIENST_NAME_MAX);
    }

    ggi_advice_methoden(advice);
    (void) ggi_advice_list(advice, "paden", &list, "no call is allowed");
    ggi_advice_doelbindingen(advice);
    ggi_advice_namens(advice);
}


/*
 * Warns when the document expired long ago. One that expired lately may be about to be
 * renewed.
 */
static void
ggi_advice_expired(json_t *document, const char *where, int64_t now, ggi_fault_t *fault)
{
    char       place[GGI_SOURCE_WHERE_MAX];
    json_t    *value;
    int64_t    until;
    ggi_str_t  text;

    value = json_object_get(document, "geldig_tot");
    text.data = json_string_value(value);
    text.len = json_string_length(value);

    if (text.data && ggi_time_read(text, &until)
        && now - until > (int64_t) GGI_ADVICE_EXPIRED_DAYS * 24 * 3600)
    {
        ggi_where(place, "%s.geldig_tot", where);
        ggi_fault_warn(fault, place, "expired %lld days ago",
                       (long long) ((now - until) / (24 * 3600)));
    }
}


/* Returns a member of object when it has members itself; warns when it is empty. */
static json_t *
ggi_advice_members(json_t *object, const char *member, const char *where, ggi_fault_t *fault)
{
    char     place[GGI_SOURCE_WHERE_MAX];
    json_t  *members;

    members = json_object_get(object, member);

    if (json_is_object(members) && json_object_size(members) == 0) {
        ggi_where(place, "%s.%s", where, member);
        ggi_fault_warn(fault, place, "empty, so that no call is allowed");
    }

    return members;
}


/* Looks through what an object, at the JSON path where, agrees on about diensten. */
static void
ggi_advice_diensten(json_t *object, const char *where, int64_t now, const ggi_register_t *reg,
    ggi_fault_t *fault)
{
    char           place[GGI_SOURCE_WHERE_MAX];
    json_t        *diensten, *value;
    const char    *naam;
    ggi_advice_t   advice = { .where = place, .now = now, .reg = reg, .fault = fault };

    diensten = ggi_advice_members(object, "diensten", where, fault);

    json_object_foreach(diensten, naam, value) {
        ggi_where(place, "%s.diensten.%.64s", where, naam);
        advice.naam.data = naam;
        advice.naam.len = strlen(naam);
        advice.root = value;
        ggi_advice_dienst(&advice);
    }
}


void
ggi_advice_profile(json_t *profile, const char *where, int64_t now, const ggi_register_t *reg,
    ggi_fault_t *fault)
{
    char        place[GGI_SOURCE_WHERE_MAX];
    json_t     *value;
    ggi_str_t   oin;

    value = json_object_get(profile, "oin");
    oin.data = json_string_value(value);
    oin.len = json_string_length(value);

    if (oin.data && ggi_oin_spelled(oin)) {     /* anything else is a fault */
        ggi_where(place, "%s.oin", where);
        ggi_advice_oin(oin, place, fault);
    }

    ggi_advice_expired(profile, where, now, fault);
    ggi_advice_diensten(profile, where, now, reg, fault);
}


void
ggi_advice_functions(json_t *functions, const char *where, int64_t now,
    const ggi_register_t *reg, ggi_fault_t *fault)
{
    char         place[GGI_SOURCE_WHERE_MAX];
    json_t      *functies, *value;
    const char  *naam;

    ggi_advice_expired(functions, where, now, fault);
    functies = ggi_advice_members(functions, "functies", where, fault);

    json_object_foreach(functies, naam, value) {
        ggi_where(place, "%s.functies.%.64s", where, naam);
        ggi_advice_diensten(value, place, now, reg, fault);
    }
}


void
ggi_advice_consent(json_t *consent, const char *where, int64_t now,
    const ggi_register_t *reg, ggi_fault_t *fault)
{
    char                      place[GGI_SOURCE_WHERE_MAX];
    json_t                   *value;
    ggi_str_t                 id;
    const ggi_doelbinding_t  *found;

    ggi_advice_expired(consent, where, now, fault);
    value = json_object_get(consent, "doelbinding");

    if (reg == NULL || !ggi_source_is_text(value)) {
        return;
    }

    id.data = json_string_value(value);
    id.len = json_string_length(value);
    found = ggi_register_find(reg, id);
    ggi_where(place, "%s.doelbinding", where);

    if (found == NULL) {
        (void) ggi_fault(fault, place, "\"%.*s\" is not in the register", (int) id.len, id.data);

    } else if (!found->toestemming) {
        ggi_fault_warn(fault, place, "\"%.*s\" needs no consent by the register", (int) id.len,
                       id.data);
    }
}
