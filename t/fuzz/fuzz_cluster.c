/* SPDX-License-Identifier: EUPL-1.2 */

/* What a node of a Redis Cluster says: the reply to CLUSTER SLOTS, CLUSTER INFO, and errors; and keys. */

#include "fuzz.h"

#include "ggi_cluster_map.h"
#include "ggi_cluster_slot.h"
#include "ggi_cluster_words.h"

static const ggi_cluster_node_t  asked = { "192.0.2.1", "192.0.2.1", 6379 };
static ggi_cluster_map_t         map;


static void
check_node(const ggi_cluster_node_t *node)
{
    fuzz_check(node->port > 0 && node->port <= 65535 && node->host[0]);
    fuzz_check(memchr(node->host, '\0', sizeof(node->host)) != NULL);
    fuzz_check(memchr(node->address, '\0', sizeof(node->address)) != NULL);
}


static void
check_map(void)
{
    size_t  i, assigned;

    assigned = 0;
    fuzz_check(map.n <= GGI_CLUSTER_MASTERS_MAX);

    for (i = 0; i < GGI_CLUSTER_SLOTS; i++) {
        fuzz_check(map.owner[i] == GGI_CLUSTER_NOBODY || map.owner[i] < map.n);
        assigned += (map.owner[i] != GGI_CLUSTER_NOBODY);
    }

    fuzz_check(assigned == map.assigned);

    for (i = 0; i < map.n; i++) {
        check_node(&map.masters[i]);
        fuzz_check(ggi_cluster_map_master(&map, &map.masters[i]) == i);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned             slot;
    ggi_str_t            text;
    ggi_reply_t         *reply;
    ggi_cluster_info_t   info;
    ggi_cluster_node_t   node;
    ggi_redis_reader_t   reader;
    ggi_cluster_error_e  error;

    fuzz_begin(data, size);
    text = fuzz_copy(data, size);
    reply = NULL;

    fuzz_check(ggi_cluster_slot(text) < GGI_CLUSTER_SLOTS);
    (void) ggi_cluster_info(text, &info);
    error = ggi_cluster_error(text, &slot, &node, &asked);

    if (error == GGI_CLUSTER_MOVED || error == GGI_CLUSTER_ASK) {
        fuzz_check(slot < GGI_CLUSTER_SLOTS);
        check_node(&node);
    }

    fuzz_check(ggi_redis_reader_create(&reader));

    if (ggi_redis_reader_feed(&reader, text.data, text.len)
        && ggi_redis_reader_next(&reader, &reply) && reply
        && ggi_cluster_map_read(&map, reply, &asked))
    {
        check_map();
    }

    ggi_reply_free(reply);
    ggi_redis_reader_free(&reader);

    return fuzz_end();
}
