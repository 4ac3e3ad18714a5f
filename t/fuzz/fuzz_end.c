/* SPDX-License-Identifier: EUPL-1.2 */

/* The end of a file of an audit log, and what is noted beside it of the chains. */

#include "fuzz.h"

#include <fcntl.h>

#include "ggi_beside.h"
#include "ggi_end.h"
#include "ggi_places.h"
#include "ggi_record_ends.h"
#include "ggi_record_trail.h"
#include "ggi_verify_line.h"

static const unsigned char  none[GGI_UUID_RANDOM];


/* What was read of a chain can be written to a record, and is read back from it. */
static void
round_trip(const ggi_end_t *before, int found)
{
    char               line[GGI_RECORD_GAP_SIZE];
    size_t             len;
    ggi_str_t          text, resource = ggi_str("{}");
    ggi_end_t          end;
    ggi_chain_t        chain;
    ggi_opened_t       opened;
    ggi_verify_said_t  said;

    memset(&opened, 0, sizeof(opened));
    opened.before = *before;
    opened.found = found;
    fuzz_check(ggi_chain_start(&chain, 1, none, resource));
    len = ggi_record_opened(line, sizeof(line), &opened, 1, &chain);
    ggi_chain_free(&chain);
    text.data = line;
    text.len = len;
    fuzz_check(len && ggi_record_is_end(text) && ggi_end_find(text, &end) && end.number == 1);

    if (ggi_verify_line_end(line, len, &said)) {
        fuzz_check(said.opens && said.how == before->how && said.number == (int64_t) before->number);
        fuzz_check(said.number == 0 || memcmp(said.id, before->id, GGI_UUID_LEN) == 0);

    } else {
        fuzz_check(before->number > 0);     /* its hash has capitals, or is none */
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int          fd, found;
    size_t       place;
    ggi_str_t    text;
    ggi_end_t    end, before;
    ggi_tail_t   tail;
    ggi_start_t  start;
    char         line[257];

    fuzz_begin(data, size);
    text = fuzz_copy(data, size);

    if (ggi_end_find(text, &end)) {
        fuzz_check(end.number > 0 && (end.how == GGI_END_OPEN || end.how == GGI_END_CLOSED));
    }

    fd = open(fuzz_file(data, size), O_RDWR | O_CLOEXEC);
    fuzz_check(fd != -1);
    ggi_end_read_file(fd, "01a2199d-d2c0-7533-ab07-296db627c223", &tail);
    fuzz_check((tail.end.how == GGI_END_NONE) == (size == 0));

    for (place = 0; place < 3; place++) {
        ggi_places_read(fd, place, &end);
        fuzz_check((end.number == 0) == (end.how == GGI_END_NONE || end.how == GGI_END_UNKNOWN));
        found = ggi_end_choose(&tail, &end, &before);
        fuzz_check(before.number != 0 || before.how == GGI_END_NONE || before.how == GGI_END_UNKNOWN);
        round_trip(&before, found);
    }

    fuzz_check(ggi_beside_read(fd, 0, 256, line) && strlen(line) <= 256);
    fuzz_check(ggi_places_begin(fd, 7, 1, &start) == 0 && start.reloads > 0);
    fuzz_check(ggi_places_why(fd, &start, 7) == GGI_WHY_STOP);
    fuzz_check(ggi_places_begin(fd, 7, 1, &start) == 0 && start.reloads > 1);
    (void) close(fd);

    return fuzz_end();
}
