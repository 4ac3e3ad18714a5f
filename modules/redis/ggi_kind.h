/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A kind of documents that a gate keeps in a file or in Redis, each under a key, such as
 * the autorisatieprofielen under the OINs of their organisations. What finds, fetches and
 * caches a document knows no more of it than its kind tells. Free of nginx.
 */

#ifndef GGI_KIND_H
#define GGI_KIND_H

#include <stdint.h>

#include "ggi_source.h"
#include "ggi_status.h"

#define GGI_KEY_MAX        64           /* bytes of a key */
#define GGI_KIND_PREFIX_MAX  32         /* bytes of a prefix */
#define GGI_KIND_TEXT_MAX  (256 * 1024) /* bytes of JSON that text_max of a kind may be */


/*
 * A compiled document: one block of memory without pointers, which can lie in shared
 * memory. It begins with its size; what follows is known to its gate alone.
 */
typedef struct {
    uint32_t             size;          /* bytes of the whole block */
} ggi_compiled_t;


/* Where ggi_status counts what happens to documents of a kind. */
typedef struct {
    ggi_metric_e         hit;           /* lookups in the cache, by what was found */
    ggi_metric_e         none;
    ggi_metric_e         faulty;
    ggi_metric_e         expired;
    ggi_metric_e         miss;
    ggi_metric_e         stale;         /* calls judged by a stale document */
    ggi_metric_e         connected;     /* workers whose connection to Redis is up */
    ggi_metric_e         subscribed;    /* workers whom Redis tells of changes */
    ggi_metric_e         gets;          /* documents that Redis was asked for */
    ggi_metric_e         failures;      /* connections to Redis that failed, or were lost */
    ggi_metric_e         answered;      /* when Redis last answered */
} ggi_kind_metrics_t;


/* A kind. Its texts and functions live as long as the process. */
typedef struct {
    const char          *name;          /* of a document, in messages, such as "profile" */
    const char          *names;         /* of several, such as "profiles" */
    const char          *key;           /* what its key is, in messages, such as "OIN" */

    const char          *file_directive;        /* names of directives, such as "ggi_..._file" */
    const char          *redis_directive;
    const char          *zone_directive;

    const char          *prefix;        /* of the key in Redis, at most GGI_KIND_PREFIX_MAX bytes */
    const char          *channel;       /* where the key of a document that changed is published */
    const char          *zone;          /* name and size of the zone when no directive names one */
    size_t               text_max;      /* bytes of JSON in Redis, at most GGI_KIND_TEXT_MAX */

    /*
     * Returns 1 when a document may have this key, 0 otherwise. A key has 1 to GGI_KEY_MAX
     * bytes, also where this function would accept another.
     */
    int                (*key_valid)(ggi_str_t key);

    /*
     * Returns the document of a key in what the gate has read of a file, or NULL when there
     * is none. It lives as long as the file's.
     */
    const void        *(*find)(const void *file, ggi_str_t key);

    /*
     * Parses len bytes of JSON as Redis holds them, at most text_max, and compiles the
     * document of a key. A thread may call it, so that it uses no shared state. Returns memory
     * that begins with a ggi_compiled_t and that the caller frees with free(); or NULL with the
     * fault.
     */
    void              *(*parse)(const char *text, size_t len, ggi_str_t key, ggi_fault_t *fault);

    ggi_kind_metrics_t   metrics;
} ggi_kind_t;


/* Returns 1 when key is a key of a kind, 0 otherwise. */
static inline int
ggi_kind_key_valid(const ggi_kind_t *kind, ggi_str_t key)
{
    return key.len > 0 && key.len <= GGI_KEY_MAX && kind->key_valid(key);
}


#endif
