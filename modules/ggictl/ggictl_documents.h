/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The commands "show" and "list" of a kind, for the documents in Redis, and the connection
 * to it.
 */

#ifndef GGICTL_DOCUMENTS_H
#define GGICTL_DOCUMENTS_H

#include <hiredis/hiredis.h>

#include "ggictl_kind.h"
#include "ggictl_redis.h"


/*
 * Runs "show" of a kind: prints the document of a key in Redis. Returns GGICTL_OK,
 * GGICTL_NO when there is none or it is not JSON, or GGICTL_ERROR after a message.
 */
int ggictl_documents_show(ggictl_args_t *args);

/*
 * Runs "list" of a kind: prints a line for each document in Redis. Returns GGICTL_OK, or
 * GGICTL_ERROR after a message.
 */
int ggictl_documents_list(ggictl_args_t *args);

/*
 * Runs "export" of a kind: prints all documents in Redis as an array of JSON, in the order of
 * their keys. Returns GGICTL_OK, GGICTL_NO when one was left out since it is no JSON, or
 * GGICTL_ERROR after a message.
 */
int ggictl_documents_export(ggictl_args_t *args);

/*
 * Returns 1 when a key is one that a document of the command's kind can have; 0 after a message
 * otherwise.
 */
int ggictl_key_good(const ggictl_args_t *args, const char *key);

/*
 * Returns 1 when the URL of the Redis that ggictl_connect() connects to is well-formed; 0 after
 * a message otherwise.
 */
int ggictl_redis_named(const ggictl_args_t *args);

/*
 * Connects to the Redis that --redis or GGI_REDIS of the environment names, and to
 * redis://127.0.0.1:6379/0 without either. Returns 1; the caller ends the connection
 * with ggictl_redis_close(). Returns 0, with nothing to close, after a message.
 */
int ggictl_connect(ggictl_redis_t *redis, const ggictl_args_t *args);

/*
 * Asks Redis for the document of a key. Returns the reply, a string or nil, which the
 * caller frees with freeReplyObject(), or NULL after a message.
 */
redisReply *ggictl_documents_get(ggictl_redis_t *redis, const ggictl_kind_t *kind,
    const char *key);

/* Is given a document that is in Redis, which is not valid any longer afterwards. */
typedef void (*ggictl_document_pt)(void *data, const char *key, const redisReply *reply);

/*
 * Calls visit() with data for each document of a kind in Redis, in no order. A document that
 * comes or goes meanwhile may be left out, and one that stays may be visited twice. Returns 1,
 * or 0 after a message.
 */
int ggictl_documents_each(ggictl_redis_t *redis, const ggictl_kind_t *kind,
    ggictl_document_pt visit, void *data);


#endif
