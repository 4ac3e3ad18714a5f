/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include "ggictl_out.h"
#include "ggictl_reply.h"
#include "ggictl_scan.h"


void
ggictl_scan_init(ggictl_scan_t *scan)
{
    memset(scan, 0, sizeof(ggictl_scan_t));
    scan->cursor[0] = '0';
}


/* Returns what is wrong with a reply, or NULL. */
static const char *
ggictl_scan_wrong(const redisReply *reply, size_t each)
{
    size_t             len;
    const redisReply  *cursor, *page;

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) {
        return "it is no cursor and page";
    }

    cursor = reply->element[0];
    page = reply->element[1];

    if (cursor->type != REDIS_REPLY_STRING) {
        return "its cursor is no string";
    }

    len = strspn(cursor->str, "0123456789");

    if (len == 0 || len != cursor->len || len >= GGICTL_SCAN_CURSOR) {
        return "its cursor is no number";
    }

    if (!ggictl_reply_strings(page) || page->elements % each) {
        return "its page is no list of strings";
    }

    return NULL;
}


/* Returns 1 when the cursor leads back to a page before: one of those is kept, ever later. */
static int
ggictl_scan_circles(ggictl_scan_t *scan)
{
    if (strcmp(scan->cursor, scan->seen) == 0) {
        return 1;
    }

    if ((scan->pages & (scan->pages - 1)) == 0) {
        memcpy(scan->seen, scan->cursor, sizeof(scan->seen));
    }

    return 0;
}


int
ggictl_scan_page(ggictl_scan_t *scan, const redisReply *reply, size_t each)
{
    const char  *wrong;

    wrong = ggictl_scan_wrong(reply, each);

    if (wrong == NULL) {
        memcpy(scan->cursor, reply->element[0]->str, reply->element[0]->len + 1);
        scan->pages++;

        if (ggictl_scan_more(scan) && ggictl_scan_circles(scan)) {
            wrong = "its cursor leads back to a page before";
        }
    }

    if (wrong) {
        (void) ggictl_fail("redis: sent an unexpected reply to a scan: %s", wrong);
    }

    return wrong == NULL;
}


int
ggictl_scan_more(const ggictl_scan_t *scan)
{
    return strcmp(scan->cursor, "0") != 0;
}
