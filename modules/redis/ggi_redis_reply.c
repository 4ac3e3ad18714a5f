/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_redis_reply.h"
#include "ggi_compat.h"


/*
 * Puts a reply behind the elements that an array has, whose memory grows with those that have
 * come: nothing is allocated because a server announces many. Returns 1, or 0 without memory or
 * when the array is full.
 */
static int
ggi_reply_append(ggi_reply_t *parent, ggi_reply_t *reply)
{
    size_t         room;
    ggi_reply_t  **elements;

    if (parent->n == parent->announced) {
        return 0;
    }

    if (parent->n == parent->room) {
        room = parent->room ? 2 * parent->room : 4;
        elements = realloc(parent->elements, room * sizeof(ggi_reply_t *));

        if (elements == NULL) {
            return 0;
        }

        parent->elements = elements;
        parent->room = room;
    }

    parent->elements[parent->n++] = reply;

    return 1;
}


/*
 * Makes a reply, and puts it into the array that it is an element of. Returns
 * NULL without memory.
 */
static ggi_reply_t *
ggi_reply_new(const redisReadTask *task, ggi_reply_e type)
{
    ggi_reply_t  *reply;

    reply = calloc(1, sizeof(ggi_reply_t));
    if (reply == NULL) {
        return NULL;
    }

    reply->type = type;

    if (task->parent && !ggi_reply_append(task->parent->obj, reply)) {
        free(reply);
        return NULL;
    }

    return reply;
}


static void *
ggi_reply_string(const redisReadTask *task, char *data, size_t len)
{
    char         *copy;
    ggi_reply_e   type;
    ggi_reply_t  *reply;

    switch (task->type) {

    case REDIS_REPLY_STRING:
        type = GGI_REPLY_STRING;
        break;

    case REDIS_REPLY_STATUS:
        type = GGI_REPLY_STATUS;
        break;

    case REDIS_REPLY_ERROR:
        type = GGI_REPLY_ERROR;
        break;

    default:
        return NULL;
    }

    copy = malloc(len + 1);
    if (copy == NULL) {
        return NULL;
    }

    reply = ggi_reply_new(task, type);
    if (reply == NULL) {
        free(copy);
        return NULL;
    }

    memcpy(copy, data, len);
    copy[len] = '\0';
    reply->data = copy;
    reply->len = len;

    return reply;
}


/*
 * Makes an array, unless the server announces more elements than the limit, or nests arrays
 * deeper than any command's reply does: hiredis 1 would let them nest without end.
 */
static void *
ggi_reply_array(const redisReadTask *task, ggi_redis_elements_t elements)
{
    int                   depth;
    ggi_reply_t          *reply;
    const redisReadTask  *outer;

    depth = 1;

    for (outer = task->parent; outer; outer = outer->parent) {
        depth++;
    }

    if (task->type != REDIS_REPLY_ARRAY || depth > GGI_REDIS_DEPTH_MAX
        || elements > GGI_REDIS_ELEMENTS_MAX)
    {
        return NULL;
    }

    reply = ggi_reply_new(task, GGI_REPLY_ARRAY);

    if (reply) {
        reply->announced = (size_t) elements;
    }

    return reply;
}


static void *
ggi_reply_integer(const redisReadTask *task, long long value)
{
    ggi_reply_t  *reply;

    reply = ggi_reply_new(task, GGI_REPLY_INTEGER);

    if (reply) {
        reply->integer = value;
    }

    return reply;
}


static void *
ggi_reply_nil(const redisReadTask *task)
{
    if (task->type == REDIS_REPLY_NIL) {
        return NULL;                    /* of RESP3: the nil of RESP2 is a string or an array */
    }

    return ggi_reply_new(task, GGI_REPLY_NIL);
}


#if GGI_REDIS_RESP3

/*
 * These two refuse the types of RESP3, which no command asks for. Without them
 * hiredis would return a number in place of the address of a reply.
 */
static void *
ggi_reply_no_double(const redisReadTask *task, double value, char *text,
    size_t len)
{
    (void) task;
    (void) value;
    (void) text;
    (void) len;

    return NULL;
}


static void *
ggi_reply_no_bool(const redisReadTask *task, int value)
{
    (void) task;
    (void) value;

    return NULL;
}

#endif


void
ggi_reply_free(ggi_reply_t *reply)
{
    size_t  i;

    if (reply == NULL) {
        return;
    }

    for (i = 0; i < reply->n; i++) {
        ggi_reply_free(reply->elements[i]);
    }

    free(reply->elements);
    free(reply->data);
    free(reply);
}


static void
ggi_reply_free_object(void *reply)
{
    ggi_reply_free(reply);
}


static redisReplyObjectFunctions  ggi_reply_functions = {
    .createString = ggi_reply_string,
    .createArray = ggi_reply_array,
    .createInteger = ggi_reply_integer,
#if GGI_REDIS_RESP3
    .createDouble = ggi_reply_no_double,
    .createBool = ggi_reply_no_bool,
#endif
    .createNil = ggi_reply_nil,
    .freeObject = ggi_reply_free_object
};


int
ggi_redis_reader_create(ggi_redis_reader_t *reader)
{
    reader->pending = 0;
    reader->reader = redisReaderCreateWithFunctions(&ggi_reply_functions);

    return reader->reader != NULL;
}


void
ggi_redis_reader_free(ggi_redis_reader_t *reader)
{
    if (reader->reader) {
        redisReaderFree(reader->reader);
        reader->reader = NULL;
    }
}


int
ggi_redis_reader_feed(ggi_redis_reader_t *reader, const char *data, size_t len)
{
    reader->pending += len;

    return reader->pending <= GGI_REDIS_REPLY_MAX
           && redisReaderFeed(reader->reader, data, len) == REDIS_OK;
}


int
ggi_redis_reader_next(ggi_redis_reader_t *reader, ggi_reply_t **reply)
{
    void  *object;

    object = NULL;
    *reply = NULL;

    if (redisReaderGetReply(reader->reader, &object) != REDIS_OK) {
        return 0;
    }

    if (object) {
        *reply = object;
        reader->pending = reader->reader->len - reader->reader->pos;
    }

    return 1;
}


int
ggi_reply_is_message(const ggi_reply_t *reply)
{
    return reply->type == GGI_REPLY_ARRAY && reply->n == 3
           && reply->elements[0]->type == GGI_REPLY_STRING
           && reply->elements[2]->type == GGI_REPLY_STRING
           && strcmp(reply->elements[0]->data, "message") == 0;
}
