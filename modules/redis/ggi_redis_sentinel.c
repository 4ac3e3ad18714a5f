/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include "ggi_redis_sentinel.h"


/*
 * Copies the name of a host to view, an IPv6 address with brackets. Returns 1, or 0 when it is
 * neither an address nor a name.
 */
static int
ggi_sentinel_host(ggi_sentinel_view_t *view, const ggi_reply_t *reply)
{
    ggi_redis_host_t  host;

    if (reply->type != GGI_REPLY_STRING || reply->len == 0 || reply->len > GGI_SENTINEL_HOST_MAX
        || strspn(reply->data, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                  ".:-_") != reply->len)
    {
        return 0;
    }

    return ggi_redis_host_make(&host, view->host, sizeof(view->host), reply->data, 0);
}


/* Returns the number that a string is, of digits alone, or max + 1. */
static uint64_t
ggi_sentinel_number(const ggi_reply_t *reply, uint64_t max)
{
    uint64_t   value;
    ggi_str_t  text = { reply->len, reply->data };

    return (reply->type == GGI_REPLY_STRING && text.len <= 18
            && ggi_str_skip_number(&text, max, &value) && text.len == 0)
           ? value : max + 1;
}


int
ggi_sentinel_read_master(ggi_sentinel_view_t *view, const ggi_reply_t *reply)
{
    uint64_t  port;

    view->port = 0;

    if (reply->type == GGI_REPLY_ARRAY && reply->n == 2
        && ggi_sentinel_host(view, reply->elements[0]))
    {
        port = ggi_sentinel_number(reply->elements[1], 65535);
        view->port = (port <= 65535) ? (int) port : 0;
    }

    if (view->port == 0) {
        view->host[0] = '\0';
    }

    return view->port != 0;
}


int
ggi_sentinel_read_epoch(ggi_sentinel_view_t *view, const ggi_reply_t *reply)
{
    size_t    i;
    uint64_t  epoch;

    static const uint64_t  max = UINT64_MAX - 1;

    view->epoch = 0;

    if (reply->type != GGI_REPLY_ARRAY) {
        return 0;
    }

    for (i = 0; i + 1 < reply->n; i += 2) {
        if (reply->elements[i]->type == GGI_REPLY_STRING
            && strcmp(reply->elements[i]->data, "config-epoch") == 0)
        {
            epoch = ggi_sentinel_number(reply->elements[i + 1], max);
            view->epoch = (epoch <= max) ? epoch : 0;
            return epoch <= max;
        }
    }

    return 0;
}


int
ggi_sentinel_concerns(ggi_str_t message, ggi_str_t master)
{
    size_t       len;
    const char  *p, *space, *end;

    end = message.data + message.len;

    for (p = message.data; p < end; p = space + 1) {
        space = memchr(p, ' ', (size_t) (end - p));

        if (space == NULL) {
            space = end;
        }

        len = (size_t) (space - p);

        if (len == master.len && memcmp(p, master.data, len) == 0) {
            return 1;
        }
    }

    return 0;
}


int
ggi_sentinel_same(const ggi_sentinel_view_t *one, const ggi_sentinel_view_t *two)
{
    return one->port == two->port && strcmp(one->host, two->host) == 0;
}


/* Returns how many of n views have the host and port of view. */
static size_t
ggi_sentinel_votes(const ggi_sentinel_view_t *views, size_t n, const ggi_sentinel_view_t *view)
{
    size_t  i, votes;

    votes = 0;

    for (i = 0; i < n; i++) {
        votes += (size_t) ggi_sentinel_same(&views[i], view);
    }

    return votes;
}


const ggi_sentinel_view_t *
ggi_sentinel_choose(const ggi_sentinel_view_t *views, size_t n, const ggi_sentinel_view_t *known)
{
    size_t                      i;
    const ggi_sentinel_view_t  *best;

    best = NULL;

    for (i = 0; i < n; i++) {
        if (views[i].port && (best == NULL || views[i].epoch > best->epoch)) {
            best = &views[i];
        }
    }

    if (best == NULL) {
        return known;
    }

    if (known->port == 0 || best->epoch > known->epoch
        || 2 * ggi_sentinel_votes(views, n, best) > n)
    {
        return best;
    }

    return (best->epoch == known->epoch && ggi_sentinel_same(best, known)) ? best : known;
}
