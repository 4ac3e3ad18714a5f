/* SPDX-License-Identifier: EUPL-1.2 */

/* By what a line is known that stands for a record that has expired: ggi_tombstone.h has more. */

#ifndef GGI_TOMBSTONE_LINE_H
#define GGI_TOMBSTONE_LINE_H

#include <stddef.h>
#include <string.h>

#include "ggi_uuid.h"

#define GGI_TOMBSTONE_KEY    "{\"tombstone\":\""   /* what such a line begins with */
#define GGI_TOMBSTONE_HASH   32         /* bytes of a SHA-256 */
#define GGI_TOMBSTONE_START  80         /* bytes by which a line is known to be one */


/*
 * Reads the hash of the record that a line, of which the first len bytes are given, stands
 * for; GGI_TOMBSTONE_START bytes suffice. Returns 1; or 0 when the line is no tombstone.
 */
static inline int
ggi_tombstone_read(const char *line, size_t len, unsigned char hash[GGI_TOMBSTONE_HASH])
{
    static const size_t  key = sizeof(GGI_TOMBSTONE_KEY) - 1;

    return len >= GGI_TOMBSTONE_START && memcmp(line, GGI_TOMBSTONE_KEY, key) == 0
           && ggi_hex_read(hash, line + key, GGI_TOMBSTONE_HASH)
           && line[key + 2 * GGI_TOMBSTONE_HASH] == '"';
}


#endif
