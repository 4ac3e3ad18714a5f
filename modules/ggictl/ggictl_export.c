/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_logged_text.h"
#include "ggi_tally.h"
#include "ggictl_calls_all.h"
#include "ggictl_database.h"
#include "ggictl_export.h"
#include "ggictl_export_fsc.h"
#include "ggictl_export_object.h"
#include "ggictl_export_parts.h"
#include "ggictl_out.h"
#include "ggictl_show.h"
#include "ggictl_wanted.h"


/* A form of --as, which has one of both functions. */
typedef struct {
    const char  *as;

    /* writes a call, whatever it is; returns 1 when it has a place in the form */
    int        (*write)(const ggi_joined_t *joined);

    /* returns the object of a call that processed data, NULL for one that has no place */
    json_t    *(*make)(const ggi_str_t *field, const ggictl_processing_t *processing);
    const char  *head;                  /* what comes before the calls; NULL: nothing */
} ggictl_export_form_t;

typedef struct {
    const ggictl_args_t         *args;
    const ggictl_export_form_t  *form;
    size_t                       written;
} ggictl_export_t;


/* Writes an object as a line, and frees it. */
static int
ggictl_export_line(json_t *object)
{
    ggictl_json_write(stdout, object, JSON_COMPACT);
    json_decref(object);
    putchar('\n');

    return 1;
}


/*
 * Writes the decision about a call that was withdrawn as the gate makes one that it refuses for
 * the reason of the withdrawal.
 */
static int
ggictl_export_adl_withdrawn(const ggi_joined_t *joined)
{
    json_t     *record;
    ggi_str_t   reason;

    record = json_loadb(joined->first.line, joined->first.len, JSON_ALLOW_NUL, NULL);
    reason = ggi_joined_field(joined, GGI_LOGGED_REASON);

    if (!json_is_object(json_object_get(record, "body"))
        || !json_is_object(json_object_get(record, "attributes")))
    {
        json_decref(record);
        return 0;
    }

    json_object_set_new(record, "status", json_string("Error"));
    json_object_set_new(json_object_get(record, "attributes"), "ggi.withdrawn.reason",
                        ggictl_export_text(reason));
    json_object_set_new(json_object_get(record, "body"), "adl.core.response",
                        json_pack("{s:b, s:{s:o, s:i}}", "decision", 0, "context", "reason",
                                  ggictl_export_text(reason), "status", 503));

    return ggictl_export_line(record);
}


/* A decision as it stands in the log, which is a record of the Authorization Decision Log. */
static int
ggictl_export_adl(const ggi_joined_t *joined)
{
    if (ggi_joined_is_undecided(joined)) {
        return 0;
    }

    if (ggi_joined_is_withdrawn(joined)) {
        return ggictl_export_adl_withdrawn(joined);
    }

    ggictl_json_text(stdout, joined->first.line, joined->first.len);
    putchar('\n');

    return 1;
}


/* Returns 1 when a call has processed data, since it was let through, and sets what of it. */
static int
ggictl_export_processing(const ggi_joined_t *joined, ggictl_processing_t *processing)
{
    char              answer;
    ggi_str_t         status;
    ggi_tally_row_t   row;
    const ggi_str_t  *first = joined->first.logged.field;

    memset(&row, 0, sizeof(ggi_tally_row_t));
    ggi_tally_count(&row, joined);

    if (!row.allowed) {
        return 0;
    }

    status = joined->end.logged.field[GGI_LOGGED_ANSWER];
    answer = '\0';

    if (status.len) {
        answer = status.data[0];
    }

    /* an answer of 4xx is about wrong input, of which the standard says nothing of the status */
    processing->joined = joined;
    processing->code = (answer == '5') ? 2 : (answer >= '1' && answer <= '3') ? 1 : 0;
    processing->status = (processing->code == 2) ? "Error" : processing->code ? "Ok" : "Unset";
    processing->start = joined->first.logged.time - (ggi_joined_is_undecided(joined) ? row.ms : 0);
    processing->end = processing->start + row.ms;
    snprintf(processing->name, sizeof(processing->name), "%.*s %.*s",
             (int) first[GGI_LOGGED_METHOD].len, first[GGI_LOGGED_METHOD].data,
             (int) first[GGI_LOGGED_DIENST].len, first[GGI_LOGGED_DIENST].data);

    return 1;
}


/* Returns the attributes of a processing. */
static json_t *
ggictl_export_attributes(const ggi_str_t *field)
{
    json_t  *attributes;

    attributes = json_object();
    ggictl_export_add(attributes, "dpl.core.processing_activity_id", field[GGI_LOGGED_ACTIVITEIT]);
    ggictl_export_add(attributes, "dpl.core.data_subject_id", field[GGI_LOGGED_SUBJECT]);
    ggictl_export_add(attributes, "dpl.core.data_subject_id_type", field[GGI_LOGGED_SUBJECT_TYPE]);
    ggictl_export_add(attributes, "ggi.transaction_id", field[GGI_LOGGED_TRANSACTION]);
    ggictl_export_add(attributes, "ggi.call.oin", field[GGI_LOGGED_OIN]);
    ggictl_export_add(attributes, "ggi.call.doelbinding", field[GGI_LOGGED_DOELBINDING]);

    return attributes;
}


/* Returns the attributes of the gateway and of the organisation that answers for it. */
static json_t *
ggictl_export_resource(const ggi_str_t *field)
{
    json_t  *resource;

    resource = json_pack("{s:s}", "service.name", "ggi-gate");
    ggictl_export_add(resource, "service.instance.id", field[GGI_LOGGED_NODE]);
    ggictl_export_add(resource, "ggi.organisation.id", field[GGI_LOGGED_HOLDER]);
    ggictl_export_add(resource, "ggi.organisation.name", field[GGI_LOGGED_HOLDER_NAME]);

    return resource;
}


/* A processing as a record of Logboek Dataverwerkingen. */
static json_t *
ggictl_export_ldv(const ggi_str_t *field, const ggictl_processing_t *processing)
{
    json_t  *record;

    record = json_object();
    ggictl_export_add(record, "trace_id", field[GGI_LOGGED_TRACE]);
    ggictl_export_add(record, "span_id", field[GGI_LOGGED_SPAN]);
    ggictl_export_add(record, "parent_span_id", field[GGI_LOGGED_PARENT]);
    json_object_set_new(record, "status", json_string(processing->status));
    json_object_set_new(record, "name", ggictl_json_cstr(processing->name));
    json_object_set_new(record, "start_time", json_integer((json_int_t) processing->start));
    json_object_set_new(record, "end_time", json_integer((json_int_t) processing->end));
    json_object_set_new(record, "attributes", ggictl_export_attributes(field));
    json_object_set_new(record, "resource",
                        json_pack("{s:o}", "attributes", ggictl_export_resource(field)));

    return record;
}


/* Returns attributes as OTLP has them, and frees those that are given. */
static json_t *
ggictl_export_otlp_attributes(json_t *attributes)
{
    json_t      *list, *value;
    const char  *key;

    list = json_array();

    json_object_foreach(attributes, key, value) {
        json_array_append_new(list, json_pack("{s:s, s:{s:O}}", "key", key, "value",
                                              "stringValue", value));
    }

    json_decref(attributes);

    return list;
}


/* Returns a time in ns since the epoch, as a string. */
static json_t *
ggictl_export_ns(uint64_t ms)
{
    char  text[32];

    snprintf(text, sizeof(text), "%" PRIu64 "000000", ms);

    return json_string(text);
}


/* A processing as a request of OTLP to /v1/traces. */
static json_t *
ggictl_export_otlp(const ggi_str_t *field, const ggictl_processing_t *processing)
{
    json_t  *span, *resource;

    span = json_object();
    ggictl_export_add(span, "traceId", field[GGI_LOGGED_TRACE]);
    ggictl_export_add(span, "spanId", field[GGI_LOGGED_SPAN]);
    ggictl_export_add(span, "parentSpanId", field[GGI_LOGGED_PARENT]);
    json_object_set_new(span, "name", ggictl_json_cstr(processing->name));
    json_object_set_new(span, "kind", json_integer(2));         /* server */
    json_object_set_new(span, "startTimeUnixNano", ggictl_export_ns(processing->start));
    json_object_set_new(span, "endTimeUnixNano", ggictl_export_ns(processing->end));
    json_object_set_new(span, "attributes",
                        ggictl_export_otlp_attributes(ggictl_export_attributes(field)));
    json_object_set_new(span, "status", json_pack("{s:i}", "code", processing->code));
    resource = ggictl_export_otlp_attributes(ggictl_export_resource(field));

    return json_pack("{s:[{s:{s:o}, s:[{s:{s:s}, s:[o]}]}]}", "resourceSpans", "resource",
                     "attributes", resource, "scopeSpans", "scope", "name", "ggi-gate", "spans",
                     span);
}


/* Writes a value of CSV (RFC 4180). One that a spreadsheet would compute has a "'" before it. */
static void
ggictl_export_csv_text(ggi_str_t field)
{
    char    *text;
    size_t   i, len;

    text = malloc(field.len + 1);
    len = text ? ggi_logged_text_read(text, field) : 0;
    putchar('"');

    if (len && strchr("=+-@\t\r", text[0])) {
        putchar('\'');
    }

    for (i = 0; i < len; i++) {
        if (text[i] == '"') {
            putchar('"');
        }

        putchar(text[i]);
    }

    putchar('"');
    free(text);
}


static int
ggictl_export_csv(const ggi_joined_t *joined)
{
    char    time[GGICTL_SHOW_TIME + 1];
    size_t  i;

    static const ggi_logged_field_e  fields[] = {
        GGI_LOGGED_OIN, GGI_LOGGED_ORGANISATION, GGI_LOGGED_NAMENS, GGI_LOGGED_DIENST,
        GGI_LOGGED_DOELBINDING, GGI_LOGGED_VERWERKING, GGI_LOGGED_USER, GGI_LOGGED_TOEPASSING,
        GGI_LOGGED_SUBJECT, GGI_LOGGED_METHOD, GGI_LOGGED_PATH, GGI_LOGGED_DECISION,
        GGI_LOGGED_REASON, GGI_LOGGED_WOULD_REFUSE, GGI_LOGGED_TRANSACTION, GGI_LOGGED_TRACE,
        GGI_LOGGED_CLIENT, GGI_LOGGED_NETWERK, GGI_LOGGED_NODE, GGI_LOGGED_ANSWER
    };

    printf("\"%s\"", ggictl_show_time(time, joined->first.logged.time));

    for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        putchar(',');
        ggictl_export_csv_text(ggi_joined_field(joined, fields[i]));
    }

    putchar(',');
    ggictl_export_csv_text(joined->end.logged.field[GGI_LOGGED_DURATION]);
    fputs("\r\n", stdout);

    return 1;
}


/* Writes a call. Returns 1 when it has a place in the form, 0 when it has none. */
static int
ggictl_export_write(const ggictl_export_t *export, const ggi_joined_t *joined)
{
    json_t               *object;
    ggictl_processing_t   processing;

    if (export->form->write) {
        return export->form->write(joined);
    }

    processing.args = export->args;

    if (!ggictl_export_processing(joined, &processing)) {
        return 0;
    }

    object = export->form->make(joined->first.logged.field, &processing);

    return object && ggictl_export_line(object);
}


static int
ggictl_export_call(void *data, const ggi_joined_t *joined)
{
    ggictl_export_t  *export = data;

    if (ggi_joined_is_call(joined)) {
        export->written += (size_t) ggictl_export_write(export, joined);
    }

    return !ferror(stdout);
}


/* Returns the form that --as names, which is one of them. */
static const ggictl_export_form_t *
ggictl_export_form(const char *as)
{
    size_t  i;

    static const ggictl_export_form_t  forms[] = {
        { "adl", ggictl_export_adl, NULL, NULL },
        { "ldv", NULL, ggictl_export_ldv, NULL },
        { "otlp", NULL, ggictl_export_otlp, NULL },
        { "fsc", NULL, ggictl_export_fsc, NULL },
        { "verwerkingenlogging", NULL, ggictl_export_object, NULL },
        { "csv", ggictl_export_csv, NULL,
          "time,oin,organisation,on_behalf_of,dienst,doelbinding,verwerking,gebruiker,"
          "toepassing,data_subject,method,path,decision,reason,would_refuse,transaction,trace,"
          "client,netwerk,node,status,duration\r\n" }
    };

    for (i = sizeof(forms) / sizeof(forms[0]) - 1; i && strcmp(forms[i].as, as) != 0; i--) {
        /* void */
    }

    return &forms[i];
}


/* Writes the records of a database as they were written. Returns the exit status. */
static int
ggictl_export_log(const ggictl_args_t *args, const ggi_filter_t *filter)
{
    size_t        i, n;
    const char   *url;
    ggi_filter_t  known;

    /* a chain of which some records are left out would not verify */

    ggi_filter_init(&known);
    known.is[GGI_LOGGED_NODE].n = filter->is[GGI_LOGGED_NODE].n;

    for (i = 0; i < GGI_LOGGED_FIELDS && filter->is[i].n == known.is[i].n; i++) { /* void */ }

    url = args->option[GGICTL_FROM_DATABASE];

    if (url == NULL || args->n || i < GGI_LOGGED_FIELDS || filter->path.len) {
        return ggictl_fail("audit export: --as log takes --from postgresql://..., --node and times "
                           "alone");
    }

    if (!ggictl_database_log(url, filter, &n)) {
        return GGICTL_ERROR;
    }

    return n ? GGICTL_OK : GGICTL_NO;
}


/* Writes the calls of the log that have a place in the form. Returns the exit status. */
static int
ggictl_export_run(const ggictl_args_t *args, const ggictl_wanted_t *wanted, void *data)
{
    int               rc;
    ggictl_export_t  *export = data;

    if (strcmp(args->option[GGICTL_AS], "log") == 0) {
        return ggictl_export_log(args, &wanted->filter);
    }

    if ((strcmp(args->option[GGICTL_AS], "fsc") == 0) != (args->option[GGICTL_GRANT] != NULL)) {
        return ggictl_fail("audit export: --as fsc needs --grant, the hash of the grant by which "
                           "the calls were made, and no other form takes it");
    }

    export->args = args;
    export->form = ggictl_export_form(args->option[GGICTL_AS]);
    fputs(export->form->head ? export->form->head : "", stdout);
    rc = ggictl_calls_all(&wanted->filter, args, ggictl_export_call, export);

    return (rc == GGICTL_OK && export->written == 0) ? GGICTL_NO : rc;
}


int
ggictl_export(ggictl_args_t *args)
{
    ggictl_export_t  export;

    memset(&export, 0, sizeof(ggictl_export_t));

    return ggictl_wanted_run(args, 0, ggictl_export_run, &export);
}
