/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* memrchr() */
#include "ggi_cluster_words.h"


/* Reads "SLOT HOST:PORT", where an IPv6 address has no brackets. Returns 1, or 0. */
static int
ggi_cluster_place(ggi_str_t text, unsigned *slot, ggi_cluster_node_t *node,
    const ggi_cluster_node_t *asked)
{
    uint64_t     number, port;
    ggi_str_t    end;
    const char  *colon;

    if (!ggi_str_skip_number(&text, GGI_CLUSTER_SLOTS - 1, &number) || !ggi_str_skip(&text, " ")) {
        return 0;
    }

    colon = text.len ? memrchr(text.data, ':', text.len) : NULL;

    if (colon == NULL) {
        return 0;
    }

    *slot = (unsigned) number;
    end.data = colon + 1;
    end.len = text.len - (size_t) (end.data - text.data);
    text.len = (size_t) (colon - text.data);

    if (text.len == 1 && text.data[0] == '?') {
        text.len = 0;                   /* a name is preferred, and there is none */
    }

    return ggi_str_skip_number(&end, 65535, &port) && end.len == 0
           && ggi_cluster_node_set(node, text.data, text.len, (long long) port, asked);
}


ggi_cluster_error_e
ggi_cluster_error(ggi_str_t text, unsigned *slot, ggi_cluster_node_t *node,
    const ggi_cluster_node_t *asked)
{
    size_t                  i;
    ggi_str_t               word;
    static const ggi_str_t  later[] = {
        ggi_str("CLUSTERDOWN"), ggi_str("TRYAGAIN"), ggi_str("LOADING"), ggi_str("MASTERDOWN"),
        ggi_str("READONLY")
    };

    word = ggi_str_cut(&text, ' ');

    for (i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
        if (ggi_str_eq(word, later[i])) {
            return GGI_CLUSTER_LATER;
        }
    }

    if (word.len == 5 && memcmp(word.data, "MOVED", 5) == 0) {
        return ggi_cluster_place(text, slot, node, asked) ? GGI_CLUSTER_MOVED
                                                          : GGI_CLUSTER_FAULT;
    }

    if (word.len == 3 && memcmp(word.data, "ASK", 3) == 0) {
        return ggi_cluster_place(text, slot, node, asked) ? GGI_CLUSTER_ASK : GGI_CLUSTER_FAULT;
    }

    return GGI_CLUSTER_FAULT;
}


int
ggi_cluster_info(ggi_str_t text, ggi_cluster_info_t *info)
{
    int               state, epoch;
    ggi_str_t         line;
    static ggi_str_t  ok = ggi_str("ok");

    state = 0;
    epoch = 0;

    while (text.len) {
        line = ggi_str_cut(&text, '\n');

        if (line.len && line.data[line.len - 1] == '\r') {
            line.len--;
        }

        if (ggi_str_skip(&line, "cluster_state:")) {
            info->ok = ggi_str_eq(line, ok);
            state = 1;

        } else if (ggi_str_skip(&line, "cluster_current_epoch:")) {
            epoch = ggi_str_skip_number(&line, UINT64_MAX, &info->epoch) && line.len == 0;
        }
    }

    return state && epoch;
}
