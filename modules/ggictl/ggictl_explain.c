/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ggi_dienst_name.h"
#include "ggi_json.h"
#include "ggi_niveau.h"
#include "ggi_oin.h"
#include "ggi_claim.h"
#include "ggi_target.h"
#include "ggi_time.h"
#include "ggi_uri.h"
#include "ggictl_caller.h"
#include "ggictl_explain.h"
#include "ggictl_explain_fields.h"
#include "ggictl_input.h"
#include "ggictl_kind.h"
#include "ggictl_out.h"
#include "ggictl_value.h"
#include "ggictl_warn.h"


/* Prints the entry of the register, and what leaves instead of its id at a consumer. */
static void
ggictl_explain_doelbinding(const ggictl_args_t *args, const ggi_doelbinding_t *found)
{
    json_t     *json;
    ggi_str_t   outside = ggi_str("");

    if (args->command->kind == &ggictl_kind_functie) {
        outside = found->outside;
    }

    ggictl_say(args->result, "doelbinding: %.*s, grondslag AVG %.*s %.*s\n", (int) found->doel.len,
               found->doel.data, (int) found->grondslag_avg.len, found->grondslag_avg.data,
               (int) found->grondslag_wet.len, found->grondslag_wet.data);

    if (outside.len) {
        ggictl_say(args->result, "extern: %.*s\n", (int) outside.len, outside.data);
    }

    if (args->result) {
        json = json_pack(
            "{s:o, s:o, s:o}", "doel", ggictl_json_str(found->doel.data, found->doel.len),
            "grondslag_avg", ggictl_json_str(found->grondslag_avg.data, found->grondslag_avg.len),
            "grondslag_wet", ggictl_json_str(found->grondslag_wet.data, found->grondslag_wet.len));
        json_object_set_new(args->result, "doelbinding", json);

        if (outside.len) {
            json_object_set_new(json, "extern", ggictl_json_str(outside.data, outside.len));
        }
    }
}


/* Prints the level of assurance that is asked of the call, if any. */
static void
ggictl_explain_niveau(const ggictl_args_t *args, ggi_niveau_e asked)
{
    ggi_str_t  name = ggi_niveau_name(asked);

    if (name.len) {
        ggictl_say(args->result, "betrouwbaarheidsniveau_vereist: %s\n", name.data);
        json_object_set_new(args->result, "betrouwbaarheidsniveau_vereist",
                            json_string(name.data));
    }
}


/*
 * Judges the claim by the register, for a call that the document allows, and sets
 * *reason. Returns the exit status.
 */
static int
ggictl_explain_claim(const ggictl_args_t *args, const ggi_document_t *document,
    const ggi_agreement_t *dienst, int64_t now, ggi_reason_e *reason)
{
    size_t                    i, n;
    ggi_str_t                *doelbindingen;
    const char               *path;
    ggi_fault_t               fault;
    ggictl_warn_t             warn;
    ggi_register_t            reg;
    ggi_claim_query_t         query;
    const ggi_doelbinding_t  *found;

    query.claim = ggictl_value(args->option[GGICTL_CLAIM]);
    query.niveau = ggictl_value(args->option[GGICTL_NIVEAU]);
    query.asked = ggi_niveau_read(ggictl_str(args->option[GGICTL_ASKED]));

    if (query.claim.len == 0) {
        *reason = GGI_REASON_CLAIM_MISSING;
        return GGICTL_OK;
    }

    if (!ggi_value_well_formed(query.claim) || !ggi_value_well_formed(query.niveau)) {
        *reason = GGI_REASON_CLAIM_MALFORMED;
        return GGICTL_OK;
    }

    path = ggictl_warn_input(&warn, &fault, args->result, args->option[GGICTL_REGISTER]);

    if (path == NULL) {
        return GGICTL_ERROR;
    }

    if (!ggi_register_read(&reg, path, &fault)) {
        return ggictl_fail("%s: %s", warn.name, fault.text);
    }

    n = dienst->doelbindingen.len;
    doelbindingen = calloc(n + 1, sizeof(ggi_str_t));

    if (doelbindingen == NULL) {
        ggi_register_free(&reg);
        return ggictl_fail("no memory");
    }

    for (i = 0; i < n; i++) {
        doelbindingen[i] = ggi_document_item(document, dienst->doelbindingen, i);
    }

    query.now = now;
    query.dienst = ggictl_str(args->option[GGICTL_DIENST]);
    query.profile = doelbindingen;
    query.profile_n = n;

    *reason = ggi_claim_judge(&reg, &query, &found);

    if (found) {
        ggictl_explain_doelbinding(args, found);
    }

    ggictl_explain_niveau(args, ggi_claim_asked(&query, found));

    free(doelbindingen);
    ggi_register_free(&reg);

    return GGICTL_OK;
}


static void
ggictl_explain_list(const ggictl_args_t *args, const char *title,
    const ggi_document_t *document, ggi_ref_t list)
{
    size_t      i;
    json_t     *array;
    ggi_str_t   item;

    array = args->result ? json_array() : NULL;
    ggictl_say(args->result, "%s:", title);

    for (i = 0; i < list.len; i++) {
        item = ggi_document_item(document, list, i);
        ggictl_say(args->result, " %.*s", (int) item.len, item.data);
        json_array_append_new(array, array ? ggictl_json_str(item.data, item.len) : NULL);
    }

    ggictl_say(args->result, "\n");
    json_object_set_new(args->result, title, array);
}


/*
 * Prints what the document says about the call, before the verdict. dienst is NULL when it
 * does not have the dienst.
 */
static void
ggictl_explain_document(const ggictl_args_t *args, const ggi_document_t *document,
    const ggi_agreement_t *dienst)
{
    ggi_str_t             title;
    const ggictl_kind_t  *kind = args->command->kind;

    title = kind->titled(document);
    ggictl_say(args->result, "%s: version %" PRId64 ", %.*s\n", kind->stored->name,
               document->versie, (int) title.len, title.data);

    if (args->result) {
        json_object_set_new(args->result, "versie", json_integer((json_int_t) document->versie));
        json_object_set_new(args->result, kind->title, ggictl_json_str(title.data, title.len));
    }

    if (dienst) {
        ggictl_explain_list(args, "methoden", document, dienst->methoden);
        ggictl_explain_list(args, "paden", document, dienst->paden);
        ggictl_explain_list(args, "doelbindingen", document, dienst->doelbindingen);
        ggictl_explain_list(args, "namens", document, dienst->namens);
        ggictl_explain_list(args, "velden", document, dienst->velden);
    }
}


/*
 * Prints the verdict. status is the HTTP status of the refusal, or 0 for that of the
 * reason. Returns the exit status.
 */
static int
ggictl_explain_verdict(const ggictl_args_t *args, ggi_reason_e reason, int status)
{
    const ggi_reason_t  *info;

    info = ggi_reason_get(reason);
    status = status ? status : info->status;
    json_object_set_new(args->result, "decision", json_boolean(reason == GGI_REASON_NONE));
    json_object_set_new(args->result, "claim_judged",
                        json_boolean(args->option[GGICTL_REGISTER] != NULL));

    if (reason == GGI_REASON_NONE) {
        if (args->option[GGICTL_REGISTER]) {
            ggictl_say(args->result, "allowed\n");

        } else {
            ggictl_say(args->result, "allowed by the %s; the claim was not judged: "
                       "--register names the register\n", args->command->kind->stored->name);
        }

        return GGICTL_OK;
    }

    ggictl_say(args->result, "refused: %s (%d)\n%s\n", info->name, status,
               info->detail[GGI_LANG_EN]);

    json_object_set_new(args->result, "reason", json_string(info->name));
    json_object_set_new(args->result, "status", json_integer(status));
    json_object_set_new(args->result, "detail", json_string(info->detail[GGI_LANG_EN]));

    return GGICTL_NO;
}


/*
 * Judges the call by the caller's document, the claim by the register if --register is
 * given, and the fields that it asks for; sets *reason. Returns the exit status.
 */
static int
ggictl_explain_judge(const ggictl_args_t *args, const ggi_document_t *document,
    const ggi_agreement_query_t *query, const ggi_str_t *destination, ggi_reason_e *reason)
{
    int                     rc;
    const ggictl_kind_t    *kind = args->command->kind;
    const ggi_agreement_t  *dienst, *written;
    ggi_agreement_query_t   writes;

    *reason = kind->judge(args, document, query, &dienst);

    if (*reason == GGI_REASON_NONE && destination) {
        writes = *query;
        writes.path = *destination;
        *reason = kind->judge(args, document, &writes, &written);
    }

    if (*reason == GGI_REASON_NONE && query->on_behalf_of.len > GGI_OIN_LEN) {
        *reason = GGI_REASON_ON_BEHALF_OF_NOT_AUTHORISED;
    }

    ggictl_explain_document(args, document, dienst);

    rc = GGICTL_OK;

    if (*reason == GGI_REASON_NONE && args->option[GGICTL_REGISTER]) {
        rc = ggictl_explain_claim(args, document, dienst, query->now, reason);
    }

    if (rc == GGICTL_OK && *reason == GGI_REASON_NONE) {
        rc = ggictl_explain_fields(args, document, dienst, reason);
    }

    return rc;
}


/*
 * Prints a decoded path under a name, as a JSON string in which no two paths look alike.
 * Returns 1, or 0 without memory.
 */
static int
ggictl_explain_path(const ggictl_args_t *args, const char *name, ggi_str_t path)
{
    char        *shown, *quoted;
    size_t       len, size;
    ggi_json_t   json;

    size = GGI_JSON_STR_MAX(0, 3 * path.len);
    shown = malloc(3 * path.len + size);

    if (shown == NULL) {
        return 0;
    }

    quoted = shown + 3 * path.len;
    len = ggi_uri_show(shown, path);
    ggi_json_init(&json, quoted, size);
    ggi_json_quote(&json, shown, len);

    ggictl_say(args->result, "%s: %.*s\n", name, (int) ggi_json_len(&json), quoted);
    json_object_set_new(args->result, name, args->result ? ggictl_json_str(shown, len) : NULL);
    free(shown);

    return 1;
}


/*
 * Sets the path of the query to the path that nginx makes of the target, and prints it.
 * *memory holds the path; the caller frees it with free(). Returns 0, the HTTP status
 * with which nginx rejects the call before a gate sees it, or -1 without memory.
 */
static int
ggictl_explain_request(const ggictl_args_t *args, ggi_agreement_query_t *query, char **memory)
{
    ggi_str_t  target = ggictl_str(args->option[GGICTL_PATH]);

    *memory = malloc(target.len + 1);

    if (*memory == NULL) {
        return -1;
    }

    if (!ggi_target_method(query->method) || !ggi_target_path(target, *memory, &query->path)) {
        return 400;
    }

    if (strcmp(query->method.data, "TRACE") == 0 || strcmp(query->method.data, "CONNECT") == 0) {
        return 405;
    }

    return ggictl_explain_path(args, "path", query->path) ? 0 : -1;
}


/*
 * Reads the path that COPY or MOVE write to, and prints it; it is empty when it cannot be
 * read. Other methods have none. *memory holds the path; the caller frees it with free().
 * Sets *found to 1 when there is one. Returns 1, or 0 without memory.
 */
static int
ggictl_explain_destination(const ggictl_args_t *args, ggi_str_t *destination, int *found,
    char **memory)
{
    ggi_str_t    reference = ggictl_str(args->option[GGICTL_DESTINATION]);
    const char  *method = args->option[GGICTL_METHOD];

    *memory = NULL;
    *found = 0;

    if (args->option[GGICTL_DESTINATION] == NULL
        || (strcmp(method, "COPY") != 0 && strcmp(method, "MOVE") != 0))
    {
        return 1;
    }

    *memory = malloc(reference.len + 1);

    if (*memory == NULL) {
        return 0;
    }

    *found = 1;

    if (!ggi_uri_path(reference, *memory, destination)) {
        destination->data = *memory;
        destination->len = 0;
    }

    return ggictl_explain_path(args, "destination", *destination);
}


/*
 * Judges the call, and prints what is found on the way and the verdict. Returns the
 * exit status.
 */
static int
ggictl_explain_call(const ggictl_args_t *args, const ggi_agreement_query_t *query,
    const ggi_str_t *destination)
{
    int              rc;
    ggi_reason_e     reason;
    ggi_document_t  *document;

    rc = ggictl_caller(args, &document, &reason);

    if (rc == GGICTL_OK && document) {
        rc = ggictl_explain_judge(args, document, query, destination, &reason);
    }

    free(document);

    return (rc == GGICTL_OK) ? ggictl_explain_verdict(args, reason, 0) : rc;
}


/*
 * Checks what no call can have, and that what it is judged by can be read and is named once.
 * Returns 1, or 0 after a message.
 */
static int
ggictl_explain_check(const ggictl_args_t *args)
{
    const char   *name = args->command->name;
    const char   *dienst = args->option[GGICTL_DIENST];
    const char   *file = args->option[args->command->kind->file];
    const char   *reg = args->option[GGICTL_REGISTER];

    if (!ggictl_kind_oin_good(args)) {
        return 0;
    }

    if (!ggi_dienst_name_valid(ggictl_str(dienst))) {
        (void) ggictl_fail("%s: --dienst: no \"ggi_dienst\" can have the name \"%s\"", name,
                           dienst);
        return 0;
    }

    if (file && (args->option[GGICTL_REDIS] || args->option[GGICTL_REDIS_CA]
                 || args->option[GGICTL_REDIS_CERT] || args->option[GGICTL_REDIS_KEY]))
    {
        (void) ggictl_fail("%s: --%s and --redis are two sources: give one", name,
                           ggictl_options[args->command->kind->file].name);
        return 0;
    }

    if (!ggictl_explain_fields_check(args)) {
        return 0;
    }

    return (file == NULL || ggictl_input(file)) && (reg == NULL || ggictl_input(reg));
}


int
ggictl_explain(ggictl_args_t *args)
{
    int                     rc, status, writes;
    char                   *memory, *written;
    ggi_str_t               destination;
    const char             *at;
    ggi_agreement_query_t   query;

    at = args->option[GGICTL_AT];
    memset(&query, 0, sizeof(query));
    query.now = time(NULL);

    if (at && !ggi_time_read(ggictl_str(at), &query.now)) {
        return ggictl_fail("%s: --at: expected a date or a time of RFC 3339, not \"%s\"",
                           args->command->name, at);
    }

    if (!ggictl_explain_check(args)) {
        return GGICTL_ERROR;
    }

    query.oin = ggictl_str(args->option[GGICTL_OIN]);
    query.dienst = ggictl_str(args->option[GGICTL_DIENST]);
    query.method = ggictl_str(args->option[GGICTL_METHOD]);
    query.on_behalf_of = ggictl_str(args->option[GGICTL_NAMENS]);

    written = NULL;
    status = ggictl_explain_request(args, &query, &memory);

    if (status == -1
        || (status == 0 && !ggictl_explain_destination(args, &destination, &writes, &written)))
    {
        rc = ggictl_fail("no memory");

    } else if (status) {
        rc = ggictl_explain_verdict(args, GGI_REASON_REQUEST_REJECTED, status);

    } else {
        rc = ggictl_explain_call(args, &query, writes ? &destination : NULL);
    }

    free(written);
    free(memory);

    return rc;
}
