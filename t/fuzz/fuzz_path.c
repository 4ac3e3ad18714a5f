/* SPDX-License-Identifier: EUPL-1.2 */

/* A pattern of a profile and a path: a line each. */

#include "fuzz.h"

#include "ggi_path.h"
#include "ggi_profile.h"
#include "ggi_uri.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int        plain;
    size_t     i, start;
    ggi_str_t  pattern, path, segment;

    fuzz_begin(data, size);
    pattern = fuzz_line();
    path = fuzz_rest();

    plain = ggi_path_plain(path);
    fuzz_check(!ggi_uri_ordinary(path) || (plain && ggi_uri_unambiguous(path)));

    if (plain) {
        /* nothing that some server would resolve */

        for (start = i = 0; i <= path.len; i++) {
            if (i < path.len && path.data[i] != '/') {
                fuzz_check((unsigned char) path.data[i] >= 0x20 && path.data[i] != '\\');
                continue;
            }

            segment.data = path.data + start;
            segment.len = i - start;
            fuzz_check(segment.len != 1 || segment.data[0] != '.');
            fuzz_check(segment.len != 2 || memcmp(segment.data, "..", 2) != 0);
            fuzz_check(segment.len < 3 || memcmp(segment.data, "..;", 3) != 0);
            fuzz_check(segment.len > 0 || start == 0 || i == path.len);
            start = i + 1;
        }
    }

    if (ggi_path_match(pattern, path) && pattern.len
        && memchr(pattern.data, '*', pattern.len) == NULL)
    {
        fuzz_check(ggi_str_eq(pattern, path));
    }

    if (pattern.len && memchr(pattern.data, '*', pattern.len) == NULL) {
        fuzz_check(ggi_path_match(pattern, pattern));
    }

    return fuzz_end();
}
