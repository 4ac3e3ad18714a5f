/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>

#include "ggictl_dataset_show.h"
#include "ggictl_documents.h"
#include "ggictl_markers.h"
#include "ggictl_out.h"


ggi_dataset_e
ggictl_dataset_look(ggictl_redis_t *redis)
{
    redisReply            *reply;
    ggi_dataset_e          found;
    ggi_dataset_t          seen;
    ggictl_markers_t       markers;
    ggi_dataset_fields_t   fields;

    if (redis->cluster) {
        return !ggictl_markers_look(redis, &markers) ? GGI_DATASET_UNREADABLE
               : markers.unmarked ? GGI_DATASET_MISSING
               : markers.n > 1 ? GGI_DATASET_OTHER : GGI_DATASET_GOOD;
    }

    reply = ggictl_dataset_ask(redis);
    found = reply ? ggictl_dataset_read(reply, &fields, &seen) : GGI_DATASET_UNREADABLE;
    freeReplyObject(reply);

    return found;
}


/* Shows a marker that Redis has, or tells that it has none. Returns the exit status. */
static int
ggictl_dataset_print(const ggictl_args_t *args, const redisReply *reply)
{
    ggi_str_t              at, by;
    ggi_dataset_e          found;
    ggi_dataset_t          seen;
    ggi_dataset_fields_t   fields;

    found = ggictl_dataset_read(reply, &fields, &seen);
    at = ggictl_dataset_field(reply, 3);
    by = ggictl_dataset_field(reply, 4);

    if (found != GGI_DATASET_GOOD) {
        ggictl_say(args->result, found == GGI_DATASET_MISSING ? "no data set\n"
                                                              : "the data set is malformed\n");
        json_object_set_new(args->result, "id", json_null());
        return GGICTL_NO;
    }

    ggictl_say(args->result, "id        %s\nnumber    %" PRIu64 "\n", seen.id, seen.number);
    ggictl_say(args->result, "changed   %.*s\nby        %.*s\n", (int) at.len, at.data,
               (int) by.len, by.data);

    if (fields.replaces.len) {
        ggictl_say(args->result, "replaces  %.*s\n", (int) fields.replaces.len,
                   fields.replaces.data);
    }

    json_object_set_new(args->result, "id", ggictl_json_cstr(seen.id));
    json_object_set_new(args->result, "number", json_integer((json_int_t) seen.number));
    json_object_set_new(args->result, "changed", ggictl_json_str(at.data, at.len));
    json_object_set_new(args->result, "by", ggictl_json_str(by.data, by.len));
    json_object_set_new(args->result, "replaces",
                        ggictl_json_str(fields.replaces.data, fields.replaces.len));

    return GGICTL_OK;
}


int
ggictl_dataset_show(ggictl_args_t *args)
{
    int                rc;
    redisReply        *reply;
    ggictl_redis_t     redis;
    ggictl_markers_t   markers;

    if (!ggictl_connect(&redis, args)) {
        return GGICTL_ERROR;
    }

    reply = NULL;

    if (redis.cluster && ggictl_markers_look(&redis, &markers)) {
        rc = ggictl_markers_show(args, &markers);

    } else if (redis.cluster == NULL && (reply = ggictl_dataset_ask(&redis)) != NULL) {
        rc = ggictl_dataset_print(args, reply);

    } else {
        rc = ggictl_fail("redis: %s", redis.error);
    }

    freeReplyObject(reply);
    ggictl_redis_close(&redis);

    return rc;
}
