/* SPDX-License-Identifier: EUPL-1.2 */

/* The text of a configuration file of nginx. */

#include "fuzz.h"

#include "ggi_include.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char       path[32];
    size_t     pos, before;
    ggi_str_t  text;

    fuzz_begin(data, size);
    text = fuzz_rest();

    for (pos = 0, before = 0; ggi_include_next(text, &pos, path, sizeof(path)); before = pos) {
        fuzz_check(pos > before && pos <= text.len && text.data[pos - 1] == ';');
        fuzz_check(path[0] && strlen(path) < sizeof(path));
    }

    return fuzz_end();
}
