/* SPDX-License-Identifier: EUPL-1.2 */

/* Where the seals of an audit log are: beside it, with the extension ".seals". */

#ifndef GGI_SEAL_PATH_H
#define GGI_SEAL_PATH_H

#include <stddef.h>
#include <string.h>

#define GGI_SEAL_EXTENSION  ".seals"


/* Returns how many bytes of a path of len bytes stand before the extension of its file. */
static inline size_t
ggi_seal_stem(const char *path, size_t len)
{
    size_t  n;

    for (n = len; n > 0 && path[n - 1] != '/'; n--) {
        if (path[n - 1] == '.' && n > 1 && path[n - 2] != '/') {
            return n - 1;
        }
    }

    return len;
}


/*
 * Writes the path of the seals of the log whose path is log, of len bytes, as
 * "ggi_audit_log" has it, to dst with a NUL. Returns 1, or 0 when it does not fit into
 * size bytes.
 */
static inline int
ggi_seal_path(char *dst, size_t size, const char *log, size_t len)
{
    size_t  stem;

    stem = ggi_seal_stem(log, len);

    if (stem + sizeof(GGI_SEAL_EXTENSION) > size) {
        return 0;
    }

    memcpy(dst, log, stem);
    memcpy(dst + stem, GGI_SEAL_EXTENSION, sizeof(GGI_SEAL_EXTENSION));

    return 1;
}


#endif
