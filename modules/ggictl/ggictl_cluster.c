/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ggi_cluster_words.h"
#include "ggictl_cluster.h"
#include "ggictl_reply.h"

#define GGICTL_CLUSTER_TRIES  30        /* times that a command is sent at most */
#define GGICTL_CLUSTER_PAUSE  100000    /* us before a node is asked again that cannot answer now */


typedef struct {
    ggictl_redis_t     redis;
    ggi_redis_host_t   host;
    char               name[GGI_CLUSTER_HOST_LEN + 2];
    ggi_cluster_node_t at;
} ggictl_cluster_node_t;

struct ggictl_cluster_s {
    ggi_cluster_map_t       map;
    ggictl_cluster_node_t  *nodes[GGI_CLUSTER_MASTERS_MAX];     /* of the map's masters, or NULL */
    ggictl_redis_access_t   access;
    int                     seconds;
};


/* Takes over why a command failed at a node. */
static void
ggictl_cluster_failed(ggictl_redis_t *redis, const ggictl_redis_t *node)
{
    memcpy(redis->error, node->error, sizeof(redis->error));
    redis->refused = node->refused;
}


static void
ggictl_cluster_node_close(ggictl_cluster_node_t *node)
{
    if (node) {
        ggictl_redis_close(&node->redis);
        free(node);
    }
}


/* Returns a node that is connected to, or NULL with redis->error. */
static ggictl_cluster_node_t *
ggictl_cluster_connect(ggictl_redis_t *redis, const ggi_cluster_node_t *at)
{
    ggictl_cluster_node_t  *node;

    node = calloc(1, sizeof(ggictl_cluster_node_t));
    if (node == NULL) {
        snprintf(redis->error, sizeof(redis->error), "no memory");
        return NULL;
    }

    (void) ggi_redis_host_make(&node->host, node->name, sizeof(node->name), at->host, at->port);
    node->redis.url = redis->url;
    node->at = *at;
    node->redis.address = node->at.address[0] ? node->at.address : NULL;

    if (!ggictl_redis_connect(&node->redis, &node->host, &redis->cluster->access,
                              redis->cluster->seconds)
        || !ggictl_redis_login(&node->redis, 0))
    {
        ggictl_cluster_failed(redis, &node->redis);
        ggictl_cluster_node_close(node);
        return NULL;
    }

    return node;
}


/* Returns the connection to a master of the map, or NULL with redis->error. */
static ggictl_redis_t *
ggictl_cluster_node(ggictl_redis_t *redis, size_t i)
{
    ggictl_cluster_t  *cluster = redis->cluster;

    if (cluster->nodes[i] == NULL) {
        cluster->nodes[i] = ggictl_cluster_connect(redis, &cluster->map.masters[i]);
    }

    return cluster->nodes[i] ? &cluster->nodes[i]->redis : NULL;
}


/* Reads the map of slots at a node. Returns 1, or 0 with redis->error. */
static int
ggictl_cluster_read(ggictl_redis_t *redis, ggictl_cluster_node_t *node,
    const ggi_cluster_node_t *at)
{
    int                 ok;
    redisReply         *reply;
    const char         *argv[] = { "CLUSTER", "SLOTS" };
    ggi_reply_t        *copy;

    reply = ggictl_redis_ask(&node->redis, 2, argv);
    if (reply == NULL) {
        ggictl_cluster_failed(redis, &node->redis);

        if (strstr(redis->error, "cluster support disabled")) {
            snprintf(redis->error, sizeof(redis->error), "%.110s is no node of a Cluster: name it "
                     "as redis://, or its Sentinels as sentinel://", node->redis.server);
        }

        return 0;
    }

    copy = ggictl_reply_copy(reply);
    ok = copy && ggi_cluster_map_read(&redis->cluster->map, copy, at);
    ggi_reply_free(copy);
    freeReplyObject(reply);

    if (!ok || redis->cluster->map.n == 0) {
        snprintf(redis->error, sizeof(redis->error), "does not tell which nodes have which slots, "
                 "of at most %d masters (%s)", GGI_CLUSTER_MASTERS_MAX, node->redis.server);
        return 0;
    }

    return 1;
}


/* Makes a node of a host of the URL. Returns 1, or 0 when its name is too long. */
static int
ggictl_cluster_seed(ggi_cluster_node_t *at, const ggi_redis_host_t *host)
{
    const char  *name;

    name = host->address[0] ? host->address : host->name.data;

    return ggi_cluster_node_set(at, name, strlen(name), host->port, at);
}


/* Sets redis->error to that a slot, or some, have no master. */
static void
ggictl_cluster_unserved(ggictl_redis_t *redis)
{
    snprintf(redis->error, sizeof(redis->error), "%zu of %d slots of the Cluster have no master",
             GGI_CLUSTER_SLOTS - redis->cluster->map.assigned, GGI_CLUSTER_SLOTS);
}


/* Returns the index of a node among the masters, or GGI_CLUSTER_NOBODY with redis->error. */
static unsigned
ggictl_cluster_add(ggictl_redis_t *redis, const ggi_cluster_node_t *at)
{
    unsigned  i;

    i = ggi_cluster_map_master(&redis->cluster->map, at);

    if (i == GGI_CLUSTER_NOBODY) {
        snprintf(redis->error, sizeof(redis->error), "the Cluster has more than %d masters",
                 GGI_CLUSTER_MASTERS_MAX);
    }

    return i;
}


/*
 * Judges the error of a node about a command. Returns the index of the node that is to be asked
 * then, or GGI_CLUSTER_NOBODY when the error is the answer. Sets *asking when that one has to be
 * told that it was named by ASK.
 */
static unsigned
ggictl_cluster_redirected(ggictl_redis_t *redis, unsigned i, int *asking)
{
    unsigned             slot, to;
    ggi_str_t            text;
    const char          *end;
    ggi_cluster_map_t   *map = &redis->cluster->map;
    ggi_cluster_node_t   at;

    text.data = redis->error;
    end = strstr(redis->error, " (");   /* behind it stands which server has said so */
    text.len = end ? (size_t) (end - text.data) : strlen(text.data);
    *asking = 0;

    switch (ggi_cluster_error(text, &slot, &at, &map->masters[i])) {

    case GGI_CLUSTER_MOVED:
        to = ggictl_cluster_add(redis, &at);

        if (to != GGI_CLUSTER_NOBODY) {
            map->owner[slot] = (uint8_t) to;
        }

        return to;

    case GGI_CLUSTER_ASK:
        *asking = 1;
        return ggictl_cluster_add(redis, &at);

    case GGI_CLUSTER_LATER:
        usleep(GGICTL_CLUSTER_PAUSE);
        return i;

    default:
        return GGI_CLUSTER_NOBODY;
    }
}


/* Returns the slot of a command, by its key; a command without a key is for any node. */
static unsigned
ggictl_cluster_slot_of(int argc, const char **argv, const size_t *lens)
{
    int        at;
    ggi_str_t  key;

    at = (strcmp(argv[0], "EVAL") == 0) ? 3 : 1;

    if (argc <= at) {
        return 0;
    }

    key.data = argv[at];
    key.len = lens ? lens[at] : strlen(argv[at]);

    return ggi_cluster_slot(key);
}


/* Sets redis->error to what has to be done about an error that lasts. */
static void
ggictl_cluster_given_up(ggictl_redis_t *redis, const ggictl_redis_t *node)
{
    if (strncmp(redis->error, "TRYAGAIN ", 9) == 0) {
        snprintf(redis->error, sizeof(redis->error), "the slot of the key moves between two "
                 "masters, and only some of its keys have moved: have the others moved, such as "
                 "by \"redis-cli --cluster fix\" (%s)", node->server);
    }
}


/* Sends a command to the node of its key. */
static redisReply *
ggictl_cluster_route(ggictl_redis_t *redis, int argc, const char **argv, const size_t *lens)
{
    int              tries, asking;
    unsigned         i;
    redisReply      *reply;
    const char      *ask[] = { "ASKING" };
    ggictl_redis_t  *node;

    asking = 0;
    node = NULL;
    redis->refused = 0;
    i = redis->cluster->map.owner[ggictl_cluster_slot_of(argc, argv, lens)];

    if (i == GGI_CLUSTER_NOBODY) {
        ggictl_cluster_unserved(redis);
        return NULL;
    }

    for (tries = 0; tries < GGICTL_CLUSTER_TRIES && i != GGI_CLUSTER_NOBODY; tries++) {
        node = ggictl_cluster_node(redis, i);

        if (node == NULL) {
            return NULL;
        }

        if (asking) {
            freeReplyObject(ggictl_redis_ask(node, 1, ask));
        }

        reply = ggictl_redis_ask_bytes(node, argc, argv, lens);

        if (reply) {
            return reply;
        }

        ggictl_cluster_failed(redis, node);

        if (!node->refused) {
            return NULL;
        }

        i = ggictl_cluster_redirected(redis, i, &asking);
    }

    if (i != GGI_CLUSTER_NOBODY) {
        ggictl_cluster_given_up(redis, node);
    }

    return NULL;
}


static void
ggictl_cluster_end(ggictl_cluster_t *cluster)
{
    size_t  i;

    for (i = 0; i < GGI_CLUSTER_MASTERS_MAX; i++) {
        ggictl_cluster_node_close(cluster->nodes[i]);
    }

    free(cluster);
}


int
ggictl_cluster_open(ggictl_redis_t *redis, const ggictl_redis_access_t *access, int seconds)
{
    int                     ok;
    size_t                  i;
    ggi_cluster_node_t      at;
    ggictl_cluster_node_t  *node;

    redis->cluster = calloc(1, sizeof(ggictl_cluster_t));
    if (redis->cluster == NULL) {
        snprintf(redis->error, sizeof(redis->error), "no memory");
        return 0;
    }

    memset(&at, 0, sizeof(at));
    redis->cluster->access = *access;
    redis->cluster->seconds = seconds;
    redis->route = ggictl_cluster_route;
    redis->end = ggictl_cluster_end;

    for (i = 0, ok = 0; i < redis->url.nhosts && !ok; i++) {
        if (!ggictl_cluster_seed(&at, &redis->url.hosts[i])) {
            snprintf(redis->error, sizeof(redis->error), "the name of a host is too long");
            continue;
        }

        node = ggictl_cluster_connect(redis, &at);
        ok = node && ggictl_cluster_read(redis, node, &at);
        ggictl_cluster_node_close(node);
    }

    return ok;
}


int
ggictl_cluster_again(ggictl_redis_t *redis)
{
    int               ok;
    size_t            i;
    ggictl_cluster_t *cluster = redis->cluster;

    for (i = 0, ok = 0; i < GGI_CLUSTER_MASTERS_MAX && !ok; i++) {
        ok = cluster->nodes[i]
             && ggictl_cluster_read(redis, cluster->nodes[i], &cluster->nodes[i]->at);
    }

    for (i = 0; i < GGI_CLUSTER_MASTERS_MAX; i++) {
        ggictl_cluster_node_close(cluster->nodes[i]);
        cluster->nodes[i] = NULL;
    }

    return ok;
}


ggictl_redis_t *
ggictl_cluster_master(ggictl_redis_t *redis, size_t i)
{
    redis->error[0] = '\0';

    if (redis->cluster == NULL) {
        return i == 0 ? redis : NULL;
    }

    if (redis->cluster->map.assigned < GGI_CLUSTER_SLOTS) {
        ggictl_cluster_unserved(redis);
        return NULL;
    }

    return i < redis->cluster->map.n ? ggictl_cluster_node(redis, i) : NULL;
}


size_t
ggictl_cluster_owner(const ggictl_redis_t *redis, unsigned slot)
{
    return redis->cluster->map.owner[slot];
}
