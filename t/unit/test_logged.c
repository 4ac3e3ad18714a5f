/* SPDX-License-Identifier: EUPL-1.2 */

/* Reading records of an audit log, asking for some, and joining those of a call. */

#include "unit.h"

#include "ggi_filter.h"
#include "ggi_index.h"
#include "ggi_join.h"
#include "ggi_glance.h"
#include "ggi_logged.h"
#include "ggi_logged_text.h"
#include "ggi_retention.h"
#include "ggi_tally.h"
#include "ggi_time.h"
#include "ggi_withdrawn.h"

#define TRACE  "0c3a5dae36faa77e8d93e4540ac7b73d"

/* A decision of 2026 and one of version 0.9, with their completions. */
#define DECISION(span, api, decision)                                          \
    "{\"resource\":{\"service.instance.id\":\"gate1\",\"ggi.organisation.id\":\"00000001002564440000\"}," \
    "\"attributes\":{\"ggi.chain.id\":\"c\",\"ggi.chain.number\":11,\"ggi.transaction_id\":\"t-1\""       \
    ",\"ggi.api.span_id\":\"" api "\",\"adl.core.information\":{\"crl\":\"c\",\"toestemming\":" \
    "\"urn:ggi:toestemming:t.1:7\"}},\"event_name\":\"adl.access_evaluation\",\"timestamp\":1795726762986," \
    "\"status\":\"Ok\",\"trace_id\":\"" TRACE "\",\"span_id\":\"" span "\",\"body\":{\"adl.core.request\":{" \
    "\"subject\":{\"type\":\"organisation\",\"id\":\"00000001823288444000\",\"properties\":{"             \
    "\"name\":\"A \\\"b\\\"\",\"on_behalf_of\":\"00000001002564440000\"}},\"action\":{\"name\":\"GET\"},"  \
    "\"resource\":{\"type\":\"dienst\",\"id\":\"brp\",\"properties\":{\"path\":\"/brp/x\"}},"             \
    "\"context\":{\"doelbinding\":\"B\",\"n\":[1,{\"id\":[]}]}},"                                         \
    "\"adl.core.response\":{\"decision\":" decision "}}}\n"

#define COMPLETION(event, span, parent)                                        \
    "{\"attributes\":{\"ggi.transaction_id\":\"t-1\",\"http.response.status_code\":200},"                 \
    "\"event_name\":\"" event "\",\"timestamp\":1795726762990,\"status\":\"Ok\",\"trace_id\":\"" TRACE "\"," \
    "\"span_id\":\"" span "\"" parent "}\n"

#define COMPLETED  "ggi.call_completed"


static void
assert_field(const ggi_logged_t *logged, ggi_logged_field_e field, const char *expected)
{
    assert_bytes(logged->field[field].data, logged->field[field].len, expected);
}


static void
test_read(void **state)
{
    size_t        i;
    ggi_logged_t  logged;

    static const char  line[] = DECISION("4355fef87adbdeb1", "0f3ab0a7c8d94e11", "true");
    static const char *bad[] = {
        "", "x", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":\"x}", "{\"a\":[1}", "[]", "{}x", "{\"a\":\"\\\"}",
        "{\"a\":1,}"
    };

    (void) state;

    assert_true(ggi_logged_read(&logged, line, strlen(line)));
    assert_int_equal(logged.kind, GGI_LOGGED_IS_DECISION);
    assert_int_equal(logged.time, 1795726762986);
    assert_field(&logged, GGI_LOGGED_OIN, "00000001823288444000");
    assert_field(&logged, GGI_LOGGED_NAMENS, "00000001002564440000");
    assert_field(&logged, GGI_LOGGED_HOLDER, "00000001002564440000");
    assert_field(&logged, GGI_LOGGED_DIENST, "brp");
    assert_field(&logged, GGI_LOGGED_ORGANISATION, "A \\\"b\\\"");
    assert_field(&logged, GGI_LOGGED_DECISION, "true");
    assert_field(&logged, GGI_LOGGED_NUMBER, "11");
    assert_int_equal(logged.field[GGI_LOGGED_REASON].len, 0);

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (ggi_logged_read(&logged, bad[i], strlen(bad[i]))) {
            fail_msg("%s is taken for a record", bad[i]);
        }
    }
}


/* What earlier versions wrote, and how a record says that something is not known. */
static void
test_read_spellings(void **state)
{
    ggi_logged_t  logged;

    static const char  old[] =
        "{\"attributes\":{\"adl.fsc.transaction_id\":\"t\"},"
        "\"body\":{\"adl.core.request\":{\"subject\":{\"id\":\"\"}}}}";
    static const char  both[] =
        " { \"attributes\" : {\"ggi.transaction_id\":\"t\",\"adl.fsc.transaction_id\":\"f\"}, \"body\":{"
        "\"adl.core.request\":{\"subject\":{\"type\":\"unknown\",\"id\":\"unknown\"},"
        "\"action\":{\"name\":\"unknown\"}}}}";

    (void) state;

    assert_true(ggi_logged_read(&logged, old, strlen(old)));
    assert_field(&logged, GGI_LOGGED_TRANSACTION, "t");
    assert_field(&logged, GGI_LOGGED_OIN, "");
    assert_int_equal(logged.time, 0);
    assert_true(ggi_logged_read(&logged, both, strlen(both)));
    assert_field(&logged, GGI_LOGGED_TRANSACTION, "t");
    assert_field(&logged, GGI_LOGGED_OIN, "");
    assert_field(&logged, GGI_LOGGED_METHOD, "");
}


static void
test_glance(void **state)
{
    ggi_glance_t  glance;

    static const char  decision[] = DECISION("4355fef87adbdeb1", "0f3ab0a7c8d94e11", "true");
    static const char  completion[] = COMPLETION(COMPLETED, "4355fef87adbdeb1", "");
    static const char  child[] = COMPLETION(COMPLETED, "aaaaaaaaaaaaaaaa", ",\"parent_span_id\":\"4355fef87adbdeb1\"");
    static const char  gap[] = COMPLETION("ggi.gap", "4355fef87adbdeb1", "");

    (void) state;

    ggi_glance_line(decision, strlen(decision), &glance);
    assert_int_equal(glance.kind, GGI_LOGGED_IS_DECISION);
    ggi_glance_line(completion, strlen(completion), &glance);
    assert_int_equal(glance.kind, GGI_LOGGED_IS_COMPLETION);
    assert_int_equal(glance.time, 1795726762990);
    assert_memory_equal(glance.trace, TRACE, 32);
    assert_memory_equal(glance.span, "4355fef87adbdeb1", 16);
    assert_null(glance.parent);
    ggi_glance_line(child, strlen(child), &glance);
    assert_memory_equal(glance.parent, "4355fef87adbdeb1", 16);
    ggi_glance_line(gap, strlen(gap), &glance);
    assert_int_equal(glance.kind, GGI_LOGGED_IS_TRAIL);
    ggi_glance_line("", 0, &glance);
    assert_int_equal(glance.kind, GGI_LOGGED_IS_DECISION);
}


static void
test_text(void **state)
{
    char    text[64];
    size_t  len;

    (void) state;

    len = ggi_logged_text_read(text, str("a\\\"b\\\\c\\u00e9\\u20ac\\n\\/\\x\\u00g0\\ud800\\"));
    assert_bytes(text, len, "a\"b\\c\xc3\xa9\xe2\x82\xac\n/\\x\\u00g0\\ud800\\");
    len = ggi_logged_text_write(text, str("a\"b\\c\n"));
    assert_bytes(text, len, "a\\\"b\\\\c\\u000a");
    assert_int_equal(ggi_logged_text_write(text, str("")), 0);
}


static void
test_pattern(void **state)
{
    static const match_t  cases[] = {
        { "/a", "/a", 1 }, { "/a", "/ab", 0 }, { "/a*", "/ab", 1 }, { "*", "", 1 }, { "*b", "/ab", 1 },
        { "*b", "/abc", 0 }, { "/*/c", "/a/b/c", 1 }, { "/*/c", "/a/b/d", 0 }, { "a*b*c", "aXbXbXc", 1 },
        { "a**c", "ac", 1 }, { "", "", 1 }, { "", "a", 0 }, { "a", "", 0 }
    };

    (void) state;

    assert_matches(EACH(cases), ggi_filter_pattern);
}


static const char  a_decision[] = DECISION("4355fef87adbdeb1", "0f3ab0a7c8d94e11", "true");

/* What is asked for in a field, and whether it is in the record a_decision. */
typedef struct {
    const char         *text;
    ggi_logged_field_e  field;
    int                 has;
} asked_t;


static void
test_filter(void **state)
{
    int           match;
    size_t        i;
    ggi_logged_t  logged;
    ggi_filter_t  filter;

    static const asked_t  cases[] = {
        { "00000001823288444000", GGI_LOGGED_OIN, 1 },
        { "00000001002564440000", GGI_LOGGED_OIN, 1 },      /* on whose behalf */
        { "0000000182328844400", GGI_LOGGED_OIN, 0 },
        { "brp", GGI_LOGGED_DIENST, 1 }, { "br", GGI_LOGGED_DIENST, 0 }, { "claim_missing", GGI_LOGGED_REASON, 0 },
        { TRACE, GGI_LOGGED_TRACE, 1 }, { "true", GGI_LOGGED_DECISION, 1 }, { "false", GGI_LOGGED_DECISION, 0 },
        { "t.1", GGI_LOGGED_CONSENT, 1 }, { "t.1:7", GGI_LOGGED_CONSENT, 0 }, { "t", GGI_LOGGED_CONSENT, 0 },
        { "7", GGI_LOGGED_CONSENT_VERSION, 1 },
    };

    (void) state;

    assert_true(ggi_logged_read(&logged, a_decision, strlen(a_decision)));

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ggi_filter_init(&filter);
        assert_true(ggi_filter_add(&filter, cases[i].field, str("another")));
        assert_true(ggi_filter_add(&filter, cases[i].field, str(cases[i].text)));
        match = ggi_filter_match(&filter, &logged);

        if (match != cases[i].has || (match && !ggi_filter_glance(&filter, a_decision, strlen(a_decision)))) {
            fail_msg("case %d", (int) i);
        }
    }

    ggi_filter_init(&filter);
    assert_true(ggi_filter_match(&filter, &logged));
    filter.path = str("*/none");
    assert_false(ggi_filter_glance(&filter, a_decision, strlen(a_decision)));
    filter.path = str("/brp*");
    assert_true(ggi_filter_glance(&filter, a_decision, strlen(a_decision)));
    assert_true(ggi_filter_match(&filter, &logged));
    filter.to = logged.time;
    assert_false(ggi_filter_match(&filter, &logged));
    filter.to++;
    filter.from = logged.time;
    assert_true(ggi_filter_match(&filter, &logged));
    filter.calls = 0;
    assert_false(ggi_filter_match(&filter, &logged));

    for (i = 0; i < GGI_FILTER_ANY; i++) {
        assert_true(ggi_filter_add(&filter, GGI_LOGGED_OIN, str("x")));
    }

    assert_false(ggi_filter_add(&filter, GGI_LOGGED_OIN, str("x")));
}


#define SAID  128                       /* bytes of what is noted */


/* Notes of each call its span, and the answer or "-" or "open". */
static int
note(void *data, const ggi_joined_t *joined)
{
    char             *said = data;
    size_t            len;
    const ggi_str_t  *span, *answer;

    span = &joined->first.logged.field[GGI_LOGGED_SPAN];
    answer = &joined->end.logged.field[GGI_LOGGED_ANSWER];
    len = strlen(said);
    snprintf(said + len, SAID - len, "%.2s:%.*s ", span->data,
             (int) (answer->len ? answer->len : joined->open ? 4 : 1),
             answer->len ? answer->data : joined->open ? "open" : "-");

    return strlen(said) < 60;
}


/* Begins to join, noting in said, of SAID bytes. */
static void
begin(ggi_join_t *join, char *said)
{
    said[0] = '\0';
    assert_true(ggi_join_init(join, NULL, note, said));
}


static void
add(ggi_join_t *join, const char *line)
{
    ggi_logged_t  logged;

    assert_true(ggi_logged_read(&logged, line, strlen(line)));
    assert_true(ggi_join_add(join, line, strlen(line), &logged));
}


/* Adds decisions, such as "1+2-": of the spans 11... and 22..., the first allows its call. API spans are of letters. */
static void
decide(ggi_join_t *join, const char *decisions)
{
    int          i;
    char         span[17] = { 0 }, api[17] = { 0 }, line[1024];
    const char  *p;

    for (p = decisions; *p; p += 2) {
        for (i = 0; i < 16; i++) {
            span[i] = *p;
            api[i] = "abce"[*p - '1'];
        }

        snprintf(line, sizeof(line), DECISION("%s", "%s", "%s"), api, span, p[1] == '+' ? "true" : "false");
        add(join, line);
    }
}


/* Begins to join with these decisions, of which nothing is said yet. */
static void
begin_with(ggi_join_t *join, char *said, const char *decisions)
{
    begin(join, said);
    decide(join, decisions);
    assert_string_equal(said, "");
}


static void
complete(ggi_join_t *join, const char *line)
{
    ggi_glance_t  glance;

    ggi_glance_line(line, strlen(line), &glance);
    assert_true(ggi_logged_ends(glance.kind));
    assert_true(ggi_join_end_call(join, line, strlen(line), &glance));
}


static void
test_join(void **state)
{
    char        said[SAID];
    ggi_join_t  join;

    (void) state;

    begin_with(&join, said, "1+2+2+3-");

    /* of another span; of the span of the decision, as version 0.9 has it; below it */
    complete(&join, COMPLETION(COMPLETED, "dddddddddddddddd", ""));
    complete(&join, COMPLETION(COMPLETED, "2222222222222222", ""));
    assert_string_equal(said, "");
    complete(&join, COMPLETION(COMPLETED, "aaaaaaaaaaaaaaaa", ",\"parent_span_id\":\"1111111111111111\""));
    assert_string_equal(said, "11:200 22:200 33:- dd:200 ");

    decide(&join, "4+");
    ggi_join_finish(&join);
    assert_string_equal(said, "11:200 22:200 33:- dd:200 44:open ");
    ggi_join_free(&join);
}


/* What ends a call without its decision is a call, once, and when its decision would have come. */
static void
test_join_undecided(void **state)
{
    char          said[SAID];
    ggi_join_t    join;
    ggi_filter_t  filter;

    static const char  child[] = COMPLETION(COMPLETED, "aaaaaaaaaaaaaaaa", ",\"parent_span_id\":\"1111111111111111\"");

    (void) state;

    begin(&join, said);
    join.filter = &filter;
    ggi_filter_init(&filter);
    assert_true(ggi_filter_add(&filter, GGI_LOGGED_DOELBINDING, str("B")));
    complete(&join, child);
    assert_string_equal(said, "");
    ggi_filter_init(&filter);
    join.since = 1795726762990 - 999;
    complete(&join, child);
    assert_string_equal(said, "");
    join.since--;
    complete(&join, child);
    complete(&join, child);
    assert_string_equal(said, "11:200 ");
    decide(&join, "2-");
    complete(&join, COMPLETION(COMPLETED, "cccccccccccccccc", ",\"parent_span_id\":\"2222222222222222\""));
    assert_string_equal(said, "11:200 22:- ");
    ggi_join_free(&join);
}


/* A call that was withdrawn is a refused one, for a filter too. */
static void
test_join_withdrawn(void **state)
{
    char          said[SAID];
    ggi_join_t    join;
    ggi_filter_t  filter, wide;

    static const char  withdrawal[] = COMPLETION("ggi.call_withdrawn", "aaaaaaaaaaaaaaaa",
                                                 ",\"parent_span_id\":\"1111111111111111\"");

    (void) state;

    begin(&join, said);
    join.filter = &filter;
    ggi_filter_init(&filter);
    assert_false(ggi_filter_widen(&filter, &wide));
    assert_true(ggi_filter_add(&filter, GGI_LOGGED_DECISION, str("false")));
    assert_true(ggi_filter_widen(&filter, &wide));
    decide(&join, "1+2+");
    complete(&join, withdrawal);
    assert_string_equal(said, "11:200 ");
    complete(&join, COMPLETION(COMPLETED, "dddddddddddddddd", ",\"parent_span_id\":\"1111111111111111\""));
    ggi_join_finish(&join);
    assert_string_equal(said, "11:200 ");
    ggi_join_free(&join);
    assert_true(ggi_filter_add(&filter, GGI_LOGGED_REASON, str("claim_missing")));
    assert_false(ggi_filter_widen(&filter, &wide));
    ggi_filter_init(&filter);
    assert_true(ggi_filter_add(&filter, GGI_LOGGED_DECISION, str("true")));
    assert_false(ggi_filter_widen(&filter, &wide));
}


/* Which calls were withdrawn is known of some, and then said of all. */
static void
test_withdrawn(void **state)
{
    size_t                  i;
    ggi_glance_t            glance;
    ggi_logged_t            logged;
    ggi_index_block_t       block;
    static ggi_withdrawn_t  withdrawn;

    static const char  line[] = DECISION("1111111111111111", "aaaaaaaaaaaaaaaa", "true");
    static const char  other[] = DECISION("2222222222222222", "aaaaaaaaaaaaaaaa", "true");
    static const char  withdrawal[] = COMPLETION("ggi.call_withdrawn", "aaaaaaaaaaaaaaaa",
                                                 ",\"parent_span_id\":\"1111111111111111\"");

    (void) state;

    ggi_index_block_begin(&block, 0);
    ggi_index_block_add(&block, line, strlen(line), strlen(line));
    assert_true(ggi_logged_read(&logged, line, strlen(line)));
    ggi_glance_line(line, strlen(line), &glance);
    ggi_withdrawn_add(&withdrawn, &glance);
    assert_false(ggi_withdrawn_has(&withdrawn, &logged) || ggi_withdrawn_in(&withdrawn, &block));
    ggi_glance_line(withdrawal, strlen(withdrawal), &glance);
    assert_int_equal(glance.kind, GGI_LOGGED_IS_WITHDRAWAL);

    for (i = 0; i < GGI_WITHDRAWN_MAX; i++) {
        ggi_withdrawn_add(&withdrawn, &glance);
    }

    assert_true(ggi_withdrawn_has(&withdrawn, &logged) && ggi_withdrawn_in(&withdrawn, &block));
    assert_true(ggi_logged_read(&logged, other, strlen(other)));
    assert_false(ggi_withdrawn_has(&withdrawn, &logged));
    ggi_withdrawn_add(&withdrawn, &glance);
    assert_true(ggi_withdrawn_has(&withdrawn, &logged));
}


static void
test_join_live(void **state)
{
    char        said[SAID];
    ggi_join_t  join;

    (void) state;

    begin_with(&join, said, "1+2-");
    ggi_join_live(&join);
    assert_string_equal(said, "22:- ");
    decide(&join, "3-");
    assert_string_equal(said, "22:- 33:- ");
    ggi_join_tell(&join, 1795726762986);
    assert_string_equal(said, "22:- 33:- ");
    ggi_join_tell(&join, 1795726762987);
    ggi_join_tell(&join, 1795726762987);
    assert_string_equal(said, "22:- 33:- 11:open ");
    complete(&join, COMPLETION(COMPLETED, "1111111111111111", ""));
    assert_string_equal(said, "22:- 33:- 11:open 11:200 ");
    ggi_join_finish(&join);
    ggi_join_free(&join);
    assert_string_equal(said, "22:- 33:- 11:open 11:200 ");
}


/* A call that ends last does not hold up more than so many. */
static void
test_join_window(void **state)
{
    char         said[SAID], line[2048];
    unsigned     i;
    ggi_join_t   join;

    (void) state;

    begin_with(&join, said, "1+");

    for (i = 0; i < GGI_JOIN_WINDOW; i++) {
        snprintf(line, sizeof(line), DECISION("%016x", "%016x", "%s"), 0x77000000 + i, i, "false");
        assert_string_equal(said, "");
        add(&join, line);
    }

    assert_true(join.over);
    assert_int_equal(join.open, 1);
    join.over = 0;
    said[0] = '\0';
    complete(&join, COMPLETION(COMPLETED, "1111111111111111", ""));
    assert_string_equal(said, "11:200 ");
    ggi_join_free(&join);
}


/* What is in a block is found there, and most of what is not is not. */
static void
test_index(void **state)
{
    int                may;
    size_t             i, found;
    char               text[16];
    ggi_filter_t       filter;
    ggi_index_block_t  block;

    static const asked_t  cases[] = {
        { "00000001823288444000", GGI_LOGGED_OIN, 1 }, { "00000001002564440000", GGI_LOGGED_OIN, 1 },
        { "00000001823288444001", GGI_LOGGED_OIN, 0 }, { "brp", GGI_LOGGED_DIENST, 1 },
        { "brp", GGI_LOGGED_DOELBINDING, 0 }, { "t-1", GGI_LOGGED_TRANSACTION, 1 }, { "true", GGI_LOGGED_DECISION, 1 },
        { "false", GGI_LOGGED_DECISION, 0 }, { TRACE, GGI_LOGGED_TRACE, 1 }, { "", GGI_LOGGED_REASON, 1 },
        { "adl.access_evaluation", GGI_LOGGED_EVENT, 1 }, { "ggi.gap", GGI_LOGGED_EVENT, 0 },
        { "t.1", GGI_LOGGED_CONSENT, 1 }, { "t.2", GGI_LOGGED_CONSENT, 0 },
        { "DELETE", GGI_LOGGED_METHOD, 1 }      /* a block does not know methods */
    };

    (void) state;

    ggi_index_block_begin(&block, 7);
    ggi_filter_init(&filter);
    assert_false(ggi_index_block_may(&block, &filter));
    ggi_index_block_add(&block, a_decision, strlen(a_decision), strlen(a_decision));
    ggi_index_block_add(&block, "torn\n", 5, 5);
    assert_int_equal(block.offset, 7);
    assert_int_equal(block.bytes, strlen(a_decision) + 5);
    assert_int_equal(block.lines, 2);
    assert_int_equal(block.from, 1795726762986);
    assert_int_equal(block.to, 1795726762986);
    assert_int_equal(block.first, ggi_index_hash(a_decision, strlen(a_decision)));
    assert_true(ggi_index_block_traces(&block, str(TRACE)));
    assert_false(ggi_index_block_traces(&block, str("x")));

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ggi_filter_init(&filter);
        assert_true(ggi_filter_add(&filter, cases[i].field, str(cases[i].text)));
        may = ggi_index_block_may(&block, &filter);

        if (may != cases[i].has) {
            fail_msg("case %d", (int) i);
        }
    }

    ggi_filter_init(&filter);
    filter.from = block.to + 1;
    assert_false(ggi_index_block_may(&block, &filter));
    filter.from--;
    assert_true(ggi_index_block_may(&block, &filter));
    filter.to = block.from;
    assert_false(ggi_index_block_may(&block, &filter));

    for (found = 0, i = 0; i < 10000; i++) {
        snprintf(text, sizeof(text), "%u", (unsigned) i);
        found += (size_t) ggi_index_block_traces(&block, str(text));
    }

    assert_int_equal(found, 0);
}


static void
test_index_read(void **state)
{
    size_t  len;

    static struct {
        ggi_index_head_t   head;
        ggi_index_block_t  block[2];
    } file;

    (void) state;

    ggi_index_begin(&file.head, 42);
    ggi_index_block_begin(&file.block[0], 0);
    ggi_index_block_add(&file.block[0], "{}\n", 3, 3);
    ggi_index_block_begin(&file.block[1], 3);
    ggi_index_block_add(&file.block[1], "{}\n", 3, 3);
    file.head.blocks = 2;
    file.head.covered = 6;
    file.head.end = 3;
    assert_ptr_equal(ggi_index_read(&file, sizeof(file), 42), file.block);
    assert_null(ggi_index_read(&file, sizeof(file), 43));

    for (len = 0; len < sizeof(file); len += 8) {
        assert_null(ggi_index_read(&file, len, 42));
    }

    file.head.end = 6;
    assert_null(ggi_index_read(&file, sizeof(file), 42));
    file.head.end = 3;
    file.head.covered = 7;
    assert_null(ggi_index_read(&file, sizeof(file), 42));
    file.head.covered = 6;
    file.block[1].offset = 4;
    assert_null(ggi_index_read(&file, sizeof(file), 42));
    file.block[1].offset = 3;
    file.block[0].bytes = UINT64_MAX;
    assert_null(ggi_index_read(&file, sizeof(file), 42));
}


/* Counts a call, whose completion has this duration, if any, under a name. */
static void
tally(ggi_tally_t *tally, const char *name, const char *decision, const char *answer, const char *duration)
{
    char          line[] = "{}";
    ggi_joined_t  joined;

    memset(&joined, 0, sizeof(ggi_joined_t));
    joined.first.line = line;
    joined.first.logged.kind = GGI_LOGGED_IS_DECISION;
    joined.first.logged.field[GGI_LOGGED_DECISION] = str(decision);
    joined.end.logged.field[GGI_LOGGED_ANSWER] = str(answer);
    joined.end.logged.field[GGI_LOGGED_DURATION] = str(duration);
    joined.open = strcmp(decision, "true") == 0 && answer[0] == '\0';
    assert_true(ggi_tally_add(tally, str(name), &joined));
}


static void
test_tally(void **state)
{
    char               name[16];
    unsigned           i;
    ggi_tally_t        counted;
    ggi_tally_row_t   *row;

    (void) state;

    assert_true(ggi_tally_init(&counted));
    tally(&counted, "b", "true", "200", "0.010");
    tally(&counted, "b", "true", "502", "1.020");
    tally(&counted, "b", "true", "", "");
    tally(&counted, "b", "false", "", "");
    tally(&counted, "a", "false", "", "");
    tally(&counted, "", "false", "", "");
    tally(&counted, "", "false", "", "");
    ggi_tally_sort(&counted, 0);
    assert_int_equal(counted.n, 3);
    row = counted.rows;
    assert_bytes(row->name.data, row->name.len, "b");
    assert_int_equal(row->calls, 4);
    assert_int_equal(row->allowed, 3);
    assert_int_equal(row->refused, 1);
    assert_int_equal(row->failed, 1);
    assert_int_equal(row->open, 1);
    assert_int_equal(row->timed, 2);
    assert_int_equal(row->ms, 1030);
    assert_int_equal(row->longest, 1020);
    assert_int_equal(row[1].calls, 2);
    assert_bytes(row[2].name.data, row[2].name.len, "a");
    ggi_tally_sort(&counted, 1);
    assert_bytes(row[1].name.data, row[1].name.len, "a");
    ggi_tally_free(&counted);

    /* more names than there is room for */
    assert_true(ggi_tally_init(&counted));

    for (i = 0; i < GGI_TALLY_ROWS + 5; i++) {
        snprintf(name, sizeof(name), "%u", i);
        tally(&counted, name, "false", "", "");
        tally(&counted, "0", "false", "", "");
    }

    assert_int_equal(counted.n, GGI_TALLY_ROWS);
    assert_int_equal(counted.others.calls, 5);
    assert_int_equal(counted.rows[0].calls, GGI_TALLY_ROWS + 6);
    ggi_tally_free(&counted);
}


static void
test_retention(void **state)
{
    size_t           i;
    ggi_retention_t  retention;

    static const struct {
        const char  *text;
        const char  *time;
        const char  *end;               /* NULL: the text is no duration */
    } cases[] = {
        { "P5Y", "2020-01-02T03:04:05Z", "2025-01-02T03:04:05Z" },
        { "P1Y6M", "2020-08-31T00:00:00Z", "2022-03-03T00:00:00Z" },
        { "P1M", "2024-01-31T00:00:00Z", "2024-03-02T00:00:00Z" },
        { "P2W", "2026-02-20T12:00:00Z", "2026-03-06T12:00:00Z" },
        { "P1DT12H30M1S", "2026-01-01T00:00:00Z", "2026-01-02T12:30:01Z" },
        { "PT1H", "2026-12-31T23:30:00Z", "2027-01-01T00:30:00Z" },
        { "P9999Y", "2026-01-01T00:00:00Z", "" },
        { "P0D", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z" },
        { "", "", NULL }, { "P", "", NULL }, { "PT", "", NULL }, { "P5", "", NULL }, { "5Y", "", NULL },
        { "PY", "", NULL }, { "P1H", "", NULL }, { "PT1Y", "", NULL }, { "P1M1Y", "", NULL }, { "P1Y1Y", "", NULL },
        { "P1YT", "", NULL }, { "P12345Y", "", NULL }, { "P1Yx", "", NULL }, { "P1.5Y", "", NULL }, { "P-1Y", "", NULL }
    };

    int64_t  time, end, expected;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (ggi_retention_read(&retention, str(cases[i].text)) != (cases[i].end != NULL)) {
            fail_msg("case %d: is read", (int) i);
        }

        if (cases[i].end == NULL) {
            continue;
        }

        assert_true(ggi_time_read(str(cases[i].time), &time));
        end = ggi_retention_end(&retention, time);

        if (cases[i].end[0] == '\0') {
            assert_true(end > time);
            continue;
        }

        assert_true(ggi_time_read(str(cases[i].end), &expected));

        if (end != expected) {
            fail_msg("case %d: %lld instead of %lld", (int) i, (long long) end, (long long) expected);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_read_spellings),
        cmocka_unit_test(test_glance),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_pattern),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_join_undecided),
        cmocka_unit_test(test_join_withdrawn),
        cmocka_unit_test(test_withdrawn),
        cmocka_unit_test(test_join_live),
        cmocka_unit_test(test_join_window),
        cmocka_unit_test(test_retention),
        cmocka_unit_test(test_tally),
        cmocka_unit_test(test_index),
        cmocka_unit_test(test_index_read)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
