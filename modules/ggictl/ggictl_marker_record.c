/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggictl_marker_record.h"
#include "ggictl_out.h"

#define GGICTL_MARKER_TARGET  1200      /* bytes of the URL of Redis */
#define GGICTL_MARKER_MADE    "dataset create"  /* the command that the first marker counts as */


/* Returns a marker as a text in JSON, which the caller frees by free(), or NULL without memory. */
static char *
ggictl_marker_text(const ggictl_marker_t *marker)
{
    char                        *text;
    json_t                      *json;
    const ggi_dataset_fields_t  *fields = &marker->fields;

    json = json_pack("{s:o, s:o, s:o, s:o, s:o}",
                     "id", ggictl_json_str(fields->id.data, fields->id.len),
                     "number", ggictl_json_str(fields->number.data, fields->number.len),
                     "at", ggictl_json_str(marker->at.data, marker->at.len),
                     "by", ggictl_json_str(marker->by.data, marker->by.len),
                     "replaces", ggictl_json_str(fields->replaces.data, fields->replaces.len));
    text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);

    return text;
}


/* Writes the digest of the marker that was there before, if one was. Returns 1, or 0. */
static int
ggictl_marker_before(const ggictl_marker_t *before, ggi_change_t *change,
    char hex[GGI_CHAIN_HASH_LEN])
{
    int    good;
    char  *text;

    if (before->fields.id.len == 0 && before->fields.number.len == 0) {
        return 1;
    }

    text = ggictl_marker_text(before);
    good = text && ggictl_changes_digest(hex, ggictl_str(text), &change->before.sha256);
    change->before.version = before->fields.number;
    free(text);

    return good;
}


int
ggictl_marker_intend(const ggictl_args_t *args, ggictl_redis_t *redis, const char *command,
    const ggictl_marker_t *before, const ggictl_marker_t *after, ggictl_change_t *intended)
{
    int            good;
    char          *text, target[GGICTL_MARKER_TARGET];
    char           was[GGI_CHAIN_HASH_LEN], is[GGI_CHAIN_HASH_LEN];
    ggi_change_t   change;

    memset(&change, 0, sizeof(change));
    text = ggictl_marker_text(after);

    change.kind = ggictl_str("dataset");
    change.command = ggictl_str(command);
    change.target = ggictl_str(ggictl_redis_target(redis, target, sizeof(target)));
    change.item = after->fields.id;
    change.after.version = after->fields.number;
    change.document = ggictl_str(text);

    good = text && ggictl_marker_before(before, &change, was)
           && ggictl_changes_digest(is, change.document, &change.after.sha256)
           && ggictl_changes_intend(args->changes, &change, intended);
    free(text);

    return good;
}


int
ggictl_marker_made(const ggictl_args_t *args, ggictl_redis_t *redis,
    const ggictl_dataset_change_t *change, const char *id, uint64_t number,
    ggictl_change_t *intended)
{
    char             text[24];
    ggictl_marker_t  before, after;

    memset(&before, 0, sizeof(before));
    memset(&after, 0, sizeof(after));
    snprintf(text, sizeof(text), "%" PRIu64, number);
    after.fields.id = ggictl_str(id);
    after.fields.number = ggictl_str(text);
    after.at = ggictl_str(change->at);
    after.by = ggictl_str(change->by);

    return ggictl_marker_intend(args, redis, GGICTL_MARKER_MADE, &before, &after, intended);
}
