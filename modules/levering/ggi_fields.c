/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_fields.h"

#include "ggi_velden.h"


int
ggi_fields_add(ggi_fields_t *fields, ggi_str_t field)
{
    if (fields->n == GGI_FIELDS_MAX || !ggi_veld_valid(field)) {
        return 0;
    }

    fields->item[fields->n++] = field;

    return 1;
}


int
ggi_fields_read_alias(ggi_fields_alias_t *alias, ggi_str_t text, int named, ggi_str_t *at)
{
    alias->name = named ? ggi_str_cut(&text, '=') : text;
    alias->target = text;
    alias->target.len = named ? text.len : 0;
    *at = ggi_veld_valid(alias->name) ? alias->target : alias->name;

    return ggi_veld_valid(alias->name) && (!named || ggi_veld_valid(alias->target));
}


/* Returns the first of n aliases that is of a field or of a group above it, or NULL. */
static const ggi_fields_alias_t *
ggi_fields_find_alias(const ggi_fields_alias_t *aliases, size_t n, ggi_str_t field)
{
    while (n && !ggi_veld_within(aliases->name, field)) {
        aliases++;
        n--;
    }

    return n ? aliases : NULL;
}


/* Returns 1 when what a field answers as, under another name, is agreed on. */
static int
ggi_fields_alias_agreed(const ggi_fields_rules_t *rules, ggi_str_t field)
{
    char                       text[2 * GGI_VELD_MAX];
    ggi_str_t                  other;
    const ggi_fields_alias_t  *alias;

    alias = ggi_fields_find_alias(rules->aliases, rules->aliases_n, field);
    if (alias == NULL) {
        return 0;
    }

    other.data = text;
    other.len = alias->target.len + field.len - alias->name.len;
    memcpy(text, alias->target.data, alias->target.len);
    memcpy(text + alias->target.len, field.data + alias->name.len,
           field.len - alias->name.len);

    return ggi_velden_allow(rules->agreed, rules->agreed_n, other);
}


ggi_reason_e
ggi_fields_judge(const ggi_fields_t *fields, const ggi_fields_rules_t *rules,
    ggi_str_t *refused)
{
    size_t     i;
    ggi_str_t  field;

    for (i = 0; i < fields->n; i++) {
        field = fields->item[i];

        if (!ggi_velden_allow(rules->agreed, rules->agreed_n, field)
            && !ggi_fields_find_alias(rules->always, rules->always_n, field)
            && !ggi_fields_alias_agreed(rules, field))
        {
            *refused = field;
            return GGI_REASON_FIELD_NOT_AUTHORISED;
        }
    }

    return GGI_REASON_NONE;
}
