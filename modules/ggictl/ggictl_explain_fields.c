/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <stdlib.h>

#include "ggi_fields_query.h"
#include "ggi_velden.h"
#include "ggictl_explain_fields.h"
#include "ggictl_out.h"


/* Prints the fields that the call asks for. */
static void
ggictl_explain_asked(const ggictl_args_t *args, const ggi_fields_t *fields)
{
    size_t   i;
    json_t  *array;

    array = args->result ? json_array() : NULL;
    ggictl_say(args->result, "fields:");

    for (i = 0; i < fields->n; i++) {
        ggictl_say(args->result, " %.*s", (int) fields->item[i].len, fields->item[i].data);
        json_array_append_new(array, array ? ggictl_json_str(fields->item[i].data,
                                                             fields->item[i].len) : NULL);
    }

    ggictl_say(args->result, "\n");
    json_object_set_new(args->result, "fields", array);
}


/* Judges fields by n velden, and prints the first that is not agreed on. Returns the reason. */
static ggi_reason_e
ggictl_explain_agreed(const ggictl_args_t *args, const ggi_fields_t *fields,
    const ggi_str_t *velden, size_t n)
{
    ggi_str_t           refused = ggi_str("");
    ggi_reason_e        reason;
    ggi_fields_rules_t  rules = { .agreed = velden, .agreed_n = n };

    reason = ggi_fields_judge(fields, &rules, &refused);

    if (refused.len) {
        ggictl_say(args->result, "field: %.*s\n", (int) refused.len, refused.data);
        json_object_set_new(args->result, "field",
                            args->result ? ggictl_json_str(refused.data, refused.len) : NULL);
    }

    return reason;
}


/* Judges the fields of --fields, which are read as in a query. Returns as the caller does. */
static int
ggictl_explain_read(const ggictl_args_t *args, const ggi_str_t *velden, size_t n,
    ggi_reason_e *reason)
{
    char          *query;
    size_t         size;
    ggi_fields_t   fields = { .n = 0 };

    static const ggi_str_t  name = ggi_str("fields");

    size = sizeof("fields=") + strlen(args->option[GGICTL_FIELDS]);
    query = malloc(2 * size);

    if (query == NULL) {
        return ggictl_fail("no memory");
    }

    snprintf(query, size, "fields=%s", args->option[GGICTL_FIELDS]);
    *reason = ggi_fields_read_query(&fields, name, ggictl_str(query), query + size);

    if (*reason == GGI_REASON_NONE) {
        ggictl_explain_asked(args, &fields);
        *reason = ggictl_explain_agreed(args, &fields, velden, n);
    }

    free(query);

    return GGICTL_OK;
}


int
ggictl_explain_fields(const ggictl_args_t *args, const ggi_document_t *document,
    const ggi_agreement_t *dienst, ggi_reason_e *reason)
{
    int         rc;
    size_t      i, n;
    ggi_str_t  *velden;

    n = dienst->velden.len;
    velden = calloc(n + 1, sizeof(ggi_str_t));

    if (velden == NULL) {
        return ggictl_fail("no memory");
    }

    for (i = 0; i < n; i++) {
        velden[i] = ggi_document_item(document, dienst->velden, i);
    }

    rc = GGICTL_OK;

    if (args->option[GGICTL_FIELDS]) {
        rc = ggictl_explain_read(args, velden, n, reason);

    } else if (ggi_velden_limit(velden, n)) {
        ggictl_say(args->result, "the fields were not judged: --fields names them\n");
    }

    free(velden);

    return rc;
}
