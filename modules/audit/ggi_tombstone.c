/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ggi_tombstone.h"

#define GGI_TOMBSTONE_MAX  512          /* bytes that a tombstone needs at the most */


int
ggi_tombstone_write(char *line, size_t len, const unsigned char hash[GGI_VERIFY_HASH],
    const ggi_verify_place_t *place, uint64_t time, ggi_str_t retention)
{
    int     first, last;
    char    hex[GGI_CHAIN_HASH_LEN], previous[GGI_CHAIN_HASH_LEN];
    char    head[GGI_TOMBSTONE_MAX], tail[GGI_TOMBSTONE_MAX];
    size_t  blanks;

    ggi_hex_write(hex, hash, GGI_VERIFY_HASH);
    ggi_hex_write(previous, place->previous, GGI_VERIFY_HASH);
    first = snprintf(head, sizeof(head),
                     "%s%.*s\",\"attributes\":{\"ggi.chain.id\":\"%s\",\"ggi.chain.number\":%"
                     PRId64 ",\"ggi.chain.previous\":\"%.*s\",\"ggi.tombstone.retention\":\""
                     "%.*s\"},",
                     GGI_TOMBSTONE_KEY, GGI_CHAIN_HASH_LEN, hex, place->id, place->number,
                     GGI_CHAIN_HASH_LEN, previous, (int) retention.len, retention.data);
    last = snprintf(tail, sizeof(tail), "\"event_name\":\"ggi.tombstone\",\"timestamp\":%" PRIu64
                    ",\"status\":\"Ok\"}\n", time);

    if (retention.len > GGI_TOMBSTONE_RETENTION || first < 0 || last < 0
        || (size_t) first + (size_t) last > len)
    {
        return 0;
    }

    /* the end of a line tells what it is */
    blanks = len - (size_t) first - (size_t) last;
    memcpy(line, head, (size_t) first);
    memset(line + first, ' ', blanks);
    memcpy(line + first + blanks, tail, (size_t) last);

    return 1;
}
