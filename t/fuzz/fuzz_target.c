/* SPDX-License-Identifier: EUPL-1.2 */

/* The target of a request line. */

#include "fuzz.h"

#include "ggi_target.h"


/* A path has no segment that is "." or "..", and no empty one but the last. */
static void
target_segments(ggi_str_t path)
{
    size_t  i, start, len;

    for (start = 1, i = 1; i <= path.len; i++) {
        if (i < path.len && path.data[i] != '/') {
            continue;
        }

        len = i - start;
        fuzz_check(len != 1 || path.data[start] != '.');
        fuzz_check(len != 2 || memcmp(path.data + start, "..", 2) != 0);
        fuzz_check(len > 0 || i == path.len);
        start = i + 1;
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ggi_str_t  target, path, again;

    fuzz_begin(data, size);
    target = fuzz_rest();

    if (ggi_target_path(target, fuzz_alloc(target.len + 1), &path)) {
        fuzz_check(path.len > 0 && path.len <= target.len + 1);
        fuzz_check(path.data[0] == '/');
        fuzz_check(memchr(path.data, '\0', path.len) == NULL);
        target_segments(path);

        if (memchr(target.data, '%', target.len) == NULL) {
            /* what was not encoded is as it is */
            fuzz_check(ggi_target_path(path, fuzz_alloc(path.len + 1), &again));
            fuzz_check(ggi_str_eq(path, again));
        }
    }

    (void) ggi_target_method(target);

    return fuzz_end();
}
