/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include "ggictl_out.h"
#include "ggictl_scan.h"
#include "ggictl_streams.h"


redisReply *
ggictl_streams_ask(ggictl_streams_t *streams, int argc, const char **argv, const size_t *lens)
{
    redisReply  *reply;

    reply = lens ? ggictl_redis_ask_bytes(&streams->redis, argc, argv, lens)
                 : ggictl_redis_ask(&streams->redis, argc, argv);

    if (reply == NULL) {
        (void) ggictl_fail("%s", streams->redis.error);
    }

    return reply;
}


int
ggictl_streams_remove(ggictl_streams_t *streams, const char *key)
{
    redisReply  *reply;
    const char  *argv[] = { "DEL", key };

    reply = ggictl_streams_ask(streams, 2, argv, NULL);
    freeReplyObject(reply);

    return reply != NULL;
}


int
ggictl_streams_scan(ggictl_streams_t *streams, const char *pattern, json_t *keys)
{
    int             good;
    size_t          i;
    redisReply     *reply;
    ggictl_scan_t   scan;
    const char     *argv[] = { "SCAN", scan.cursor, "MATCH", pattern, "COUNT", "1000" };

    ggictl_scan_init(&scan);

    do {
        reply = ggictl_streams_ask(streams, 6, argv, NULL);
        good = reply && ggictl_scan_page(&scan, reply, 1);

        for (i = 0; good && i < reply->element[1]->elements; i++) {
            json_object_set_new(keys, reply->element[1]->element[i]->str, json_null());
        }

        freeReplyObject(reply);
    } while (good && ggictl_scan_more(&scan));

    return good;
}


int
ggictl_streams_begin(ggictl_streams_t *streams)
{
    static const ggi_str_t  before = ggi_str("");

    if (!streams->begun) {
        streams->begun = ggictl_bury_intend(streams->args, streams->target, streams->bury.name,
                                            before, &streams->intended);
    }

    return streams->begun;
}


void
ggictl_streams_end(ggictl_streams_t *streams, int good, const char *why)
{
    if (streams->begun) {
        ggictl_changes_outcome(streams->args->changes, &streams->intended,
                               !good ? GGICTL_CHANGE_FAILED
                               : why ? GGICTL_CHANGE_REFUSED : GGICTL_CHANGE_DONE, why);
        streams->begun = 0;
    }
}
