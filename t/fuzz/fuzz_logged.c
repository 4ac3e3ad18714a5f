/* SPDX-License-Identifier: EUPL-1.2 */

/* Lines of an audit log, as those who look for calls in it read them. */

#include "fuzz.h"

#include "ggi_filter.h"
#include "ggi_index.h"
#include "ggi_join.h"
#include "ggi_joined.h"
#include "ggi_joined_list.h"
#include "ggi_glance.h"
#include "ggi_logged.h"
#include "ggi_logged_text.h"
#include "ggi_retention.h"
#include "ggi_tally.h"
#include "ggi_withdrawn.h"


static int
give(void *data, const ggi_joined_t *joined)
{
    ggi_tally_row_t  row = { .calls = 0 };

    ++*(size_t *) data;
    ggi_tally_count(&row, joined);
    fuzz_check(row.calls == 1 && row.allowed + row.refused == 1);
    fuzz_check(joined->first.line || joined->end.line);
    fuzz_check(!joined->first.line || strlen(joined->first.line) <= joined->first.len);
    fuzz_check(!joined->open || joined->end.line == NULL);
    fuzz_check(ggi_joined_is_call(joined) || joined->end.line == NULL);

    return 1;
}


/* What a record names is found in the block of the line. */
static void
check_block(const ggi_logged_t *logged, ggi_str_t line)
{
    ggi_filter_t       filter;
    ggi_index_block_t  block;

    ggi_index_block_begin(&block, 0);
    ggi_index_block_add(&block, line.data, line.len, line.len);
    ggi_filter_init(&filter);
    fuzz_check(ggi_filter_add(&filter, GGI_LOGGED_OIN, logged->field[GGI_LOGGED_OIN]));
    fuzz_check(ggi_filter_add(&filter, GGI_LOGGED_TRACE, logged->field[GGI_LOGGED_TRACE]));
    fuzz_check(ggi_index_block_may(&block, &filter));
}


/* The input is taken for the file of an index, with the hash that it names. */
static void
check_index(const uint8_t *data, size_t size)
{
    uint64_t                 *copy;
    const ggi_index_head_t   *head;
    const ggi_index_block_t  *blocks;

    if (size < sizeof(ggi_index_head_t)) {
        return;
    }

    copy = malloc(size);
    fuzz_check(copy);
    memcpy(copy, data, size);
    head = (const ggi_index_head_t *) copy;
    blocks = ggi_index_read(copy, size, head->line);
    fuzz_check(blocks == NULL || head->blocks * sizeof(ggi_index_block_t) < size);
    free(copy);
}


/* What is kept for a time is kept at least until the day it was recorded. */
static void
check_retention(const ggi_logged_t *logged)
{
    ggi_retention_t  retention;

    if (ggi_retention_read(&retention, logged->field[GGI_LOGGED_BEWAARTERMIJN])) {
        fuzz_check(ggi_retention_end(&retention, 1795726762) >= 1795726762);
    }
}


/* Each field is a part of the line, and comes back as it is when it is read and written. */
static void
check_fields(const ggi_logged_t *logged, ggi_str_t line)
{
    size_t      i, len;
    char       *text, *again;
    ggi_str_t   field, meant;

    for (i = 0; i < GGI_LOGGED_FIELDS; i++) {
        field = logged->field[i];

        if (field.len == 0) {
            continue;
        }

        fuzz_check(field.data >= line.data && field.data + field.len <= line.data + line.len);
        text = malloc(field.len);
        fuzz_check(text);
        len = ggi_logged_text_read(text, field);
        fuzz_check(len <= field.len);
        again = malloc(6 * len + 2);
        fuzz_check(again);
        meant.data = text;
        meant.len = len;
        fuzz_check(ggi_logged_text_write(again, meant) <= 6 * len);
        free(again);
        free(text);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t          given = 0, n = 0;
    ggi_str_t       line, pattern = ggi_str("*/*x"), reason = ggi_str("audit_unavailable");
    ggi_join_t      join;
    ggi_glance_t    glance;
    ggi_logged_t    logged;
    ggi_filter_t    filter, wide, asked;
    ggi_withdrawn_t withdrawn = { .n = 0 };

    check_index(data, size);
    fuzz_begin(data, size);
    ggi_filter_init(&filter);
    ggi_filter_init(&asked);
    fuzz_check(ggi_filter_add(&asked, GGI_LOGGED_REASON, reason));
    fuzz_check(ggi_filter_widen(&asked, &wide));
    fuzz_check(ggi_join_init(&join, (size % 2) ? &asked : NULL, give, &given));

    while (fuzz.left && fuzz.n < FUZZ_COPIES) {
        line = fuzz_whole_line();
        ggi_glance_line(line.data, line.len, &glance);

        ggi_withdrawn_add(&withdrawn, &glance);

        if (ggi_logged_ends(glance.kind)) {
            n++;
            fuzz_check(ggi_join_end_call(&join, line.data, line.len, &glance));
        }

        if (!ggi_logged_read(&logged, line.data, line.len)) {
            continue;
        }

        check_fields(&logged, line);
        check_block(&logged, line);
        check_retention(&logged);
        (void) ggi_withdrawn_has(&withdrawn, &logged);
        (void) ggi_filter_pattern(pattern, logged.field[GGI_LOGGED_PATH]);
        fuzz_check(ggi_filter_match(&filter, &logged) == (logged.time < UINT64_MAX));

        /* what a field is makes a filter that a glance at its line lets through */

        if (logged.field[GGI_LOGGED_OIN].len) {
            fuzz_check(ggi_filter_add(&filter, GGI_LOGGED_OIN, logged.field[GGI_LOGGED_OIN]));
            fuzz_check(ggi_filter_glance(&filter, line.data, line.len));
            fuzz_check(ggi_filter_match(&filter, &logged));
            filter.is[GGI_LOGGED_OIN].n = 0;
        }

        n++;
        fuzz_check(ggi_join_add(&join, line.data, line.len, &logged));

        if (n % 8 == 0) {
            ggi_join_live(&join);
            ggi_join_tell(&join, logged.time + 1);
        }
    }

    ggi_join_finish(&join);
    fuzz_check(given <= 2 * n);
    ggi_join_free(&join);

    return fuzz_end();
}
