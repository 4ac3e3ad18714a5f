/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ggictl_dataset.h"
#include "ggictl_documents.h"
#include "ggictl_history.h"
#include "ggictl_out.h"
#include "ggi_str.h"

#define GGICTL_HISTORY_KEY   1024       /* bytes of a key in Redis */
#define GGICTL_HISTORY_ID    64         /* bytes of the id of an entry, as Redis writes it */
#define GGICTL_HISTORY_PAGE  "1000"     /* entries that are asked for at once */


typedef struct {
    const ggictl_args_t  *args;
    char                  key[GGICTL_HISTORY_KEY];      /* of the document, in Redis */
    json_t               *list;         /* array of the result; NULL: print text */
    size_t                n;            /* changes that were shown */
} ggictl_history_t;


/* Returns a field of an entry, "" when it has none of that name. It belongs to the entry. */
static const char *
ggictl_history_field(const redisReply *fields, const char *name)
{
    size_t  i;

    for (i = 0; i + 1 < fields->elements; i += 2) {
        if (strcmp(fields->element[i]->str, name) == 0) {
            return fields->element[i + 1]->str;
        }
    }

    return "";
}


/* Returns 1 when a reply is an entry of a stream, whose fields and values are texts; else 0. */
static int
ggictl_history_entry(const redisReply *entry)
{
    size_t  i;

    if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2
        || entry->element[0]->type != REDIS_REPLY_STRING
        || entry->element[1]->type != REDIS_REPLY_ARRAY)
    {
        return 0;
    }

    for (i = 0; i < entry->element[1]->elements; i++) {
        if (entry->element[1]->element[i]->type != REDIS_REPLY_STRING) {
            return 0;
        }
    }

    return 1;
}


/* Shows an entry, unless it is about another document. */
static void
ggictl_history_show(ggictl_history_t *history, const redisReply *fields)
{
    size_t       i;
    json_t      *one;
    const char  *value[6];

    static const char  *names[6] = { "at", "change", "from", "to", "by", "number" };

    if (strcmp(ggictl_history_field(fields, "key"), history->key) != 0) {
        return;
    }

    for (i = 0; i < 6; i++) {
        value[i] = ggictl_history_field(fields, names[i]);
    }

    history->n++;
    ggictl_say(history->args->result, "%s\t%s\t%s\t%s\t%s\t%s\n", value[0], value[1],
               value[2][0] ? value[2] : "-", value[3][0] ? value[3] : "-", value[4], value[5]);

    one = history->list ? json_object() : NULL;

    for (i = 0; i < 6; i++) {
        json_object_set_new(one, names[i], value[i][0] ? ggictl_json_cstr(value[i]) : json_null());
    }

    json_array_append_new(history->list, one);
}


/*
 * Writes to from the lowest id that is higher than id: before Redis 6.2, XRANGE knows no other way
 * to begin behind an entry. Returns 1, or 0 when id is the highest or none.
 */
static int
ggictl_history_behind(char from[GGICTL_HISTORY_ID], const char *id)
{
    uint64_t   ms, n;
    ggi_str_t  text = { strlen(id), id };

    if (!ggi_str_skip_number(&text, UINT64_MAX, &ms) || !ggi_str_skip(&text, "-")
        || !ggi_str_skip_number(&text, UINT64_MAX, &n) || text.len
        || (ms == UINT64_MAX && n == UINT64_MAX))
    {
        return 0;
    }

    n++;
    ms += n == 0;
    snprintf(from, GGICTL_HISTORY_ID, "%" PRIu64 "-%" PRIu64, ms, n);

    return 1;
}


/*
 * Shows the entries of a page. Writes to from where the next page begins. Returns 1, 0 when
 * there is no other page, or -1 after a message.
 */
static int
ggictl_history_page(ggictl_history_t *history, ggictl_redis_t *redis,
    char from[GGICTL_HISTORY_ID])
{
    int          more;
    size_t       i, n;
    redisReply  *reply, *entry;
    char         stream[GGICTL_DATASET_STREAM_LEN];
    const char  *argv[] = { "XRANGE", stream, from, "+", "COUNT", GGICTL_HISTORY_PAGE };

    ggictl_dataset_stream(redis, history->key, stream);

    reply = ggictl_redis_ask(redis, 6, argv);

    if (reply == NULL) {
        (void) ggictl_fail("redis: %s", redis->error);
        return -1;
    }

    more = 0;
    n = (reply->type == REDIS_REPLY_ARRAY) ? reply->elements : 0;

    for (i = 0; i < n; i++) {
        entry = reply->element[i];

        if (ggictl_history_entry(entry)) {
            ggictl_history_show(history, entry->element[1]);
            more = ggictl_history_behind(from, entry->element[0]->str);
        }
    }

    freeReplyObject(reply);

    return more;
}


int
ggictl_documents_history(ggictl_args_t *args)
{
    int               more;
    char              from[GGICTL_HISTORY_ID] = "-";
    ggictl_redis_t    redis;
    ggictl_history_t  history = { .args = args };

    if (!ggictl_key_good(args, args->arguments[0]) || !ggictl_connect(&redis, args)) {
        return GGICTL_ERROR;
    }

    snprintf(history.key, sizeof(history.key), "%s%s", args->command->kind->stored->prefix,
             args->arguments[0]);
    history.list = args->result ? json_array() : NULL;
    json_object_set_new(args->result, "changes", history.list);

    do {
        more = ggictl_history_page(&history, &redis, from);
    } while (more > 0);

    ggictl_redis_close(&redis);

    if (more == 0 && history.n == 0) {
        ggictl_say(args->result, "%s: no change is noted\n", args->arguments[0]);
    }

    return more == -1 ? GGICTL_ERROR : history.n ? GGICTL_OK : GGICTL_NO;
}
