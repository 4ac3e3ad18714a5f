/* SPDX-License-Identifier: EUPL-1.2 */

/* The marker of a data set: what Redis has in its fields, judged by what is known of it. */

#include "fuzz.h"

#include "ggi_dataset.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                    awaited;
    ggi_dataset_e          found;
    ggi_dataset_t          known, before, seen;
    ggi_dataset_next_t     next;
    ggi_dataset_fields_t   first, fields;

    fuzz_begin(data, size);
    memset(&known, 0, sizeof(known));
    memset(&first, 0, sizeof(first));
    first.id = fuzz_line();
    first.number = fuzz_line();
    fields.id = fuzz_line();
    fields.number = fuzz_line();
    fields.next = fuzz_line();
    fields.replaces = fuzz_rest();

    (void) ggi_dataset_judge(&known, &first);
    before = known;
    found = ggi_dataset_judge(&known, &fields);

    awaited = found == GGI_DATASET_GOOD && before.id[0] && strlen(before.id) == fields.next.len
              && memcmp(fields.next.data, before.id, fields.next.len) == 0;

    if (ggi_dataset_doubtful(found)
        || (awaited && ggi_dataset_read(&seen, &fields) == GGI_DATASET_GOOD && strcmp(seen.id, before.id) != 0))
    {
        fuzz_check(memcmp(&known, &before, sizeof(known)) == 0);
        fuzz_check(!awaited || known.number == 0);

    } else {
        fuzz_check(ggi_dataset_read(&seen, &fields) == GGI_DATASET_GOOD);
        fuzz_check(strcmp(known.id, seen.id) == 0 && known.number == seen.number);
        fuzz_check(ggi_dataset_id_valid(fields.id) && strlen(known.id) == fields.id.len);
        fuzz_check((found == GGI_DATASET_REPLACED) == (before.id[0] && strcmp(before.id, known.id) != 0));
        fuzz_check(found == GGI_DATASET_REPLACED || known.number >= before.number);
    }

    /* what takes the place of a data set is accepted by whoever knows that */

    memset(&next, 0, sizeof(next));
    ggi_dataset_succeed(&next, &fields);
    fuzz_check(next.n <= GGI_DATASET_EARLIER && next.number > 0);

    if (ggi_dataset_read(&seen, &fields) == GGI_DATASET_GOOD && strcmp(seen.id, "next") != 0) {
        first.id = (ggi_str_t) ggi_str("next");
        first.number = (ggi_str_t) ggi_str("1");
        first.replaces.data = next.replaces;
        first.replaces.len = strlen(next.replaces);
        first.next = (ggi_str_t) ggi_str("");
        fuzz_check(ggi_dataset_judge(&seen, &first) == GGI_DATASET_REPLACED);
    }

    return fuzz_end();
}
