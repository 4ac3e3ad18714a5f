/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A kind of documents that a gate keeps in a file or in Redis, each under a key, such as
 * the autorisatieprofielen under the OINs of their organisations. What finds, fetches and
 * caches a document knows no more of it than its kind tells. Free of nginx.
 */

#ifndef GGI_KIND_H
#define GGI_KIND_H

#include <stdint.h>

#include "ggi_agreement_compile.h"
#include "ggi_status.h"

#define GGI_KEY_MAX        64           /* bytes of a key */
#define GGI_KIND_PREFIX_MAX  32         /* bytes of a prefix */


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
    const char          *needed;        /* one of the first two, for a gate that has neither */

    const char          *prefix;        /* of the key in Redis, at most GGI_KIND_PREFIX_MAX bytes */
    const char          *channel;       /* where the key of a document that changed is published */
    const char          *zone;          /* name and size of the zone when no directive names one */

    /*
     * What keys are valid, and how a document is compiled. A key has 1 to GGI_KEY_MAX bytes,
     * also where the shape would accept another.
     */
    const ggi_document_shape_t  *shape;

    ggi_kind_metrics_t   metrics;
} ggi_kind_t;


/*
 * The initial value of a kind. gate begins the names of its directives, such as
 * "ggi_autorisatie"; metric those of its metrics, such as PROFILE; the others are members.
 */
#define GGI_KIND(gate, metric, one, several, key_is, key_prefix, changes, zone_is, shape_is)  \
    {                                                                              \
        .name = (one),                                                             \
        .names = (several),                                                        \
        .key = (key_is),                                                           \
        .file_directive = gate "_file",                                            \
        .redis_directive = gate "_redis",                                          \
        .zone_directive = gate "_zone",                                            \
        .needed = "\"" gate "_redis\" or \"" gate "_file\" in http",               \
        .prefix = (key_prefix),                                                    \
        .channel = (changes),                                                      \
        .zone = (zone_is),                                                         \
        .shape = (shape_is),                                                       \
        .metrics = {                                                               \
            .hit = GGI_METRIC_##metric##_HIT,                                      \
            .none = GGI_METRIC_##metric##_NONE,                                    \
            .faulty = GGI_METRIC_##metric##_FAULTY,                                \
            .expired = GGI_METRIC_##metric##_EXPIRED,                              \
            .miss = GGI_METRIC_##metric##_MISS,                                    \
            .stale = GGI_METRIC_##metric##_STALE,                                  \
            .connected = GGI_METRIC_##metric##_CONNECTED,                          \
            .subscribed = GGI_METRIC_##metric##_SUBSCRIBED,                        \
            .gets = GGI_METRIC_##metric##_GETS,                                    \
            .failures = GGI_METRIC_##metric##_FAILURES,                            \
            .answered = GGI_METRIC_##metric##_ANSWERED                             \
        }                                                                          \
    }


/* Returns 1 when key is a key of a kind, 0 otherwise. */
static inline int
ggi_kind_key_valid(const ggi_kind_t *kind, ggi_str_t key)
{
    return key.len > 0 && key.len <= GGI_KEY_MAX && kind->shape->key_valid(key);
}


#endif
