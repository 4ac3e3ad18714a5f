/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ggictl_markers.h"
#include "ggictl_out.h"
#include "ggictl_slots.h"

/* Counts a slot that has an id. What there is no room for counts as one without a marker. */
static void
ggictl_markers_count(ggictl_markers_t *markers, const char *id)
{
    size_t  i;

    for (i = 0; i < markers->n && strcmp(markers->ids[i], id) != 0; i++) {
        /* up to the id */
    }

    if (i == GGI_DATASET_EARLIER) {
        markers->unmarked++;
        return;
    }

    if (i == markers->n) {
        memcpy(markers->ids[i], id, strlen(id) + 1);
        markers->n++;
    }

    markers->slots[i]++;
}


/* Counts a slot without an id that is about to get one. */
static void
ggictl_markers_begun(ggictl_markers_t *markers, ggi_str_t next)
{
    if (!ggi_dataset_id_valid(next)) {
        return;
    }

    if (markers->begun == 0) {
        memcpy(markers->next, next.data, next.len);
        markers->next[next.len] = '\0';
    }

    markers->begun += ggi_str_eq(next, ggictl_str(markers->next));
}


/* Notes what the marker of a slot has. */
static void
ggictl_markers_note(void *data, unsigned slot, const redisReply *reply)
{
    ggi_str_t              at, by;
    ggi_dataset_t          seen;
    ggictl_markers_t      *markers = data;
    ggi_dataset_fields_t   fields;

    (void) slot;

    if (ggictl_dataset_read(reply, &fields, &seen) != GGI_DATASET_GOOD) {
        markers->unmarked++;
        ggictl_markers_begun(markers, ggictl_dataset_field(reply, 5));
        return;
    }

    ggictl_markers_count(markers, seen.id);
    ggi_dataset_replace(&markers->replaces, fields.replaces);
    markers->number += seen.number;
    at = ggictl_dataset_field(reply, 3);
    by = ggictl_dataset_field(reply, 4);

    if (at.len < sizeof(markers->at) && by.len < sizeof(markers->by)
        && strcmp(at.data, markers->at) > 0)
    {
        snprintf(markers->at, sizeof(markers->at), "%s", at.data);
        snprintf(markers->by, sizeof(markers->by), "%s", by.data);
    }
}


int
ggictl_markers_look(ggictl_redis_t *redis, ggictl_markers_t *markers)
{
    size_t       i, slots;
    char         id[GGI_DATASET_ID_MAX + 1];
    const char  *argv[] = {
        "HMGET", "", GGI_DATASET_ID, GGI_DATASET_NUMBER, GGI_DATASET_REPLACES, GGI_DATASET_AT,
        GGI_DATASET_BY, GGI_DATASET_NEXT
    };
    const ggictl_slots_told_t  told = { ggictl_markers_note, markers, NULL, NULL };

    memset(markers, 0, sizeof(ggictl_markers_t));

    if (!ggictl_slots_each(redis, sizeof(argv) / sizeof(argv[0]), argv, 1, &told)) {
        return 0;
    }

    for (i = 1; i < markers->n; i++) {
        if (markers->slots[i] > markers->slots[0]) {
            memcpy(id, markers->ids[0], sizeof(id));
            memcpy(markers->ids[0], markers->ids[i], sizeof(id));
            memcpy(markers->ids[i], id, sizeof(id));
            slots = markers->slots[0];
            markers->slots[0] = markers->slots[i];
            markers->slots[i] = slots;
        }
    }

    if (markers->n && strcmp(markers->next, markers->ids[0]) != 0) {
        markers->begun = 0;
    }

    return 1;
}


int
ggictl_markers_show(const ggictl_args_t *args, const ggictl_markers_t *markers)
{
    size_t       i, other;
    const char  *replaces = markers->replaces.replaces;

    if (markers->n == 0) {
        ggictl_say(args->result, "no data set\n");
        json_object_set_new(args->result, "id", json_null());
        return GGICTL_NO;
    }

    ggictl_say(args->result, "id        %s\nnumber    %" PRIu64 "\n", markers->ids[0],
               markers->number);
    ggictl_say(args->result, "changed   %s\nby        %s\n", markers->at, markers->by);

    if (replaces[0]) {
        ggictl_say(args->result, "replaces  %s\n", replaces);
    }

    ggictl_say(args->result, "slots     %zu of %d\n", markers->slots[0], GGI_CLUSTER_SLOTS);

    for (i = 1, other = 0; i < markers->n; i++) {
        ggictl_say(args->result, "other     %zu of %d have %s\n", markers->slots[i],
                   GGI_CLUSTER_SLOTS, markers->ids[i]);
        other += markers->slots[i];
    }

    if (markers->unmarked) {
        ggictl_say(args->result, "unmarked  %zu of %d\n", markers->unmarked,
                   GGI_CLUSTER_SLOTS);
    }

    json_object_set_new(args->result, "id", ggictl_json_cstr(markers->ids[0]));
    json_object_set_new(args->result, "number", json_integer((json_int_t) markers->number));
    json_object_set_new(args->result, "changed", ggictl_json_cstr(markers->at));
    json_object_set_new(args->result, "by", ggictl_json_cstr(markers->by));
    json_object_set_new(args->result, "replaces", ggictl_json_cstr(replaces));
    json_object_set_new(args->result, "slots", json_integer((json_int_t) markers->slots[0]));
    json_object_set_new(args->result, "other", json_integer((json_int_t) other));
    json_object_set_new(args->result, "unmarked", json_integer((json_int_t) markers->unmarked));

    return markers->slots[0] == GGI_CLUSTER_SLOTS ? GGICTL_OK : GGICTL_NO;
}
