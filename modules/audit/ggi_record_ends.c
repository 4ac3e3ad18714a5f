/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The first and the last record of a chain, which tell where it begins and why it ends, and
 * the one that tells that it goes on at another place.
 */

#define _GNU_SOURCE                     /* memmem() */
#include <string.h>

#include "ggi_record.h"
#include "ggi_record_ends.h"


/* Adds what is known of the chain that was written last at the place of this one. */
static void
ggi_record_add_before(ggi_json_t *json, const ggi_opened_t *opened)
{
    const ggi_end_t  *before;

    before = &opened->before;
    ggi_json_word(json, "ggi.chain.before.end", ggi_end_word(before->how));

    if (before->number) {
        ggi_json_plain(json, "ggi.chain.before.id", before->id, GGI_UUID_LEN);
        ggi_json_int(json, "ggi.chain.before.number", (int64_t) before->number);
        ggi_json_plain(json, "ggi.chain.before.hash", before->hash, GGI_CHAIN_HASH_LEN);
        ggi_json_word(json, "ggi.chain.before.known_by", opened->found ? "file" : "note");
    }
}


size_t
ggi_record_opened(char *buf, size_t size, const ggi_opened_t *opened,
    uint64_t time, ggi_chain_t *chain)
{
    ggi_json_t  json;

    ggi_record_open(&json, buf, size, chain);

    if (opened->has_place) {
        ggi_json_int(&json, "ggi.chain.place", (int64_t) opened->place);
    }

    if (!opened->moved) {
        ggi_json_int(&json, "process.pid", (int64_t) opened->worker);
        ggi_record_add_checked(&json, "ggi.configuration.sha256", opened->configuration);
    }

    ggi_record_add_before(&json, opened);

    return ggi_record_end(&json, opened->moved ? "ggi.chain_moved" : "ggi.chain_opened",
                          time, "Ok", chain);
}


size_t
ggi_record_closed(char *buf, size_t size, const char *why, uint64_t time,
    ggi_chain_t *chain)
{
    ggi_json_t  json;

    ggi_record_open(&json, buf, size, chain);
    ggi_json_int(&json, "ggi.chain.records", (int64_t) chain->place.number);
    ggi_json_word(&json, "ggi.chain.reason", why);

    return ggi_record_end(&json, "ggi.chain_closed", time, "Ok", chain);
}


int
ggi_record_is_end(ggi_str_t line)
{
    static const char  event[] = "\"event_name\":\"ggi.chain_";

    return memmem(line.data, line.len, event, sizeof(event) - 1) != NULL;
}
