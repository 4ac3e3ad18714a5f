/* SPDX-License-Identifier: EUPL-1.2 */

/* Joining the logs of two organisations: halves of calls, what differs, and what a log tells of lost records. */

#include "unit.h"

#include "ggi_dienst_names.h"
#include "ggi_half.h"
#include "ggi_join.h"
#include "ggi_match.h"
#include "ggi_oins.h"
#include "ggi_pair.h"
#include "ggi_silence.h"

#define OIN       "00000001823288444000"
#define PROVIDER  "00000004000000068000"
#define OTHER     "00000001002564440000"
#define TRACE     "0c3a5dae36faa77e8d93e4540ac7b73d"
#define CHAIN     "01a21b23-282b-7d9b-bee1-a2415e9d342"    /* and a digit */


/* What a test says of a call; what it leaves out is as in most calls. */
typedef struct {
    const char  *link;                  /* the span between both; "": none */
    const char  *method;
    const char  *path;
    const char  *claim;
    const char  *oin;
    const char  *extra;                 /* of the context of the request, behind a comma */
    const char  *reason;                /* the call is refused with it and 403 */
    const char  *end;                   /* attributes of the completion; "": there is none */
    int          minute;
    int          asked;                 /* -1: it is not */
    int          lost;                  /* 1: the decision is */
} said_t;

/* what ends a call that a provider of this OIN answered */
#define WENT(oin)  "\"server.address\":\"a:1\",\"ggi.upstream.status_code\":200,\"ggi.provider.oin\":\"" oin "\""

#define SAID(...)    ((said_t){ __VA_ARGS__ })
#define COUNTS(...)  ((ggi_match_counts_t){ __VA_ARGS__ })

typedef struct {
    char  text[2048];
    int   n;
} given_t;


static ggi_match_t  match;
static given_t      given;
static uint64_t     last[GGI_HALF_MAX / 8];     /* the half that was added last */
static ggi_pair_t   seen;                       /* the call that was given last, without its halves */
static ggi_side_e   reading;                    /* whose log the call is in */
static int          calls;


/* Adds the half of a call that a log of a side has. */
static int
take(void *data, const ggi_joined_t *joined)
{
    ggi_half_t    *half = (ggi_half_t *) last;
    const said_t  *said = data;

    if (ggi_half_make(half, reading, joined)) {
        half->asked = (said->asked != -1);
        assert_true(ggi_match_add(&match, half));
    }

    return 1;
}


static const char *
or_else(const char *text, const char *other)
{
    return text ? text : other;
}


/* Adds a call as the log of a side has it, of a transaction. */
static void
add(ggi_side_e side, const char *transaction, said_t said)
{
    char           line[2048], own[17];
    int            n;
    ggi_join_t     join;
    ggi_logged_t   logged;
    ggi_glance_t   glance;

    reading = side;
    snprintf(own, sizeof(own), "%016x", (unsigned) ++calls);
    assert_true(ggi_join_init(&join, NULL, take, &said));

    n = snprintf(line, sizeof(line),
                 "{\"attributes\":{\"ggi.transaction_id\":\"%s\",\"ggi.role\":\"%s\"%s%.16s%s},"
                 "\"event_name\":\"adl.access_evaluation\",\"timestamp\":%lld,\"trace_id\":\"" TRACE "\","
                 "\"span_id\":\"%s\"%s%.16s%s,\"body\":{\"adl.core.request\":{\"subject\":{\"id\":\"%s\"},"
                 "\"action\":{\"name\":\"%s\"},\"resource\":{\"id\":\"brp\",\"properties\":{\"path\":\"%s\"}},"
                 "\"context\":{\"doelbinding\":\"%s\"%s}},\"adl.core.response\":{\"decision\":%s,\"context\":{"
                 "\"reason\":\"%s\"%s}}}}\n",
                 transaction, side == GGI_SIDE_CONSUMER ? "afnemer" : "aanbieder",
                 side == GGI_SIDE_CONSUMER && said.link ? ",\"ggi.api.span_id\":\"" : "",
                 side == GGI_SIDE_CONSUMER && said.link ? said.link : "",
                 side == GGI_SIDE_CONSUMER && said.link ? "\"" : "",
                 1795726762986 + (long long) said.minute * 60000, own,
                 side == GGI_SIDE_PROVIDER && said.link ? ",\"parent_span_id\":\"" : "",
                 side == GGI_SIDE_PROVIDER && said.link ? said.link : "",
                 side == GGI_SIDE_PROVIDER && said.link ? "\"" : "", or_else(said.oin, OIN),
                 or_else(said.method, "GET"), or_else(said.path, "/brp/1"), or_else(said.claim, "A"),
                 or_else(said.extra, ""), said.reason ? "false" : "true", or_else(said.reason, ""),
                 said.reason ? ",\"status\":403" : "");
    assert_in_range(n, 1, sizeof(line) - 1);
    assert_true(ggi_logged_read(&logged, line, (size_t) n));

    if (!said.lost) {
        assert_true(ggi_join_add(&join, line, (size_t) n, &logged));
    }

    if (!said.reason && (said.end == NULL || *said.end)) {
        n = snprintf(line, sizeof(line),
                     "{\"attributes\":{\"ggi.transaction_id\":\"%s\",\"ggi.role\":\"%s\",\"ggi.call.dienst\":\"brp\","
                     "\"ggi.call.oin\":\"%s\",\"http.request.method\":\"%s\",\"url.path\":\"%s\",%s},"
                     "\"event_name\":\"ggi.call_completed\",\"timestamp\":1795726762990,"
                     "\"status\":\"Ok\",\"trace_id\":\"" TRACE "\",\"span_id\":\"aaaaaaaaaaaaaaaa\","
                     "\"parent_span_id\":\"%s\"}\n",
                     transaction, side == GGI_SIDE_CONSUMER ? "afnemer" : "aanbieder", or_else(said.oin, OIN),
                     or_else(said.method, "GET"), or_else(said.path, "/brp/1"),
                     or_else(said.end, "\"http.response.status_code\":200,\"server.address\":\"a:1\","
                                       "\"ggi.upstream.status_code\":200"), own);
        ggi_glance_line(line, (size_t) n, &glance);
        assert_true(ggi_join_end_call(&join, line, (size_t) n, &glance));
    }

    ggi_join_finish(&join);
    ggi_join_free(&join);
}


static void
provider(const char *transaction, said_t said)
{
    add(GGI_SIDE_PROVIDER, transaction, said);
}


static void
consumer(const char *transaction, said_t said)
{
    add(GGI_SIDE_CONSUMER, transaction, said);
}


/* Writes down what is open: the differences in bits, or the side that alone has it. */
static int
open_call(void *data, const ggi_pair_t *pair)
{
    size_t  len;

    (void) data;

    seen = *pair;
    len = strlen(given.text);
    given.n++;

    if (pair->half[0] && pair->half[1]) {
        snprintf(given.text + len, sizeof(given.text) - len, "%x ", pair->differ);

    } else {
        snprintf(given.text + len, sizeof(given.text) - len, "%s ", pair->half[0] ? "provider" : "consumer");
    }

    return 1;
}


static void
begin(void)
{
    memset(&given, 0, sizeof(given));
    ggi_match_init(&match, open_call, NULL);
    ggi_oins_add(&match.own[GGI_SIDE_CONSUMER], str(OIN));
    ggi_oins_add(&match.own[GGI_SIDE_PROVIDER], str(PROVIDER));
}


/* Ends, and looks at what was given. */
static void
end(const char *expected)
{
    ggi_match_finish(&match);
    assert_string_equal(given.text, expected);
    assert_int_equal(ggi_match_open(&match), given.n);
    ggi_match_free(&match);
}


/* Ends, and looks at what was given and at all that was counted. */
static void
end_counted(const char *expected, ggi_match_counts_t counts)
{
    ggi_match_finish(&match);
    assert_memory_equal(&match.counts, &counts, sizeof(counts));
    end(expected);
}


static void
test_same(void **state)
{
    (void) state;

    begin();
    provider("t1", SAID(.link = "1111111111111111", .minute = 3));
    consumer("t1", SAID(.link = "1111111111111111"));
    provider("t2", SAID(.reason = "path_not_authorised", .claim = ""));
    consumer("t2", SAID(.end = "\"server.address\":\"a:1\",\"ggi.upstream.status_code\":403"));
    consumer("t3", SAID(.claim = "inside", .extra = ",\"doelbinding_extern\":\"A\""));
    provider("t3", SAID(.link = NULL));
    end_counted("", COUNTS(.calls = { 3, 3 }, .same = 3, .timed = 1, .ahead_least = 180000, .ahead_most = 180000));
}


static void
test_differ(void **state)
{
    size_t  i;
    char    expected[16];

    static const struct {
        said_t    said;
        unsigned  bit;
    } cases[] = {
        { { .oin = OTHER }, GGI_PAIR_OIN }, { { .claim = "B" }, GGI_PAIR_CLAIM },
        { { .claim = "" }, GGI_PAIR_CLAIM }, { { .method = "PUT" }, GGI_PAIR_METHOD },
        { { .path = "/brp/2" }, GGI_PAIR_PATH }, { { .reason = "claim_unknown" }, GGI_PAIR_STATUS },
        { { .end = "\"http.response.status_code\":404" }, GGI_PAIR_STATUS }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin();
        consumer("t", SAID(.link = NULL));
        provider("t", cases[i].said);
        snprintf(expected, sizeof(expected), "%x ", 1u << cases[i].bit);
        end(expected);
    }

    /* who did not get an answer cannot say which it was */

    begin();
    consumer("t", SAID(.end = "\"server.address\":\"a:1\",\"ggi.upstream.status_code\":504"));
    provider("t", SAID(.link = NULL));
    consumer("u", SAID(.end = "\"server.address\":\"a:1\""));
    provider("u", SAID(.link = NULL));
    consumer("v", SAID(.end = ""));
    provider("v", SAID(.end = ""));
    consumer("w", SAID(.link = NULL));
    provider("w", SAID(.end = "\"http.response.status_code\":499"));
    end("");
}


static void
test_alone(void **state)
{
    (void) state;

    begin();
    consumer("t1", SAID(.link = "1111111111111111"));
    provider("t2", SAID(.link = "1111111111111111"));
    provider("t3", SAID(.oin = OTHER));
    consumer("t4", SAID(.reason = "function_unknown"));
    consumer("t5", SAID(.end = "\"server.address\":\"a:1\",\"ggi.upstream.status_code\":502"));
    consumer("t6", SAID(.end = "\"http.response.status_code\":200"));
    consumer("t7", SAID(.end = ""));
    consumer("t8", SAID(.asked = -1));
    consumer("w1", SAID(.end = WENT(OTHER)));
    consumer("w2", SAID(.end = WENT(PROVIDER)));
    provider("t9", SAID(.asked = -1));
    consumer("u1", SAID(.reason = "function_unknown"));
    provider("u1", SAID(.link = "2222222222222222"));
    end_counted("consumer provider consumer consumer 80 ",
                COUNTS(.calls = { 3, 5 }, .stayed = 3, .differ = 1, .only = { 1, 3 }, .unreached = 1,
                       .strange = { 1, 1 }));

    /* whose calls are not known if the consumer has none */
    begin();
    match.own[GGI_SIDE_CONSUMER].n = 0;
    provider("t3", SAID(.oin = OTHER));
    end("provider ");
}


/* A call of which a log has what ended it, and not the decision, is open whatever else there is of it. */
static void
test_undecided(void **state)
{
    size_t  i;

    /* of both sides; the last two stayed at the consumer, and did not reach the provider */
    static const struct {
        const char  *consumer;
        int          provider;          /* 1: it has the call; 2: it has not the decision */
        int          whole;             /* 1: the consumer has the decision */
    } cases[] = {
        { NULL, 2, 1 }, { NULL, 1, 0 }, { NULL, 2, 0 }, { "\"http.response.status_code\":200", 0, 0 },
        { "\"server.address\":\"a:1\",\"ggi.upstream.status_code\":502", 0, 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin();
        consumer("t", SAID(.end = cases[i].consumer, .lost = !cases[i].whole));

        if (cases[i].provider) {
            provider("t", SAID(.claim = "A", .lost = (cases[i].provider == 2)));
        }

        ggi_match_finish(&match);
        assert_int_equal(match.counts.undecided, 1);
        assert_int_equal(match.counts.same + match.counts.stayed + match.counts.unreached, i == 3);
        assert_int_equal(seen.missing, 0);
        assert_int_equal(seen.undecided, (!cases[i].whole) << GGI_SIDE_CONSUMER
                                         | (cases[i].provider == 2) << GGI_SIDE_PROVIDER);
        end(cases[i].provider ? "0 " : "consumer ");
    }

    begin();
    consumer("t", SAID(.path = "/2"));
    provider("t", SAID(.lost = 1));
    ggi_match_finish(&match);
    assert_int_equal(match.counts.undecided, 0);
    assert_int_equal(seen.undecided, 1u << GGI_SIDE_PROVIDER);
    end("20 ");
}


static void
test_one_transaction(void **state)
{
    int  i;

    (void) state;

    /* by their spans, whatever else they have; then by what they have; then in their order */

    begin();
    consumer("t", SAID(.link = "1111111111111111", .path = "/1"));
    consumer("t", SAID(.link = "2222222222222222", .path = "/2"));
    provider("t", SAID(.link = "2222222222222222", .path = "/1"));
    provider("t", SAID(.link = "1111111111111111", .path = "/1"));
    end("20 ");

    begin();
    consumer("t", SAID(.path = "/1", .claim = "A"));
    consumer("t", SAID(.path = "/1", .claim = "B"));
    provider("t", SAID(.path = "/1", .claim = "B"));
    provider("t", SAID(.path = "/1", .claim = "A", .minute = 1));
    end("");

    begin();
    consumer("t", SAID(.path = "/1"));
    consumer("t", SAID(.path = "/2", .minute = 1));
    provider("t", SAID(.path = "/3", .minute = 2));
    provider("t", SAID(.path = "/2", .minute = 3));
    end("20 ");

    /* two spans that differ are of two calls */

    begin();
    consumer("t", SAID(.link = "1111111111111111", .path = "/1"));
    provider("t", SAID(.link = "2222222222222222", .path = "/2"));
    end("provider consumer ");

    /* a request that was made again is of the same call; one more than the consumer knows of is not */

    for (i = 0; i < 2; i++) {
        begin();
        consumer("t", SAID(.link = "1111111111111111", .end =
            "\"server.address\":\"a:1\",\"ggi.upstream.status_code\":200,\"ggi.upstream.tried\":[{\"address\":\"a:2\","
            "\"status\":502},{\"address\":\"a:1\",\"status\":200}]"));
        provider("t", SAID(.link = "1111111111111111", .end = ""));
        provider("t", SAID(.link = "1111111111111111", .minute = 1));

        if (i) {
            provider("t", SAID(.link = "1111111111111111", .minute = 2));
        }

        end(i ? "provider " : "");
    }
}


/* Several requests of one call: the one that was answered, also when another one is recorded later. */
static void
test_repeated(void **state)
{
    static const char  two[] = "\"server.address\":\"a:1\",\"ggi.upstream.status_code\":200,"
                               "\"ggi.upstream.tried\":[{\"address\":\"a:2\"},{\"address\":\"a:1\",\"status\":200}]";

    (void) state;

    begin();
    consumer("t", SAID(.link = "1111111111111111", .end = two));
    provider("t", SAID(.link = "1111111111111111", .minute = 1));
    provider("t", SAID(.link = "1111111111111111", .minute = 2, .reason = "audit_unavailable"));
    end_counted("", COUNTS(.calls = { 2, 1 }, .same = 1, .repeated = 1, .timed = 1, .ahead_least = 60000,
                           .ahead_most = 60000));

    /* a further request whose decision is lost has no span, and is one as long as there were as many */

    begin();
    consumer("t", SAID(.link = "1111111111111111", .end = two));
    provider("t", SAID(.link = "1111111111111111"));
    provider("t", SAID(.lost = 1));
    end_counted("provider ", COUNTS(.calls = { 2, 1 }, .same = 1, .undecided = 1, .timed = 1));

    begin();
    consumer("t", SAID(.link = "1111111111111111", .end = two));
    provider("t", SAID(.link = "1111111111111111"));
    provider("t", SAID(.lost = 1));
    provider("t", SAID(.lost = 1));
    provider("t", SAID(.lost = 1, .path = "/brp/2"));
    end_counted("provider provider provider ",
                COUNTS(.calls = { 4, 1 }, .only = { 2, 0 }, .same = 1, .undecided = 1, .timed = 1));
}


/* Adds both halves of a call, which have the same span. */
static void
span_kept(const char *transaction)
{
    provider(transaction, SAID(.link = "3333333333333333"));
    consumer(transaction, SAID(.link = "3333333333333333"));
}


/* Adds a half of each side that are alike but for their spans. */
static void
spans_differ(const char *transaction)
{
    consumer(transaction, SAID(.link = "1111111111111111"));
    provider(transaction, SAID(.link = "2222222222222222"));
}


/* Calls of one transaction that are alike, of which each log lacks another one. */
static void
test_alike(void **state)
{
    int   i;
    char  span[17], transaction[8];

    (void) state;

    /* spans are kept, as another call of the dienst tells: before, or behind it */

    for (i = 0; i < 2; i++) {
        begin();
        span_kept(i ? "t0" : "t2");
        spans_differ("t1");
        end("provider consumer ");
    }

    begin();
    spans_differ("t1");
    span_kept("t2");
    end("provider consumer ");

    /* a half without a span may be of any of them */

    begin();
    span_kept("t0");
    spans_differ("t1");
    provider("t1", SAID(.link = NULL, .minute = 1));
    end("provider ");

    /* nothing tells that spans are kept: they are of one call, however many there are */

    begin();

    for (i = 0; i < GGI_MATCH_HELD + 8; i++) {
        snprintf(transaction, sizeof(transaction), "t%u", (unsigned) i % 10000);
        snprintf(span, sizeof(span), "%016x", (unsigned) i);
        provider(transaction, SAID(.link = span));
        consumer(transaction, SAID(.link = "aaaaaaaaaaaaaaaa"));
    }

    end_counted("", COUNTS(.calls = { GGI_MATCH_HELD + 8, GGI_MATCH_HELD + 8 }, .same = GGI_MATCH_HELD + 8));

    /* what is held is freed */

    begin();
    spans_differ("t1");
    provider("t2", SAID(.link = NULL));
    assert_int_equal(match.held_n, 1);
    ggi_match_free(&match);
}


static void
test_names(void **state)
{
    size_t              i;
    ggi_str_t           at;
    ggi_dienst_names_t  names;

    static const struct {
        const char  *text;
        const char  *at;
    } faults[] = {
        { "", "" }, { "a", "a" }, { "a=", "a=" }, { "=b", "=b" }, { "a=b,", "" }, { "a=b,c", "c" }, { "a=B", "a=B" },
        { "a=b=c", "a=b=c" }, { "a=c,b=c", "b=c" }
    };

    (void) state;

    assert_null(ggi_dienst_names_read(&names, str("brp=onze-brp,brk=kadaster,brp=brp-oud"), &at));
    assert_int_equal(names.n, 3);
    assert_true(ggi_str_eq(ggi_dienst_names_find(&names, str("kadaster")), str("brk")));
    assert_true(ggi_str_eq(ggi_dienst_names_find(&names, str("brp-oud")), str("brp")));
    assert_true(ggi_str_eq(ggi_dienst_names_find(&names, str("bag")), str("bag")));

    for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        assert_non_null(ggi_dienst_names_read(&names, str(faults[i].text), &at));
        assert_true(ggi_str_eq(at, str(faults[i].at)));
    }

    /* the dienst of the consumer by the name that the provider has for it */

    begin();
    assert_null(ggi_dienst_names_read(&match.names, str("brp-bevragen=brp"), &at));
    consumer("t", SAID(.link = "1111111111111111"));
    provider("t", SAID(.link = "1111111111111111"));
    end("4 ");
}


/* A transaction that never ends takes no more memory than so much. */
static void
test_many(void **state)
{
    int          i, side;
    char         span[17];
    ggi_half_t  *half = (ggi_half_t *) last;

    (void) state;

    begin();
    consumer("t", SAID(.link = "1111111111111111"));
    ggi_match_finish(&match);

    for (i = 0; i < GGI_MATCH_MANY; i++) {
        snprintf(span, sizeof(span), "%016x", (unsigned) i);
        memcpy(half->link, span, GGI_SPAN_ID_LEN);

        for (side = 0; side < (i == 7 ? 1 : GGI_SIDES); side++) {
            half->side = (uint8_t) side;
            assert_true(ggi_match_add(&match, half));
        }

        assert_in_range(match.n[0] + match.n[1], 0, GGI_MATCH_MANY);
    }

    end("consumer provider ");
}


/* Adds a record to what a log tells of itself, of a time in seconds. */
static void
record(ggi_silences_t *silences, char chain, int number, const char *event, int time, const char *more)
{
    char  line[1024];
    int   n;

    n = snprintf(line, sizeof(line),
                 "{\"resource\":{\"service.name\":\"ggi-gate\"},\"attributes\":{\"ggi.chain.id\":\"" CHAIN "%c\","
                 "\"ggi.chain.number\":%d,\"ggi.chain.previous\":\"%064d\"%s},\"event_name\":\"%s\","
                 "\"timestamp\":%d000,\"status\":\"Ok\"}\n", chain, number, 0, more, event, time);
    ggi_silence_add(silences, line, (size_t) n);
}


static void
assert_silence(const ggi_silences_t *silences, uint64_t time, ggi_silence_e kind, uint64_t from, uint64_t to)
{
    const ggi_silence_t  *silence;

    silence = ggi_silence_find(silences, 1000 * time, 1000 * time, 60000);
    assert_non_null(silence);
    assert_int_equal(silence->kind, kind);
    assert_int_equal(silence->from, 1000 * from);
    assert_int_equal(silence->to, to == UINT64_MAX ? to : 1000 * to);
}


#define CALL  "ggi.call_completed"

static void
test_silences(void **state)
{
    int             i;
    ggi_silences_t  silences;

    (void) state;

    memset(&silences, 0, sizeof(silences));

    for (i = 0; i < 2; i++) {                   /* a file that is there twice changes nothing */
        record(&silences, '1', 2, CALL, 1002000, "");
        record(&silences, '1', 1, "ggi.chain_opened", 1001000, ",\"ggi.chain.before.end\":\"none\"");
        record(&silences, '1', 3, CALL, 1003000, "");
        record(&silences, '1', 7, CALL, 1004000, "");
        record(&silences, '1', 8, "ggi.gap", 1006000, ",\"ggi.gap.records\":5,\"ggi.gap.from\":1005000000,"
                                                       "\"ggi.gap.to\":1005500000");
        record(&silences, '1', 9, CALL, 1007000, "");
    }

    record(&silences, '2', 1, "ggi.chain_opened", 1008000, ",\"ggi.chain.before.end\":\"not_closed\","
           "\"ggi.chain.before.id\":\"" CHAIN "1\",\"ggi.chain.before.number\":9");
    record(&silences, '2', 2, "ggi.tombstone", 1009000, "");
    record(&silences, '2', 3, "ggi.tombstone", 1010000, "");
    record(&silences, '2', 4, "ggi.chain_closed", 1011000, "");
    record(&silences, '3', 1, "ggi.chain_opened", 1013000, ",\"ggi.chain.before.end\":\"closed\"");
    record(&silences, '3', 2, CALL, 1015000, "");
    assert_true(ggi_silence_end(&silences));

    assert_silence(&silences, 1003500, GGI_SILENCE_MISSING, 1003000, 1004000);
    assert_silence(&silences, 1002999, GGI_SILENCE_MISSING, 1003000, 1004000);
    assert_silence(&silences, 1005000, GGI_SILENCE_GAP, 1005000, 1005500);
    assert_silence(&silences, 1007500, GGI_SILENCE_CRASH, 1007000, 1008000);
    assert_silence(&silences, 1009500, GGI_SILENCE_EXPIRED, 1009000, 1010000);
    assert_silence(&silences, 1012000, GGI_SILENCE_STOPPED, 1011000, 1013000);
    assert_silence(&silences, 1000000, GGI_SILENCE_BEFORE, 0, 1001000);
    assert_silence(&silences, 1016000, GGI_SILENCE_AFTER, 1015000, UINT64_MAX);
    /* a call that went on until then: it was lost with the worker, and did not come before the log */
    assert_int_equal(ggi_silence_find(&silences, 1000000000, 1007500000, 60000)->kind, GGI_SILENCE_GAP);
    assert_int_equal(ggi_silence_find(&silences, 1000000000, 1007500000, 0)->kind, GGI_SILENCE_GAP);
    assert_null(ggi_silence_find(&silences, 1002000000, 1002000000, 60000));
    assert_null(ggi_silence_find(&silences, 1014000000, 1014000000, 60000));
    ggi_silence_free(&silences);

    /* a log without a record explains why it has none */
    assert_true(ggi_silence_end(&silences));
    assert_silence(&silences, 5, GGI_SILENCE_AFTER, 0, UINT64_MAX);
    ggi_silence_free(&silences);
}


/* Numbers in no order, and more holes than are kept apart. */
static void
test_runs(void **state)
{
    int                  i;
    ggi_silence_chain_t  chain;

    (void) state;

    memset(&chain, 0, sizeof(chain));

    for (i = 0; i < 1000; i++) {
        assert_true(ggi_silence_chain_add(&chain, (uint64_t) (i * 7 % 1000 + 1), 5));
    }

    assert_int_equal(chain.n, 1);
    assert_int_equal(chain.runs[0].first, 1);
    assert_int_equal(chain.runs[0].last, 1000);

    for (i = 0; i < 2 * GGI_SILENCE_RUNS; i++) {
        assert_true(ggi_silence_chain_add(&chain, (uint64_t) (2000 + 2 * i), 6));
    }

    assert_int_equal(chain.n, GGI_SILENCE_RUNS);
    assert_int_equal(chain.runs[0].first, 1);
    free(chain.runs);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_differ),
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_undecided),
        cmocka_unit_test(test_one_transaction),
        cmocka_unit_test(test_repeated),
        cmocka_unit_test(test_alike),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_silences),
        cmocka_unit_test(test_runs)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
