/* SPDX-License-Identifier: EUPL-1.2 */

/* The commands "load" and "withdraw" of a kind, which change the documents in Redis. */

#ifndef GGICTL_LOAD_H
#define GGICTL_LOAD_H

#include "ggictl_args.h"
#include "ggictl_redis.h"


/*
 * Runs "load" of a kind: checks files and puts their documents into Redis, all of them or
 * none. Returns GGICTL_OK, GGICTL_NO when a file has a fault or Redis has a newer
 * version, or GGICTL_ERROR after a message.
 */
int ggictl_documents_load(ggictl_args_t *args);

/*
 * Puts one document of the command's kind, which a gate accepts and which stays the caller's,
 * into Redis in place of an earlier version, and announces that to the gates. Returns GGICTL_OK,
 * or GGICTL_ERROR after a message, also when Redis has that version or a newer one by now.
 */
int ggictl_documents_put(ggictl_args_t *args, ggictl_redis_t *redis, json_t *document);

/*
 * Runs "withdraw" of a kind: removes the document of a key from Redis and announces that
 * to the gates. Returns GGICTL_OK, GGICTL_NO when there was none, or GGICTL_ERROR after
 * a message.
 */
int ggictl_documents_withdraw(ggictl_args_t *args);


#endif
