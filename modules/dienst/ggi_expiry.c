/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_expiry.h"
#include "ggi_oin.h"


/* Returns where the bucket of an OIN begins. */
static size_t
ggi_expiry_bucket(ggi_str_t oin)
{
    return ggi_oin_hash(oin) % GGI_EXPIRY_BUCKETS * GGI_EXPIRY_WAYS;
}


/*
 * Returns 1 when an entry holds a caller of the last day, 0 when it is free to be used.
 * One of the future, which a clock that was set back leaves, is kept for a day as well.
 */
static int
ggi_expiry_kept(const ggi_expiry_t *entry, int64_t now)
{
    return entry->seen != 0 && now - entry->seen < GGI_EXPIRY_KEPT
           && entry->seen - now < GGI_EXPIRY_KEPT;
}


static int
ggi_expiry_is(const ggi_expiry_t *entry, ggi_str_t oin)
{
    return entry->seen != 0 && memcmp(entry->oin, oin.data, GGI_OIN_LEN) == 0;
}


int
ggi_expiry_known(const ggi_expiries_t *table, ggi_str_t oin, int64_t not_after,
    int64_t now)
{
    size_t               i;
    const ggi_expiry_t  *bucket;

    bucket = &table->entries[ggi_expiry_bucket(oin)];

    for (i = 0; i < GGI_EXPIRY_WAYS; i++) {
        if (ggi_expiry_is(&bucket[i], oin)) {
            return ggi_expiry_kept(&bucket[i], now)
                   && (bucket[i].not_after < not_after
                       || (bucket[i].not_after == not_after
                           && now - bucket[i].seen < GGI_EXPIRY_REFRESH
                           && now >= bucket[i].seen));
        }
    }

    return 0;
}


/*
 * Returns the entry of a bucket that a caller can have: its own, else a free one, else
 * that of the caller whose certificate expires last. Returns NULL when the caller's
 * expires no earlier than that.
 */
static ggi_expiry_t *
ggi_expiry_place(ggi_expiry_t *bucket, ggi_str_t oin, int64_t not_after,
    int64_t now)
{
    size_t         i;
    ggi_expiry_t  *last, *unused;

    last = bucket;
    unused = NULL;

    for (i = 0; i < GGI_EXPIRY_WAYS; i++) {

        if (ggi_expiry_is(&bucket[i], oin)) {
            return &bucket[i];
        }

        if (unused == NULL && !ggi_expiry_kept(&bucket[i], now)) {
            unused = &bucket[i];
        }

        if (bucket[i].not_after > last->not_after) {
            last = &bucket[i];
        }
    }

    if (unused) {
        return unused;
    }

    return (not_after < last->not_after) ? last : NULL;
}


void
ggi_expiry_note(ggi_expiries_t *table, ggi_str_t oin, int64_t not_after,
    int64_t now)
{
    ggi_expiry_t  *entry;

    if (!ggi_expiry_near(not_after, now)) {
        return;
    }

    entry = ggi_expiry_place(&table->entries[ggi_expiry_bucket(oin)], oin,
                             not_after, now);

    if (entry == NULL
        || (ggi_expiry_is(entry, oin) && ggi_expiry_kept(entry, now)
            && entry->not_after < not_after))
    {
        return;
    }

    memcpy(entry->oin, oin.data, GGI_OIN_LEN);
    entry->not_after = not_after;
    entry->seen = now;
}


size_t
ggi_expiry_list(const ggi_expiries_t *table, int64_t now, ggi_expiry_t *list)
{
    size_t               i, n;
    const ggi_expiry_t  *entry;

    n = 0;

    for (i = 0; i < GGI_EXPIRY_MAX; i++) {
        entry = &table->entries[i];

        if (ggi_expiry_kept(entry, now)) {
            list[n++] = *entry;
        }
    }

    return n;
}
