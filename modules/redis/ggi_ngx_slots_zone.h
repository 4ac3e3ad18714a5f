/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What the workers know together of the data set of a Cluster, in a zone of shared memory of its
 * own: the number of each slot, and which slots are doubted.
 */

#ifndef GGI_NGX_SLOTS_ZONE_H
#define GGI_NGX_SLOTS_ZONE_H

#include "ggi_dataset.h"
#include "ggi_limit.h"
#include "ggi_ngx_cache.h"


typedef struct {
    char        id[GGI_DATASET_ID_MAX + 1];     /* of the data set; "": none was seen */
    uint64_t    number[GGI_CLUSTER_SLOTS];      /* of the changes in each slot; 0: not known */
    uint8_t     doubted[GGI_CLUSTER_SLOTS / 8]; /* a bit for each slot */
    ngx_uint_t  doubts;                         /* how many slots are doubted */
    ngx_uint_t  told;                           /* 1: the log tells that some are */
    ggi_limit_t limit;                          /* of these messages */
} ggi_slots_shared_t;


/* Returns 1 when the bit of a slot is set, 0 otherwise. */
static inline ngx_uint_t
ggi_slots_in(const uint8_t slots[GGI_CLUSTER_SLOTS / 8], unsigned slot)
{
    return (slots[slot / 8] >> (slot % 8)) & 1;
}


/*
 * Adds the zone to a cache whose zone was added, and whose documents are in a Cluster. tag is the
 * module. Returns NGX_OK, or NGX_ERROR after a message.
 */
ngx_int_t ggi_slots_zone(ngx_conf_t *cf, ggi_cache_t *cache, void *tag);

/*
 * Judges the marker of a slot by what the workers know, and notes what it tells. Returns what was
 * found. Sets *known to what was known of the slot before.
 */
ggi_dataset_e ggi_slots_judge(ggi_cache_t *cache, unsigned slot,
    const ggi_dataset_fields_t *fields, ggi_dataset_t *known);

/*
 * Notes whether a slot is doubted. Returns 1 when the caller is to log that: the first slot that is
 * doubted, unless that was logged a moment ago, and then the last one that is good again. Sets
 * *left_out to the number of such messages that were not logged in between. Returns 0 otherwise.
 */
ngx_uint_t ggi_slots_note(ggi_cache_t *cache, unsigned slot, ngx_uint_t doubted,
    uint64_t *left_out);

/*
 * Returns how many slots are doubted. When which is not NULL, copies a bit for each slot to it, of
 * which ggi_slots_in() tells whether it is set.
 */
ngx_uint_t ggi_slots_doubts(ggi_cache_t *cache, uint8_t which[GGI_CLUSTER_SLOTS / 8]);

/*
 * Copies the id of the data set, "" for none, and the number of all changes in slots that are
 * known, to *known.
 */
void ggi_slots_known(ggi_cache_t *cache, ggi_dataset_t *known);


#endif
