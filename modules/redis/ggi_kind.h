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
    ggi_metric_e         doubting;      /* workers that doubt the data set of Redis */
    ggi_metric_e         gets;          /* documents that Redis was asked for */
    ggi_metric_e         failures;      /* connections to Redis that failed, or were lost */
    ggi_metric_e         moved;         /* questions that a Cluster sent to another node: MOVED */
    ggi_metric_e         asked;         /* and ASK */
    ggi_metric_e         answered;      /* when Redis last answered */
    ggi_metric_e         topology;      /* when it was last learnt which servers are masters */
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
    const char          *dataset;       /* the metric with the number of a data set of Redis */
    const char          *master;        /* the metric with the server that is in use */
    const char          *up;            /* the metric with the servers that are to be asked */
    const char          *slots;         /* the metric with the slots of masters of a Cluster */
    const char          *doubted;       /* the metric with the number of doubted slots */
} ggi_kind_t;


/*
 * The initial value of a kind. file_is, redis_is and zone_is name its directives, and dataset_is
 * its metric of the data set; metric begins the names of the others, such as PROFILE; the rest
 * are members.
 */
#define GGI_KIND_NAMED(file_is, redis_is, zone_is, metric, one, several, key_is, key_prefix,   \
                       changes, zone_made, shape_is, dataset_is)                   \
    {                                                                              \
        .name = (one),                                                             \
        .names = (several),                                                        \
        .key = (key_is),                                                           \
        .file_directive = (file_is),                                               \
        .redis_directive = (redis_is),                                             \
        .zone_directive = (zone_is),                                               \
        .needed = "\"" redis_is "\" or \"" file_is "\" in http",                   \
        .prefix = (key_prefix),                                                    \
        .channel = (changes),                                                      \
        .zone = (zone_made),                                                       \
        .shape = (shape_is),                                                       \
        .dataset = (dataset_is),                                                   \
        .master = redis_is "_master_timestamp_seconds",                            \
        .up = redis_is "_up",                                                      \
        .slots = redis_is "_cluster_slots",                                        \
        .doubted = redis_is "_doubted_slots",                                      \
        .metrics = {                                                               \
            .hit = GGI_METRIC_##metric##_HIT,                                      \
            .none = GGI_METRIC_##metric##_NONE,                                    \
            .faulty = GGI_METRIC_##metric##_FAULTY,                                \
            .expired = GGI_METRIC_##metric##_EXPIRED,                              \
            .miss = GGI_METRIC_##metric##_MISS,                                    \
            .stale = GGI_METRIC_##metric##_STALE,                                  \
            .connected = GGI_METRIC_##metric##_CONNECTED,                          \
            .subscribed = GGI_METRIC_##metric##_SUBSCRIBED,                        \
            .doubting = GGI_METRIC_##metric##_DOUBTING,                            \
            .gets = GGI_METRIC_##metric##_GETS,                                    \
            .failures = GGI_METRIC_##metric##_FAILURES,                            \
            .moved = GGI_METRIC_##metric##_MOVED,                                  \
            .asked = GGI_METRIC_##metric##_ASKED,                                  \
            .answered = GGI_METRIC_##metric##_ANSWERED,                            \
            .topology = GGI_METRIC_##metric##_TOPOLOGY                             \
        }                                                                          \
    }

/* The initial value of a kind whose directives have names that begin with gate, a literal. */
#define GGI_KIND(gate, metric, one, several, key_is, key_prefix, changes, zone_made, shape_is) \
    GGI_KIND_NAMED(gate "_file", gate "_redis", gate "_zone", metric, one, several, key_is,    \
                   key_prefix, changes, zone_made, shape_is, gate "_dataset_number")


/* Returns 1 when key is a key of a kind, 0 otherwise. */
static inline int
ggi_kind_key_valid(const ggi_kind_t *kind, ggi_str_t key)
{
    return key.len > 0 && key.len <= GGI_KEY_MAX && kind->shape->key_valid(key);
}


#endif
