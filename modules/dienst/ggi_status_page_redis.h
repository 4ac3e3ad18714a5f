/* SPDX-License-Identifier: EUPL-1.2 */

/* What the page of ggi_status shows of the Redis of each gate. Free of nginx. */

#ifndef GGI_STATUS_PAGE_REDIS_H
#define GGI_STATUS_PAGE_REDIS_H

#include "ggi_page.h"


/* Writes a table of the servers of Redis that gates ask, or nothing where there are none. */
void ggi_page_redis(const ggi_page_t *page);

/* Writes a row for each Redis Cluster, in a table of two columns: how many slots are doubted. */
void ggi_page_redis_doubted(const ggi_page_t *page);


#endif
