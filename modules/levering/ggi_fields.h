/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The fields that a call asks for, such as "geboorte.datum", and whether they are agreed
 * on. What the call says is read strictly: wherever two readers could find other fields
 * in it, it is malformed.
 */

#ifndef GGI_FIELDS_H
#define GGI_FIELDS_H

#include "ggi_reason.h"
#include "ggi_str.h"

#define GGI_FIELDS_MAX  130             /* fields that a call may ask for, as of the BRP */


/* Begin with n 0. */
typedef struct {
    size_t     n;
    ggi_str_t  item[GGI_FIELDS_MAX];
} ggi_fields_t;


/*
 * A field that the source gives under another name, target, or adds to every answer by
 * itself: then target is "".
 */
typedef struct {
    ggi_str_t  name;
    ggi_str_t  target;
} ggi_fields_alias_t;


/* What fields are judged by. */
typedef struct {
    const ggi_str_t           *agreed;  /* for ggi_velden_allow() */
    size_t                     agreed_n;
    const ggi_fields_alias_t  *always;  /* what the source adds by itself */
    size_t                     always_n;
    const ggi_fields_alias_t  *aliases;
    size_t                     aliases_n;
} ggi_fields_rules_t;


/*
 * Adds a field, whose bytes have to live as long as fields. Returns 1; or 0 when it cannot
 * be the path of a field, or there are GGI_FIELDS_MAX already.
 */
int ggi_fields_add(ggi_fields_t *fields, ggi_str_t field);

/*
 * Reads what a call names as one field: text is the path of a field or, when named is 1, a
 * path, "=" and the path of the field that is given under that name. Sets alias->name and
 * alias->target, which point into text; without named the target is empty. Returns 1; or 0,
 * with *at set to the part of text that cannot be the path of a field.
 */
int ggi_fields_read_alias(ggi_fields_alias_t *alias, ggi_str_t text, int named, ggi_str_t *at);

/*
 * Judges all fields. Returns GGI_REASON_NONE, or GGI_REASON_FIELD_NOT_AUTHORISED with
 * *refused set to the first that is not agreed on. It takes no memory.
 */
ggi_reason_e ggi_fields_judge(const ggi_fields_t *fields,
    const ggi_fields_rules_t *rules, ggi_str_t *refused);


#endif
