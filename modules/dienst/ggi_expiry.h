/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The callers of the last day whose certificate expires within 30 days, by OIN: a table
 * of a fixed size without pointers, so that it can be kept in shared memory. Free of
 * nginx.
 */

#ifndef GGI_EXPIRY_H
#define GGI_EXPIRY_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_oin.h"
#include "ggi_str.h"

#define GGI_EXPIRY_WITHIN   (30 * 24 * 3600)    /* s before its expiry that a certificate counts */
#define GGI_EXPIRY_KEPT     (24 * 3600)         /* s after its last call that a caller counts */
#define GGI_EXPIRY_REFRESH  60                  /* s in which a caller is noted at most once */

#define GGI_EXPIRY_BUCKETS  256
#define GGI_EXPIRY_WAYS     8
#define GGI_EXPIRY_MAX      (GGI_EXPIRY_BUCKETS * GGI_EXPIRY_WAYS)


/* A caller. Times are in seconds since the epoch. */
typedef struct {
    char     oin[GGI_OIN_LEN];
    int64_t  not_after;                 /* when its certificate expires */
    int64_t  seen;                      /* its last call with it; 0: the entry is free */
} ggi_expiry_t;


/* Buckets of GGI_EXPIRY_WAYS entries; the OIN of a caller gives its bucket. All zero: empty. */
typedef struct {
    ggi_expiry_t  entries[GGI_EXPIRY_MAX];
} ggi_expiries_t;


/*
 * Returns 1 when a certificate that expires at not_after is near enough to its expiry to
 * be noted at the time now, 0 otherwise.
 */
static inline int
ggi_expiry_near(int64_t not_after, int64_t now)
{
    return not_after - now <= GGI_EXPIRY_WITHIN;
}

/*
 * Returns 1 when ggi_expiry_note() would change nothing that matters: the caller was
 * noted within the last GGI_EXPIRY_REFRESH seconds, or has another certificate that
 * expires earlier. Returns 0 otherwise. oin has GGI_OIN_LEN bytes. The table may be
 * written to meanwhile: the answer is a hint.
 */
int ggi_expiry_known(const ggi_expiries_t *table, ggi_str_t oin,
    int64_t not_after, int64_t now);

/*
 * Notes a call at the time now by a caller whose certificate expires at not_after. oin
 * has GGI_OIN_LEN bytes. Does nothing when the certificate is not near its expiry. Of
 * several certificates of a caller, the one that expires first counts, for as long as
 * it is used. When the bucket is full, the callers whose certificates expire first stay
 * in it. Nothing may write to the table meanwhile.
 */
void ggi_expiry_note(ggi_expiries_t *table, ggi_str_t oin, int64_t not_after,
    int64_t now);

/*
 * Copies the callers of the last GGI_EXPIRY_KEPT seconds before now to list, which has
 * room for GGI_EXPIRY_MAX. Returns how many there are. Nothing may write to the table
 * meanwhile.
 */
size_t ggi_expiry_list(const ggi_expiries_t *table, int64_t now,
    ggi_expiry_t *list);


#endif
