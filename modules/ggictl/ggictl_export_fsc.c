/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggictl_export_fsc.h"


/* Returns the source: the caller, and on whose behalf it called. */
static json_t *
ggictl_export_fsc_source(const ggi_str_t *field)
{
    json_t  *source;

    source = json_pack("{s:s}", "type", field[GGI_LOGGED_NAMENS].len
                       ? "SOURCE_TYPE_DELEGATED_SOURCE" : "SOURCE_TYPE_SOURCE");
    ggictl_export_add(source, "outway_peer_id", field[GGI_LOGGED_OIN]);
    ggictl_export_add(source, "delegator_peer_id", field[GGI_LOGGED_NAMENS]);

    return source;
}


json_t *
ggictl_export_fsc(const ggi_str_t *field, const ggictl_processing_t *processing)
{
    json_t     *record, *destination;
    ggi_str_t   span;

    if (field[GGI_LOGGED_TRANSACTION].len == 0 || field[GGI_LOGGED_OIN].len == 0
        || field[GGI_LOGGED_DIENST].len == 0 || field[GGI_LOGGED_HOLDER].len == 0)
    {
        return NULL;
    }

    /* the span of the request that was sent on is that of the completion */
    span = field[GGI_LOGGED_API_SPAN];

    if (ggi_joined_is_undecided(processing->joined)) {
        span = processing->joined->end.logged.field[GGI_LOGGED_SPAN];
    }

    record = json_object();
    ggictl_export_add(record, "transaction_id", field[GGI_LOGGED_TRANSACTION]);
    json_object_set_new(record, "direction", json_string("DIRECTION_INCOMING"));
    json_object_set_new(record, "grant_hash",
                        json_string(processing->args->option[GGICTL_GRANT]));
    ggictl_export_add(record, "service_name", field[GGI_LOGGED_DIENST]);
    json_object_set_new(record, "created_at",
                        json_integer((json_int_t) (processing->start / 1000)));
    json_object_set_new(record, "source", ggictl_export_fsc_source(field));
    destination = json_pack("{s:s}", "type", "DESTINATION_TYPE_DESTINATION");
    ggictl_export_add(destination, "service_peer_id", field[GGI_LOGGED_HOLDER]);
    json_object_set_new(record, "destination", destination);
    ggictl_export_add(record, "trace_id", field[GGI_LOGGED_TRACE]);
    ggictl_export_add(record, "span_id", span);

    return record;
}
