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


/*
 * Reads the list of an option, which is checked, of *n fields or aliases. Returns 1, and *list,
 * which the caller frees with free(), or NULL without the option; or 0 after a message.
 */
static int
ggictl_explain_aliases(const ggictl_args_t *args, ggictl_option_e option,
    ggi_fields_alias_t **list, size_t *n)
{
    int        more;
    ggi_str_t  text, at;

    *list = NULL;
    *n = 0;

    if (args->option[option] == NULL) {
        return 1;
    }

    text = ggictl_str(args->option[option]);
    *list = calloc(text.len + 1, sizeof(ggi_fields_alias_t));

    if (*list == NULL) {
        (void) ggictl_fail("no memory");
        return 0;
    }

    do {
        more = text.len && memchr(text.data, ',', text.len);

        if (!ggi_fields_read_alias(&(*list)[(*n)++], ggi_str_cut(&text, ','),
                                   option == GGICTL_FIELDS_ALIAS, &at))
        {
            (void) ggictl_fail("%s: --%s: expected %s, and not \"%.*s\" as the path of a field",
                               args->command->name, ggictl_options[option].name,
                               ggictl_options[option].argument, (int) at.len, at.data);
            free(*list);
            return 0;
        }
    } while (more);

    return 1;
}


int
ggictl_explain_fields_check(const ggictl_args_t *args)
{
    size_t               i, n;
    ggi_fields_alias_t  *list;

    static const ggictl_option_e  options[] = { GGICTL_FIELDS_ALWAYS, GGICTL_FIELDS_ALIAS };

    for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {

        if (args->option[options[i]] && args->option[GGICTL_FIELDS] == NULL) {
            (void) ggictl_fail("%s: --%s is for the fields that --fields names",
                               args->command->name, ggictl_options[options[i]].name);
            return 0;
        }

        if (!ggictl_explain_aliases(args, options[i], &list, &n)) {
            return 0;
        }

        free(list);
    }

    return 1;
}


/*
 * Judges fields by n velden, and prints the first that is not agreed on. Sets *reason. Returns
 * the exit status.
 */
static int
ggictl_explain_agreed(const ggictl_args_t *args, const ggi_fields_t *fields,
    const ggi_str_t *velden, size_t n, ggi_reason_e *reason)
{
    ggi_str_t            refused = ggi_str("");
    ggi_fields_rules_t   rules = { .agreed = velden, .agreed_n = n };
    ggi_fields_alias_t  *always, *aliases;

    if (!ggictl_explain_aliases(args, GGICTL_FIELDS_ALWAYS, &always, &rules.always_n)) {
        return GGICTL_ERROR;
    }

    if (!ggictl_explain_aliases(args, GGICTL_FIELDS_ALIAS, &aliases, &rules.aliases_n)) {
        free(always);
        return GGICTL_ERROR;
    }

    rules.always = always;
    rules.aliases = aliases;
    *reason = ggi_fields_judge(fields, &rules, &refused);
    free(always);
    free(aliases);

    if (refused.len) {
        ggictl_say(args->result, "field: %.*s\n", (int) refused.len, refused.data);
        json_object_set_new(args->result, "field",
                            args->result ? ggictl_json_str(refused.data, refused.len) : NULL);
    }

    return GGICTL_OK;
}


/* Judges the fields of --fields, which are read as in a query. Returns as the caller does. */
static int
ggictl_explain_read(const ggictl_args_t *args, const ggi_str_t *velden, size_t n,
    ggi_reason_e *reason)
{
    int            rc;
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
    rc = GGICTL_OK;

    if (*reason == GGI_REASON_NONE) {
        ggictl_explain_asked(args, &fields);
        rc = ggictl_explain_agreed(args, &fields, velden, n, reason);
    }

    free(query);

    return rc;
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
