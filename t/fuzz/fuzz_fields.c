/* SPDX-License-Identifier: EUPL-1.2 */

/* Fields that a call asks for: lines with a media type and a query, and then the body. */

#include "fuzz.h"

#include <jansson.h>

#include "ggi_fields.h"
#include "ggi_fields_json.h"
#include "ggi_fields_query.h"
#include "ggi_velden.h"

static const ggi_str_t  name = ggi_str("fields");


/* Every field that was read can be one, and is allowed by itself alone. */
static void
check_fields(const ggi_fields_t *fields)
{
    size_t              i;
    ggi_str_t           refused;
    ggi_fields_rules_t  rules = { .agreed_n = 1 };

    fuzz_check(fields->n > 0 && fields->n <= GGI_FIELDS_MAX);
    rules.agreed = fields->item;

    for (i = 0; i < fields->n; i++) {
        fuzz_check(ggi_veld_valid(fields->item[i]));
    }

    if (ggi_fields_judge(fields, &rules, &refused) != GGI_REASON_NONE) {
        fuzz_check(!ggi_veld_within(fields->item[0], refused));
    }
}


/* Another reader of JSON, which takes the last of members with the same name, finds the same fields. */
static void
check_json(const ggi_fields_t *fields, ggi_str_t body)
{
    size_t   i;
    json_t  *root, *list, *item;

    root = json_loadb(body.data, body.len, JSON_ALLOW_NUL, NULL);
    if (root == NULL) {
        return;                         /* it has bounds for numbers, and refuses half a surrogate pair */
    }

    list = json_object_get(root, "fields");
    fuzz_check(json_is_array(list) && json_array_size(list) == fields->n);

    json_array_foreach(list, i, item) {
        fuzz_check(json_string_length(item) == fields->item[i].len
                   && memcmp(json_string_value(item), fields->item[i].data,
                             fields->item[i].len) == 0);
    }

    json_decref(root);
}


/* A reader that takes the first argument of that name, without decoding names, finds nothing else. */
static void
check_query(const ggi_fields_t *fields, ggi_str_t args)
{
    size_t       i;
    ggi_str_t    first;
    const char  *value;

    value = memmem(args.data, args.len, "fields=", 7);
    fuzz_check(value != NULL);

    while (value != args.data && value[-1] != '&') {
        value = memmem(value + 1, args.len - (size_t) (value + 1 - args.data), "fields=", 7);
        fuzz_check(value != NULL);
    }

    first.data = value + 7;
    first.len = 0;

    for (i = (size_t) (first.data - args.data); i < args.len && ggi_is_digit(args.data[i]); i++) {
        first.len++;
    }

    /* digits are not encoded, so that those at the start of the value are those of the first field */
    fuzz_check(fields->item[0].len >= first.len
               && memcmp(fields->item[0].data, first.data, first.len) == 0);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char          *room;
    ggi_str_t      type, args, body;
    ggi_fields_t   fields;

    fuzz_begin(data, size);
    type = fuzz_line();
    args = fuzz_line();
    body = fuzz_rest();
    room = malloc(args.len + 1);
    fuzz_check(room != NULL);

    if (ggi_fields_type_is_json(type)) {
        fuzz_check(type.len > 12 && !memchr(type.data, ',', type.len));
    }

    fields.n = 0;

    if (ggi_fields_read_query(&fields, name, args, room) == GGI_REASON_NONE) {
        check_fields(&fields);
        check_query(&fields, args);
        fuzz_check(ggi_fields_query_has(args, name));
    }

    free(room);
    fuzz_check(ggi_fields_cookie_has(args, name) || !ggi_fields_query_has(args, name)
               || memchr(args.data, ',', args.len));
    fields.n = 0;

    if (ggi_fields_read_json(&fields, name, body) == GGI_REASON_NONE) {
        check_fields(&fields);
        check_json(&fields, body);
    }

    return fuzz_end();
}
