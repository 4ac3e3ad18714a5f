/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "ggictl_dataset.h"
#include "ggictl_out.h"

#define GGICTL_DATASET_HOST    256
#define GGICTL_DATASET_FIELDS  5        /* of the marker */


int
ggictl_dataset_change(ggictl_dataset_change_t *change)
{
    char                host[GGICTL_DATASET_HOST];
    unsigned char       random[GGI_UUID_RANDOM];
    ggi_str_t           who;
    ggictl_actor_t      found;
    ggi_time_second_t   second;

    memset(change, 0, sizeof(ggictl_dataset_change_t));
    memset(host, 0, sizeof(host));
    memset(&second, 0, sizeof(second));
    ggictl_actor_find(&found);

    who = found.actor.login_name.len ? found.actor.login_name : found.actor.real_user_name;
    who = found.actor.sudo_user.len && !found.actor.login_name.len ? found.actor.sudo_user : who;

    if (gethostname(host, sizeof(host) - 1) != 0) {
        host[0] = '\0';
    }

    snprintf(change->by, sizeof(change->by), "%.*s@%s", (int) who.len, who.data, host);
    memcpy(change->at, ggi_time_write(&second, ggictl_now()), GGI_TIME_TEXT);

    if (RAND_bytes(random, sizeof(random)) != 1) {
        return 0;
    }

    ggi_uuid7_write(change->id, ggictl_now(), random);

    return 1;
}


void
ggictl_dataset_stream(const ggictl_redis_t *redis, const char *key,
    char stream[GGICTL_DATASET_STREAM_LEN])
{
    snprintf(stream, GGICTL_DATASET_STREAM_LEN, redis->cluster ? "%s:{%.200s}" : "%s",
             GGICTL_DATASET_STREAM, key);
}


void
ggictl_dataset_marker(const ggictl_redis_t *redis, const char *key,
    char marker[GGI_DATASET_SLOT_KEY])
{
    if (redis->cluster) {
        ggi_cluster_numbers_find();
        (void) ggi_dataset_slot_key(marker, ggi_cluster_slot(ggictl_str(key)));

    } else {
        memcpy(marker, GGI_DATASET_KEY, sizeof(GGI_DATASET_KEY));
    }
}


ggi_str_t
ggictl_dataset_field(const redisReply *reply, size_t i)
{
    ggi_str_t  field = { 0, "" };

    if (reply->type == REDIS_REPLY_ARRAY && i < reply->elements
        && reply->element[i]->type == REDIS_REPLY_STRING)
    {
        field.data = reply->element[i]->str;
        field.len = reply->element[i]->len;
    }

    return field;
}


redisReply *
ggictl_dataset_ask(ggictl_redis_t *redis)
{
    const char  *argv[2 + GGICTL_DATASET_FIELDS] = {
        "HMGET", GGI_DATASET_KEY, GGI_DATASET_ID, GGI_DATASET_NUMBER, GGI_DATASET_REPLACES,
        GGI_DATASET_AT, GGI_DATASET_BY
    };

    return ggictl_redis_ask(redis, 2 + GGICTL_DATASET_FIELDS, argv);
}


ggi_dataset_e
ggictl_dataset_read(const redisReply *reply, ggi_dataset_fields_t *fields, ggi_dataset_t *seen)
{
    fields->id = ggictl_dataset_field(reply, 0);
    fields->number = ggictl_dataset_field(reply, 1);
    fields->replaces = ggictl_dataset_field(reply, 2);
    fields->next = ggictl_dataset_field(reply, reply->elements);

    return ggi_dataset_read(seen, fields);
}
