/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Parses documents: a small one at once, and a large one in a thread, so that it
 * keeps no other call waiting.
 */

#ifndef GGI_NGX_PARSE_H
#define GGI_NGX_PARSE_H

#include "ggi_ngx_redis_conf.h"
#include "ggi_kind.h"

#define GGI_PARSE_SMALL  16384  /* bytes of a document that is parsed at once, in less than 1 ms */
#define GGI_PARSE_TIME   5000   /* ms that a thread may take, waiting for its turn included */

/* Bytes of the largest JSON of a document that can be parsed. */
#if (NGX_THREADS)
#define GGI_PARSE_MAX    ((size_t) GGI_DOCUMENT_TEXT_MAX)
#else
#define GGI_PARSE_MAX    ((size_t) GGI_PARSE_SMALL)
#endif


/*
 * Gets the document that was parsed, which it frees with free(), or NULL with the
 * fault and a hash of the JSON as its version. warning is the first thing in the document that
 * is valid and most likely a mistake, "" for none. Both texts live as long as the call.
 */
typedef void (*ggi_parse_done_pt)(void *data, ggi_compiled_t *document,
    const ggi_fault_t *fault, const char *warning, uint64_t version);


/*
 * Parses and compiles json, at most GGI_PARSE_MAX bytes, which are the document of a key of
 * conf->kind; both texts are copied where they are needed longer than the call. Returns
 * NGX_OK when done() has been called with data. Returns NGX_AGAIN when done() will be called
 * on the event loop, after a thread has parsed. Returns NGX_ERROR, and done() is not called,
 * when there is no memory or no thread takes it.
 */
ngx_int_t ggi_parse(ggi_redis_conf_t *conf, ggi_str_t key, ggi_str_t json,
    ggi_parse_done_pt done, void *data, ngx_log_t *log);


#endif
