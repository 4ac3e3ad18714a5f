/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The markers of the slots of a Cluster, as a worker reads them: with each document that it asks
 * for, after a change that was published, and of some slots of each master once a second. What a
 * slot has counts only while its marker vouches for it.
 */

#ifndef GGI_NGX_SLOTS_H
#define GGI_NGX_SLOTS_H

#include "ggi_ngx_cluster.h"
#include "ggi_ngx_slots_zone.h"


typedef struct {
    ggi_redis_conf_t  *conf;
    ggi_cache_t       *cache;
    ggi_cluster_t     *cluster;         /* NULL: there is no Cluster */
    ngx_log_t         *log;
    ngx_event_t        timer;
    unsigned           tour;            /* which slots are read next */
} ggi_slots_t;

/*
 * Is told what was found at a slot: GGI_DATASET_GOOD, GGI_DATASET_REPLACED, a reason for doubt, or
 * GGI_DATASET_UNASKED when no master has answered.
 */
typedef void (*ggi_slots_found_pt)(void *data, ggi_dataset_e found);


/*
 * Begins to read markers once a second, in memory of the caller. All arguments live longer; the
 * caller ends with ggi_slots_stop().
 */
void ggi_slots_start(ggi_slots_t *slots, ggi_redis_conf_t *conf, ggi_cache_t *cache,
    ggi_cluster_t *cluster, ngx_log_t *log);

/*
 * Has the marker of a slot read, and judged by what the workers know. Returns NGX_OK, and handler
 * is called with data once, after this has returned, within twice the time-out of the
 * configuration. handler may be NULL. Returns NGX_ERROR without memory. A first reply by which data
 * were lost has the marker asked for once more before it counts, since another worker may know of a
 * change that was made after this reply.
 */
ngx_int_t ggi_slots_ask(ggi_slots_t *slots, unsigned slot, ggi_slots_found_pt handler, void *data);

/* Has the markers of some slots of each master read, and those of doubted slots. */
void ggi_slots_look(ggi_slots_t *slots);

/* Has the marker of the slot of a key read, as after a change, by one of the workers. */
void ggi_slots_changed(ggi_slots_t *slots, ggi_str_t key);

/* Ends the reading. The client of the Cluster is ended after this. */
void ggi_slots_stop(ggi_slots_t *slots);


#endif
