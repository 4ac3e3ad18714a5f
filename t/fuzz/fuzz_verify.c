/* SPDX-License-Identifier: EUPL-1.2 */

/* An audit log. */

#include "fuzz.h"

#include "ggi_tombstone.h"
#include "ggi_verify.h"
#include "ggi_verify_chain.h"
#include "ggi_verify_ends.h"
#include "ggi_verify_judge.h"
#include "ggi_verify_line.h"


static void
fault(void *data, const char *text)
{
    ++*(uint64_t *) data;
    fuzz_check(text[0] && strlen(text) < 512 && strchr(text, '\n') == NULL);
}


/* A record can be replaced by a tombstone of its length, and that stands for its hash. */
static void
check_tombstone(ggi_str_t line, const unsigned char hash[GGI_VERIFY_HASH])
{
    char                *copy;
    ggi_str_t            term = ggi_str("P5Y");
    unsigned char        again[GGI_VERIFY_HASH];
    ggi_verify_place_t   place, same;

    if (line.len < 2 || line.data[line.len - 1] != '\n'
        || ggi_verify_line_read(line.data, line.len, &place) != GGI_VERIFY_RECORD)
    {
        return;
    }

    copy = malloc(line.len);
    fuzz_check(copy);
    memcpy(copy, line.data, line.len);

    if (ggi_tombstone_write(copy, line.len, hash, &place, 1, term)) {
        fuzz_check(ggi_tombstone_read(copy, line.len, again));
        fuzz_check(memcmp(again, hash, GGI_VERIFY_HASH) == 0);
        fuzz_check(ggi_verify_line_read(copy, line.len, &same) == GGI_VERIFY_RECORD);
        fuzz_check(same.number == place.number && strcmp(same.id, place.id) == 0);

    } else {
        fuzz_check(memcmp(copy, line.data, line.len) == 0);
    }

    free(copy);
}


static void
chain(void *data, const ggi_verify_chain_t *one, const char *end)
{
    (void) data;
    fuzz_check(strlen(one->id) == 36 && one->runs[0].first > 0 && one->ends.closed >= 0);
    fuzz_check(end[0] && strlen(end) < 512 && strchr(end, '\n') == NULL);
}


/* What a glance at a line shows is what is in the whole of it. */
static void
check_glance(ggi_str_t line)
{
    ggi_verify_place_t  place, whole;

    if (ggi_verify_line_glance(line.data, line.len, &place)
        && ggi_verify_line_read(line.data, line.len, &whole) == GGI_VERIFY_RECORD)
    {
        fuzz_check(strcmp(place.id, whole.id) == 0 && place.number == whole.number);
        fuzz_check(memcmp(place.previous, whole.previous, GGI_VERIFY_HASH) == 0);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t           len;
    uint64_t         said = 0;
    ggi_str_t        line;
    ggi_verify_t     verify;
    const uint8_t   *end;

    fuzz_begin(data, size);
    fuzz_check(ggi_verify_start(&verify, fault, &said));
    fuzz_check(ggi_verify_file(&verify, "log"));

    while (fuzz.left && fuzz.n + 2 < FUZZ_COPIES) {
        end = memchr(fuzz.pos, '\n', fuzz.left);
        len = end ? (size_t) (end - fuzz.pos) + 1 : fuzz.left;
        line = fuzz_copy(fuzz.pos, len);
        fuzz.pos += len;
        fuzz.left -= len;
        check_glance(line);
        ggi_verify_line(&verify, line.data, line.len);
        check_tombstone(line, verify.hash);
    }

    ggi_verify_end(&verify);
    ggi_verify_chains(&verify, chain, NULL);
    fuzz_check(said == verify.faults);
    ggi_verify_free(&verify);

    return fuzz_end();
}
