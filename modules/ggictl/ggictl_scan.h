/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads the replies of Redis to SCAN and HSCAN, page by page, and checks their shape. */

#ifndef GGICTL_SCAN_H
#define GGICTL_SCAN_H

#include <hiredis/hiredis.h>

#define GGICTL_SCAN_CURSOR  24          /* bytes of a cursor, with a NUL */


/* Where a scan is. */
typedef struct {
    char                cursor[GGICTL_SCAN_CURSOR];     /* of the next page; "0": none is left */
    char                seen[GGICTL_SCAN_CURSOR];       /* one before, to find a circle by */
    unsigned long long  pages;
} ggictl_scan_t;


/* Sets scan, in memory of the caller, to the first page. */
void ggictl_scan_init(ggictl_scan_t *scan);

/*
 * Takes over a reply: a cursor, which becomes that of the next page, and an array of strings,
 * reply->element[1]. each is how many of these belong together: 1 for SCAN, 2 for HSCAN. Returns 1,
 * or 0 after a message when the reply has another shape, or its cursor leads back to a page before.
 */
int ggictl_scan_page(ggictl_scan_t *scan, const redisReply *reply, size_t each);

/* Returns 1 when a page is left to be asked for, 0 after the last one. */
int ggictl_scan_more(const ggictl_scan_t *scan);


#endif
