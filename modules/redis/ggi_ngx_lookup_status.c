/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_lookup_status.h"
#include "ggi_ngx_marker.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_slots_zone.h"
#include "ggi_ngx_str.h"


/* The samples of the three families about servers, which have room for one of each server. */
typedef struct {
    ngx_pool_t           *pool;
    ggi_status_sample_t  *up;
    ggi_status_sample_t  *since;
    ggi_status_sample_t  *slots;
    size_t                n;            /* samples in up, and in slots of a Cluster */
    size_t                since_n;
    ggi_str_t             found;        /* by which way the servers were found */
} ggi_lookup_servers_t;


/* By the role that a server says it has. */
static const ggi_str_t  ggi_lookup_roles[] = {
    ggi_str("unknown"), ggi_str("master"), ggi_str("replica"), ggi_str("sentinel")
};

/* By the kind of a URL. */
static const ggi_str_t  ggi_lookup_ways[] = {
    ggi_str("server"), ggi_str("sentinel"), ggi_str("cluster")
};


/* Adds a family of one sample. Returns NGX_OK, or NGX_ERROR without memory. */
static ngx_int_t
ggi_lookup_status_one(ngx_pool_t *pool, ggi_status_t *status, ggi_status_family_t *family,
    ggi_str_t of, uint64_t value)
{
    ggi_status_sample_t  *sample;

    sample = ngx_pcalloc(pool, sizeof(ggi_status_sample_t));
    if (sample == NULL) {
        return NGX_ERROR;
    }

    sample->of = of;
    sample->value = value;
    family->samples = sample;
    family->n = 1;

    return ggi_status_add(pool, status, family);
}


/* Makes room for n servers. Returns NGX_OK, or NGX_ERROR without memory. */
static ngx_int_t
ggi_lookup_servers_init(ggi_lookup_servers_t *servers, ngx_pool_t *pool, size_t n)
{
    ngx_memzero(servers, sizeof(ggi_lookup_servers_t));
    servers->pool = pool;
    servers->up = ngx_pcalloc(pool, 3 * (n + 1) * sizeof(ggi_status_sample_t));

    if (servers->up == NULL) {
        return NGX_ERROR;
    }

    servers->since = servers->up + n + 1;
    servers->slots = servers->since + n + 1;

    return NGX_OK;
}


/*
 * Adds a server, with its slots in a Cluster. up: it is connected, and serves. Does nothing while
 * its address is not known. Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_lookup_servers_add(ggi_lookup_servers_t *servers, const ggi_redis_seen_t *seen, ngx_uint_t up,
    uint64_t slots)
{
    ngx_str_t             copy;
    ggi_status_sample_t  *sample;

    if (seen->server == NULL) {
        return NGX_OK;
    }

    copy.len = seen->server->len;
    copy.data = ngx_pstrdup(servers->pool, (ngx_str_t *) seen->server);

    if (copy.data == NULL) {
        return NGX_ERROR;
    }

    sample = &servers->up[servers->n];
    sample->of = ggi_from_ngx_str(copy);
    sample->more[0] = ggi_lookup_roles[seen->role];
    sample->more[1] = servers->found;
    sample->value = up;

    servers->slots[servers->n].of = sample->of;
    servers->slots[servers->n].value = slots;
    servers->n++;

    if (up) {
        servers->since[servers->since_n].of = sample->of;
        servers->since[servers->since_n].value = (uint64_t) seen->since;
        servers->since_n++;
    }

    return NGX_OK;
}


/* Adds all masters of a Cluster, as the map of this worker has them. */
static ngx_int_t
ggi_lookup_servers_cluster(ggi_lookup_servers_t *servers, const ggi_cluster_t *cluster)
{
    size_t               i;
    u_char               text[GGI_CLUSTER_HOST_LEN + sizeof(":65535")];
    ngx_str_t            name = { 0, text };
    ngx_uint_t           slot;
    uint64_t             slots[GGI_CLUSTER_NOBODY + 1];
    ggi_redis_seen_t     seen;
    ggi_cluster_peer_t  *peer;

    ngx_memzero(slots, sizeof(slots));

    for (slot = 0; slot < GGI_CLUSTER_SLOTS; slot++) {
        slots[cluster->map.owner[slot]]++;
    }

    for (i = 0; i < cluster->map.n; i++) {
        peer = cluster->peer[i];
        ngx_memzero(&seen, sizeof(seen));

        if (peer) {
            ggi_redis_see(peer->redis, &seen);
            seen.server = &peer->node.addr.name;

        } else {
            name.len = (size_t) (ngx_snprintf(text, sizeof(text), "%s:%d",
                                              cluster->map.masters[i].host,
                                              cluster->map.masters[i].port) - text);
            seen.server = &name;
        }

        if (ggi_lookup_servers_add(servers, &seen, peer && ggi_cluster_peer_serves(peer),
                                   slots[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* Adds the families of the servers that there are. */
static ngx_int_t
ggi_lookup_servers_tell(const ggi_lookup_servers_t *servers, const ggi_kind_t *kind,
    ngx_uint_t cluster, ggi_status_t *status)
{
    ggi_status_family_t  up = {
        .name = kind->up,
        .label = "server",
        .more = { "role", "found" },
        .help = "Servers of Redis that are to be asked: 1 when connected and serving, else 0.",
        .samples = servers->up,
        .n = servers->n
    };
    ggi_status_family_t  since = {
        .name = kind->master,
        .label = "server",
        .help = "When the Redis that is in use, by its address, came into use.",
        .samples = servers->since,
        .n = servers->since_n
    };
    ggi_status_family_t  slots = {
        .name = kind->slots,
        .label = "server",
        .help = "Slots of each master of the Redis Cluster.",
        .samples = servers->slots,
        .n = servers->n
    };

    if ((servers->n && ggi_status_add(servers->pool, status, &up) != NGX_OK)
        || (servers->since_n && ggi_status_add(servers->pool, status, &since) != NGX_OK))
    {
        return NGX_ERROR;
    }

    return cluster && servers->n ? ggi_status_add(servers->pool, status, &slots) : NGX_OK;
}


/* Adds the servers that the worker which answers asks for documents. */
static ngx_int_t
ggi_lookup_status_servers(const ggi_lookup_t *lookup, const ggi_redis_conf_t *conf,
    ngx_pool_t *pool, ggi_status_t *status)
{
    ngx_int_t                 rc;
    ggi_redis_seen_t          seen;
    ggi_lookup_servers_t      servers;
    const ggi_fetch_redis_t  *redis;

    redis = &lookup->fetcher->redis;

    if (ggi_lookup_servers_init(&servers, pool, redis->cluster ? redis->cluster->map.n : 1)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    servers.found = ggi_lookup_ways[conf->url.kind];
    rc = NGX_OK;

    if (redis->cluster) {
        rc = ggi_lookup_servers_cluster(&servers, redis->cluster);

    } else if (redis->server) {
        ggi_redis_see(redis->server, &seen);
        rc = ggi_lookup_servers_add(&servers, &seen, seen.up, 0);
    }

    return rc == NGX_OK ? ggi_lookup_servers_tell(&servers, lookup->kind, redis->cluster != NULL,
                                                  status)
                        : NGX_ERROR;
}


/* Adds the data set, as the workers know it together. */
static ngx_int_t
ggi_lookup_status_dataset(const ggi_lookup_t *lookup, ggi_lookup_conf_t *conf, ngx_pool_t *pool,
    ggi_status_t *status)
{
    ggi_str_t             id;
    ggi_dataset_t        *known;
    ggi_status_family_t   family = {
        .name = lookup->kind->dataset,
        .label = "id",
        .help = "The last change of the data set in Redis, by the id of that."
    };

    known = ngx_palloc(pool, sizeof(ggi_dataset_t));

    if (known == NULL) {
        return NGX_ERROR;
    }

    if (conf->cache.slots) {
        ggi_slots_known(&conf->cache, known);

    } else {
        ggi_marker_known(&conf->cache, known);
    }

    if (known->id[0] == '\0') {
        return NGX_OK;
    }

    id.data = known->id;
    id.len = ngx_strlen(known->id);

    return ggi_lookup_status_one(pool, status, &family, id, known->number);
}


/* Adds how many slots of a Cluster are doubted. */
static ngx_int_t
ggi_lookup_status_doubted(const ggi_lookup_t *lookup, ggi_lookup_conf_t *conf, ngx_pool_t *pool,
    ggi_status_t *status)
{
    ggi_str_t            nothing = ggi_str("");
    ggi_status_family_t  family = {
        .name = lookup->kind->doubted,
        .help = "Slots of the Redis Cluster that count as not answering, by their data set."
    };

    return ggi_lookup_status_one(pool, status, &family, nothing,
                                 ggi_slots_doubts(&conf->cache, NULL));
}


ngx_int_t
ggi_lookup_status(const ggi_lookup_t *lookup, ngx_pool_t *pool, ggi_status_t *status)
{
    u_char             *main_conf;
    ggi_lookup_conf_t  *conf;

    main_conf = ngx_http_cycle_get_module_main_conf(ngx_cycle, (*lookup->module));

    if (main_conf == NULL) {
        return NGX_ERROR;
    }

    conf = (ggi_lookup_conf_t *) (void *) (main_conf + lookup->offset);

    if (ggi_lookup_status_servers(lookup, conf->redis, pool, status) != NGX_OK
        || ggi_lookup_status_dataset(lookup, conf, pool, status) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return conf->cache.slots ? ggi_lookup_status_doubted(lookup, conf, pool, status) : NGX_OK;
}
