/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Gets documents from Redis for the calls of a worker, through the cache. However
 * many calls wait for a document, it is asked for once.
 */

#ifndef GGI_NGX_FETCHER_H
#define GGI_NGX_FETCHER_H

#include "ggi_ngx_fetch.h"


/*
 * Begins, in a worker, to connect to the Redis of conf twice: to ask for documents, and to be
 * told of their changes. conf, cache and log have to live longer than the fetcher. Returns
 * NGX_OK, or NGX_ERROR without memory; the caller ends with ggi_fetcher_stop() in either case.
 */
ngx_int_t ggi_fetcher_start(ggi_fetcher_t *fetcher, ggi_redis_conf_t *conf,
    ggi_cache_t *cache, ngx_log_t *log);

/*
 * Ends the connections, at the end of a worker. Whoever waits for a document is
 * not told any more.
 */
void ggi_fetcher_stop(ggi_fetcher_t *fetcher);

/*
 * Has a waiter wait for the document of a key, which has to be valid for the kind. The caller
 * has set done and data of waiter, which belongs to it and stays in its place until done was
 * called or ggi_fetch_leave() was. With patient 1 an attempt to reach Redis is waited for even
 * when the last one failed; with 0 it is not.
 *
 * Returns NGX_AGAIN when the waiter waits: done is called once, after this has returned, and
 * within the time-out of the configuration or, when a thread parses the document, 5 s more.
 * Returns NGX_DECLINED when the last attempt to reach Redis failed, or its data set is in
 * doubt, and the caller is not patient; the next attempt begins soon all the same. Returns
 * NGX_ERROR without memory. After the last two done is not called.
 */
ngx_int_t ggi_fetcher_wait(ggi_fetcher_t *fetcher, ggi_str_t key,
    ngx_uint_t patient, ggi_fetch_waiter_t *waiter);

/*
 * Has a document fetched that nobody waits for, so that the cache has it for later
 * calls. Does nothing when it is being fetched, or Redis cannot be reached.
 */
void ggi_fetcher_ahead(ggi_fetcher_t *fetcher, ggi_str_t key);


#endif
