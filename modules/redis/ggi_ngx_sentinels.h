/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The Sentinels of a worker: it is connected to each of those that the URL names, is told of
 * failovers, and leads its clients to the master. While no Sentinel answers, the master that was
 * known last stays.
 */

#ifndef GGI_NGX_SENTINELS_H
#define GGI_NGX_SENTINELS_H

#include "ggi_ngx_redis.h"


typedef struct ggi_sentinels_s  ggi_sentinels_t;


/*
 * Begins, in a worker, to ask the Sentinels of conf, and to lead the two clients, which were
 * started with the same conf and are stopped after this. conf and log live longer. Returns NULL
 * without memory; the caller ends with ggi_sentinels_stop().
 */
ggi_sentinels_t *ggi_sentinels_start(ggi_redis_conf_t *conf, ggi_redis_t *one, ggi_redis_t *two,
    ngx_log_t *log);

/* Ends the connections to the Sentinels and frees them. */
void ggi_sentinels_stop(ggi_sentinels_t *sentinels);


#endif
