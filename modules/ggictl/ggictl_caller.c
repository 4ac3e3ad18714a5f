/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggictl_caller.h"
#include "ggictl_documents.h"
#include "ggictl_out.h"
#include "ggictl_value.h"
#include "ggictl_warn.h"


/*
 * Reads the document of a key from a file. Sets *document to a copy, or leaves it as it is
 * when the file has none. Returns the exit status.
 */
static int
ggictl_caller_file(const ggictl_args_t *args, ggi_str_t key, ggi_document_t **document)
{
    const char            *path;
    ggi_fault_t            fault;
    ggictl_warn_t          warn;
    ggi_documents_t        documents;
    const ggictl_kind_t   *kind = args->command->kind;
    const ggi_document_t  *found;

    path = ggictl_warn_input(&warn, &fault, args->result, args->option[kind->file]);

    if (path == NULL) {
        return GGICTL_ERROR;
    }

    if (!ggi_documents_read(kind->documents, &documents, path, &fault)) {
        return ggictl_fail("%s: %s", warn.name, fault.text);
    }

    found = ggi_documents_find(&documents, key);
    *document = found ? malloc(found->size) : NULL;

    if (*document) {
        memcpy(*document, found, found->size);
    }

    ggi_documents_free(&documents);

    return (found && *document == NULL) ? ggictl_fail("no memory") : GGICTL_OK;
}


/*
 * Compiles the document of a key that Redis has. Returns it, or NULL when it has a fault, of
 * which it tells.
 */
static ggi_document_t *
ggictl_caller_parse(const ggictl_args_t *args, ggi_str_t key, const redisReply *reply)
{
    char                  source[64];
    ggi_fault_t           fault;
    ggictl_warn_t         warn;
    ggi_document_t       *document;
    const ggictl_kind_t  *kind = args->command->kind;

    snprintf(source, sizeof(source), "the %s in Redis", kind->stored->name);
    fault = ggictl_warn(&warn, args->result, source);
    document = ggi_document_parse(kind->stored->shape, reply->str, reply->len, &key, &fault);

    if (document == NULL) {
        ggictl_say(args->result, "%s: fault: %s\n", source, fault.text);
        json_object_set_new(args->result, "fault", ggictl_json_cstr(fault.text));
    }

    return document;
}


/*
 * Reads the document of a key from Redis. Sets *document; leaves it as it is when there is
 * none, and when it has a fault; then *reason says so. Returns the exit status.
 */
static int
ggictl_caller_redis(const ggictl_args_t *args, ggi_str_t key, ggi_document_t **document,
    ggi_reason_e *reason)
{
    char                  name[GGI_KEY_MAX + 1];
    redisReply           *reply;
    ggictl_redis_t        redis;
    const ggictl_kind_t  *kind = args->command->kind;

    if (!ggictl_connect(&redis, args)) {
        return GGICTL_ERROR;
    }

    snprintf(name, sizeof(name), "%.*s", (int) key.len, key.data);
    reply = ggictl_documents_get(&redis, kind, name);
    ggictl_redis_close(&redis);

    if (reply == NULL) {
        return GGICTL_ERROR;
    }

    if (reply->type == REDIS_REPLY_STRING) {
        *document = ggictl_caller_parse(args, key, reply);
        *reason = *document ? *reason : kind->unavailable;
    }

    freeReplyObject(reply);

    return GGICTL_OK;
}


int
ggictl_caller(const ggictl_args_t *args, ggi_document_t **document, ggi_reason_e *reason)
{
    ggi_str_t             key;
    const ggictl_kind_t  *kind = args->command->kind;

    *document = NULL;
    *reason = kind->none;
    key = ggictl_value(args->option[kind->caller]);

    if (!ggi_kind_key_valid(kind->stored, key)) {       /* no document can have it */
        return GGICTL_OK;
    }

    return args->option[kind->file] ? ggictl_caller_file(args, key, document)
                                    : ggictl_caller_redis(args, key, document, reason);
}
