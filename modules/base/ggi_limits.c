/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_limits.h"

#define GGI_LIMITS_FNV_BASIS  UINT64_C(0xcbf29ce484222325)
#define GGI_LIMITS_FNV_PRIME  UINT64_C(0x100000001b3)


uint64_t
ggi_limits_hash(uint64_t before, const char *text, size_t len)
{
    size_t    i;
    uint64_t  hash;

    hash = before ? before : GGI_LIMITS_FNV_BASIS;

    for (i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char) text[i]) * GGI_LIMITS_FNV_PRIME;
    }

    /* "a" and "b" are not "ab" and "" */
    hash = (hash ^ 0x100) * GGI_LIMITS_FNV_PRIME;

    return hash ? hash : 1;
}


/* Returns the entry of a subject, or one that it may have, or NULL when there is no room. */
static ggi_limits_entry_t *
ggi_limits_find(ggi_limits_t *limits, uint64_t subject, uint64_t now)
{
    size_t               i;
    ggi_limits_entry_t  *entry, *oldest;

    oldest = &limits->entries[0];

    for (i = 0; i < GGI_LIMITS_KNOWN; i++) {
        entry = &limits->entries[i];

        if (entry->subject == subject) {
            return entry;
        }

        if (oldest->subject && (entry->subject == 0 || entry->since < oldest->since)) {
            oldest = entry;
        }
    }

    return (oldest->subject == 0 || now - oldest->since >= GGI_LIMITS_PAUSE) ? oldest : NULL;
}


int
ggi_limits_pass(ggi_limits_t *limits, uint64_t subject, uint64_t said,
    uint64_t now, uint64_t *left_out)
{
    ggi_limits_entry_t  *entry;

    entry = ggi_limits_find(limits, subject, now);

    if (entry == NULL) {
        return ggi_limit_pass(&limits->rest, now, left_out);
    }

    if (entry->subject != subject) {
        limits->rest.left_out += entry->left_out;
        memset(entry, 0, sizeof(*entry));
        entry->subject = subject;
        entry->since = now;

    } else if (now - entry->since >= GGI_LIMITS_PAUSE) {
        entry->since = now;
        entry->messages = 0;

    } else if (entry->said == said || entry->messages >= GGI_LIMITS_CHANGES) {
        entry->left_out++;
        return 0;
    }

    *left_out = entry->left_out;
    entry->said = said;
    entry->messages++;
    entry->left_out = 0;

    return 1;
}
