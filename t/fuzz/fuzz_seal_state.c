/* SPDX-License-Identifier: EUPL-1.2 */

/* A slot of who makes seals, and what its note says of files. */

#include "fuzz.h"

#include "ggi_seal_known.h"
#include "ggi_seal_range.h"
#include "ggi_seal_state.h"


/* Bytes are hashed to the same whatever parts they come in. */
static void
check_range(ggi_str_t data)
{
    size_t            i, n;
    unsigned char     one[GGI_SEAL_HASH], other[GGI_SEAL_HASH];
    ggi_seal_range_t  range;

    fuzz_check(ggi_seal_range_start(&range));

    for (i = 0; i < data.len; i += n) {
        n = ggi_seal_range_add(&range, data.data + i, data.len - i);
        fuzz_check(n > 0 && n <= data.len - i);
    }

    fuzz_check(range.bytes + range.pending == (int64_t) data.len);
    fuzz_check(ggi_seal_range_end(&range, one));
    ggi_seal_range_forget(&range);
    ggi_seal_range_begin(&range);

    for (i = 0; i < data.len; i++) {
        fuzz_check(ggi_seal_range_add(&range, data.data + i, 1) == 1);
    }

    fuzz_check(ggi_seal_range_end(&range, other) && memcmp(one, other, sizeof(one)) == 0);
    ggi_seal_range_free(&range);
}


static void
check_files(ggi_str_t whole)
{
    size_t            i;
    ggi_str_t         rest;
    ggi_seal_line_t   line;
    ggi_seal_note_t   note;
    ggi_seal_known_t  known;

    if (ggi_seal_note_read(&note, whole) != NULL) {
        return;
    }

    memset(&known, 0, sizeof(known));

    for (rest = note.lines; ggi_seal_note_line(&rest, &line); ) {
        (void) ggi_seal_known_line(&known, &line, &note, 0);
    }

    for (i = 0; i < known.n; i++) {
        fuzz_check(ggi_seal_known_find(&known, known.files[i].hash) == &known.files[i]);
    }

    ggi_seal_known_free(&known);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ggi_str_t         text;
    ggi_seal_text_t   again;
    ggi_seal_state_t  state;

    fuzz_begin(data, size);
    text = fuzz_rest();
    check_range(text);
    check_files(text);

    if (ggi_seal_state_read(&state, text)) {
        memset(&again, 0, sizeof(again));
        ggi_seal_state_write(&again, &state);
        fuzz_check(!again.failed && again.len <= text.len);
        fuzz_check(memcmp(again.data, text.data, again.len) == 0);
        free(again.data);
    }

    return fuzz_end();
}
