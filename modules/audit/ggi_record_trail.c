/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The records in which the audit trail tells of itself, and what all its records say
 * of the machine.
 */

#define _GNU_SOURCE                     /* memmem() */
#include <stdlib.h>
#include <string.h>

#include "ggi_record_trail.h"

#include "ggi_version.h"


size_t
ggi_record_resource(char *buf, size_t size, ggi_str_t node, ggi_str_t host,
    ggi_str_t nginx, const ggi_organisation_t *organisation)
{
    ggi_json_t  json;

    ggi_json_init(&json, buf, size);
    ggi_json_open(&json, NULL, '{');
    ggi_json_word(&json, "service.name", nginx.len ? "ggi-gate" : "ggictl");
    ggi_json_word(&json, "service.version", GGI_VERSION);
    ggi_record_add_text(&json, "ggi.nginx.version", nginx);
    ggi_record_add_text(&json, "service.instance.id", node);
    ggi_record_add_text(&json, "host.name", host);

    if (organisation) {
        ggi_record_add_checked(&json, "ggi.organisation.id", organisation->oin);
        ggi_record_add_text(&json, "ggi.organisation.name", organisation->name);
    }

    ggi_json_close(&json, '}');

    return ggi_json_len(&json);
}


size_t
ggi_record_gap(char *buf, size_t size, const ggi_gap_t *gap, uint64_t time,
    ggi_chain_t *chain)
{
    ggi_json_t  json;

    ggi_record_open(&json, buf, size, chain);
    ggi_json_int(&json, "ggi.gap.records", (int64_t) gap->records);
    ggi_json_int(&json, "ggi.gap.from", (int64_t) gap->from);
    ggi_json_int(&json, "ggi.gap.to", (int64_t) gap->to);
    ggi_record_add_text(&json, "ggi.gap.reason", gap->reason);

    return ggi_record_end(&json, "ggi.gap", time, "Error", chain);
}


/*
 * Returns what follows a member's name, with its quotes and colon, in the line of a
 * record, or NULL. Within the strings of a record each quote has a backslash before it,
 * so that no caller can write such a name there.
 */
static const char *
ggi_record_find(ggi_str_t line, const char *member)
{
    size_t       len;
    const char  *p;

    len = strlen(member);
    p = memmem(line.data, line.len, member, len);

    return p ? p + len : NULL;
}


/* Returns the number of a member in a line, which ends with a newline, or 0 when there is none. */
static uint64_t
ggi_record_number(ggi_str_t line, const char *member)
{
    const char  *p;

    p = ggi_record_find(line, member);

    return p ? strtoull(p, NULL, 10) : 0;
}


int
ggi_record_gap_read(ggi_str_t line, ggi_gap_t *gap)
{
    if (ggi_record_find(line, "\"event_name\":\"ggi.gap\"") == NULL) {
        return 0;
    }

    gap->records = ggi_record_number(line, "\"ggi.gap.records\":");
    gap->from = ggi_record_number(line, "\"ggi.gap.from\":");
    gap->to = ggi_record_number(line, "\"ggi.gap.to\":");

    return 1;
}


uint64_t
ggi_record_time(ggi_str_t line)
{
    return ggi_record_number(line, "\"timestamp\":");
}


size_t
ggi_record_anonymous(char *buf, size_t size, const ggi_anonymous_count_t *count,
    ggi_str_t address, uint64_t time, ggi_chain_t *chain)
{
    ggi_json_t  json;

    ggi_record_open(&json, buf, size, chain);
    ggi_record_add_text(&json, "client.address", address);
    ggi_json_int(&json, "ggi.anonymous.refusals", (int64_t) count->refusals);
    ggi_json_int(&json, "ggi.anonymous.from", (int64_t) count->from);
    ggi_json_int(&json, "ggi.anonymous.to", (int64_t) count->to);

    return ggi_record_end(&json, "ggi.anonymous_refusals", time, "Ok", chain);
}
