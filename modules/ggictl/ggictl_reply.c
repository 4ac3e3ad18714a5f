/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggictl_reply.h"


/* Returns the type of a reply of hiredis, as ggi_reply_t has it. */
static ggi_reply_e
ggictl_reply_type(int type)
{
    switch (type) {

    case REDIS_REPLY_STRING:
        return GGI_REPLY_STRING;

    case REDIS_REPLY_STATUS:
        return GGI_REPLY_STATUS;

    case REDIS_REPLY_INTEGER:
        return GGI_REPLY_INTEGER;

    case REDIS_REPLY_ARRAY:
        return GGI_REPLY_ARRAY;

    case REDIS_REPLY_ERROR:
        return GGI_REPLY_ERROR;

    default:
        return GGI_REPLY_NIL;
    }
}


/* Copies a reply that stands in depth arrays. Returns NULL without memory. */
static ggi_reply_t *
ggictl_reply_copy_at(const redisReply *from, int depth)
{
    size_t        i;
    ggi_reply_t  *reply;

    reply = calloc(1, sizeof(ggi_reply_t));
    if (reply == NULL) {
        return NULL;
    }

    reply->type = ggictl_reply_type(from->type);
    reply->integer = from->integer;

    if (from->str) {
        reply->data = calloc(1, from->len + 1);
        if (reply->data == NULL) {
            ggi_reply_free(reply);
            return NULL;
        }

        memcpy(reply->data, from->str, from->len);
        reply->len = from->len;
    }

    if (from->type != REDIS_REPLY_ARRAY || from->elements == 0 || depth == GGI_REDIS_DEPTH_MAX) {
        return reply;
    }

    reply->elements = calloc(from->elements, sizeof(ggi_reply_t *));
    reply->announced = reply->room = from->elements;

    for (i = 0; reply->elements && i < from->elements; i++) {
        reply->elements[i] = ggictl_reply_copy_at(from->element[i], depth + 1);

        if (reply->elements[i] == NULL) {
            break;
        }

        reply->n++;
    }

    if (reply->n < from->elements) {
        ggi_reply_free(reply);
        return NULL;
    }

    return reply;
}


ggi_reply_t *
ggictl_reply_copy(const redisReply *from)
{
    return ggictl_reply_copy_at(from, 0);
}


int
ggictl_reply_strings(const redisReply *reply)
{
    size_t  i;

    if (reply->type != REDIS_REPLY_ARRAY) {
        return 0;
    }

    for (i = 0; i < reply->elements && reply->element[i]->type == REDIS_REPLY_STRING; i++) {
        /* up to what is no string */
    }

    return i == reply->elements;
}
