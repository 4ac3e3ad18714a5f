/* SPDX-License-Identifier: EUPL-1.2 */

#include <arpa/inet.h>

#include "ggi_cluster_map.h"


/* Returns 1 when a text, with a NUL behind it, is an IP address, 0 otherwise. */
static int
ggi_cluster_is_address(const char *text)
{
    unsigned char  binary[16];

    return inet_pton(AF_INET, text, binary) == 1 || inet_pton(AF_INET6, text, binary) == 1;
}


/* Returns 1 when len bytes at host can be a host's name or address, 0 otherwise. */
static int
ggi_cluster_host_good(const char *host, size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        if (!ggi_is_digit(host[i]) && !(ggi_lower(host[i]) >= 'a' && ggi_lower(host[i]) <= 'z')
            && memchr(".-_:", host[i], 4) == NULL)
        {
            return 0;
        }
    }

    return len < GGI_CLUSTER_HOST_LEN;
}


int
ggi_cluster_node_set(ggi_cluster_node_t *node, const char *host, size_t len,
    long long port, const ggi_cluster_node_t *asked)
{
    memset(node, 0, sizeof(ggi_cluster_node_t));

    if (port < 1 || port > 65535 || !ggi_cluster_host_good(host, len)) {
        return 0;
    }

    node->port = (int) port;

    if (len == 0) {
        memcpy(node->host, asked->host, sizeof(node->host));
        memcpy(node->address, asked->address, sizeof(node->address));
        return 1;
    }

    memcpy(node->host, host, len);

    if (ggi_cluster_is_address(node->host)) {
        memcpy(node->address, node->host, len);         /* an address is shorter than the room */
        return 1;
    }

    return memchr(node->host, ':', len) == NULL;        /* as in what only looks like IPv6 */
}


int
ggi_cluster_node_same(const ggi_cluster_node_t *a, const ggi_cluster_node_t *b)
{
    return a->port == b->port && strcmp(a->host, b->host) == 0;
}


unsigned
ggi_cluster_map_master(ggi_cluster_map_t *map, const ggi_cluster_node_t *node)
{
    size_t  i;

    for (i = 0; i < map->n; i++) {
        if (ggi_cluster_node_same(&map->masters[i], node)) {
            return (unsigned) i;
        }
    }

    if (map->n == GGI_CLUSTER_MASTERS_MAX) {
        return GGI_CLUSTER_NOBODY;
    }

    map->masters[map->n++] = *node;

    return (unsigned) i;
}


/*
 * Notes the address of a node, if it stands in what the Cluster says of it besides its host:
 * names and their values in turns. Only an announced name has one there.
 */
static void
ggi_cluster_node_address(ggi_cluster_node_t *node, const ggi_reply_t *more)
{
    size_t              i;
    const ggi_reply_t  *name, *value;

    for (i = 0; i + 1 < more->n; i += 2) {
        name = more->elements[i];
        value = more->elements[i + 1];

        if (name->type == GGI_REPLY_STRING && strcmp(name->data, "ip") == 0
            && value->type == GGI_REPLY_STRING && value->len < sizeof(node->address)
            && ggi_cluster_is_address(value->data))
        {
            memcpy(node->address, value->data, value->len + 1);
        }
    }
}


/*
 * Reads a node: its host, its port, and from Redis 4 on its id, from Redis 7 on more. The host
 * is NULL, empty or "?" where the node asked does not know it. Returns 1, or 0 when it is none.
 */
static int
ggi_cluster_node_read(ggi_cluster_node_t *node, const ggi_reply_t *reply,
    const ggi_cluster_node_t *asked)
{
    ggi_str_t  host = { 0, "" };

    if (reply->type != GGI_REPLY_ARRAY || reply->n < 2
        || reply->elements[1]->type != GGI_REPLY_INTEGER)
    {
        return 0;
    }

    if (reply->elements[0]->type == GGI_REPLY_STRING) {
        host.data = reply->elements[0]->data;
        host.len = reply->elements[0]->len;

        if (strcmp(host.data, "?") == 0) {
            host.len = 0;
        }

    } else if (reply->elements[0]->type != GGI_REPLY_NIL) {
        return 0;
    }

    if (!ggi_cluster_node_set(node, host.data, host.len, reply->elements[1]->integer, asked)) {
        return 0;
    }

    if (node->address[0] == '\0' && reply->n >= 4
        && reply->elements[3]->type == GGI_REPLY_ARRAY)
    {
        ggi_cluster_node_address(node, reply->elements[3]);
    }

    return 1;
}


/* Reads a range: its first and last slot, its master, and replicas, which are not looked at. */
static int
ggi_cluster_range_read(ggi_cluster_map_t *map, const ggi_reply_t *reply,
    const ggi_cluster_node_t *asked)
{
    unsigned            owner;
    long long           slot, first, last;
    ggi_cluster_node_t  node;

    if (reply->type != GGI_REPLY_ARRAY || reply->n < 3
        || reply->elements[0]->type != GGI_REPLY_INTEGER
        || reply->elements[1]->type != GGI_REPLY_INTEGER)
    {
        return 0;
    }

    first = reply->elements[0]->integer;
    last = reply->elements[1]->integer;

    if (first < 0 || last < first || last >= GGI_CLUSTER_SLOTS
        || !ggi_cluster_node_read(&node, reply->elements[2], asked))
    {
        return 0;
    }

    owner = ggi_cluster_map_master(map, &node);

    if (owner == GGI_CLUSTER_NOBODY) {
        return 0;
    }

    for (slot = first; slot <= last; slot++) {
        if (map->owner[slot] != GGI_CLUSTER_NOBODY) {
            return 0;
        }

        map->owner[slot] = (uint8_t) owner;
    }

    map->assigned += (size_t) (last - first + 1);

    return 1;
}


int
ggi_cluster_map_read(ggi_cluster_map_t *map, const ggi_reply_t *reply,
    const ggi_cluster_node_t *asked)
{
    size_t  i;

    map->n = 0;
    map->assigned = 0;
    memset(map->owner, GGI_CLUSTER_NOBODY, sizeof(map->owner));

    if (reply->type != GGI_REPLY_ARRAY) {
        return 0;
    }

    for (i = 0; i < reply->n; i++) {
        if (!ggi_cluster_range_read(map, reply->elements[i], asked)) {
            return 0;
        }
    }

    return 1;
}
