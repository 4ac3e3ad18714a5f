/* SPDX-License-Identifier: EUPL-1.2 */

/* The slots of a Redis Cluster: which of them a key is in. */

#ifndef GGI_CLUSTER_SLOT_H
#define GGI_CLUSTER_SLOT_H

#include <stdint.h>

#include "ggi_str.h"

#define GGI_CLUSTER_SLOTS  16384


/*
 * Returns the slot of a key, 0 to GGI_CLUSTER_SLOTS - 1, as the specification of Redis Cluster
 * defines it: the CRC16 (XMODEM) of the key modulo the number of slots. Where the key has a "{"
 * with at least one byte between it and the first "}" behind it, only these bytes count.
 */
unsigned ggi_cluster_slot(ggi_str_t key);

/*
 * Finds a number for each slot, once in the life of the process, in some milliseconds. It is not
 * called while another thread calls this or ggi_cluster_number().
 */
void ggi_cluster_numbers_find(void);

/*
 * Returns the smallest number that is in a slot, 0 to GGI_CLUSTER_SLOTS - 1, as a decimal text: a
 * key with it as its hash tag stays with that slot. ggi_cluster_numbers_find() was called before.
 */
uint32_t ggi_cluster_number(unsigned slot);


#endif
