/* SPDX-License-Identifier: EUPL-1.2 */

/* The core's nginx-free files: JSON writing, UUIDs, trace context, reasons and problems. */

#include "unit.h"

#include "ggi_json.h"
#include "ggi_expiry.h"
#include "ggi_html.h"
#include "ggi_problem.h"
#include "ggi_source.h"
#include "ggi_status_write.h"
#include "ggi_trace.h"
#include "ggi_uri.h"
#include "ggi_uuid.h"

#include <jansson.h>


/* A text and how ggi_one_line() leaves it. */
static void
test_one_line(void **state)
{
    size_t  i;
    char    text[64];

    static const char *const  cases[][2] = {
        { "", "" }, { "Gemeente \xc3\x89\xc3\xa9n <b>", "Gemeente \xc3\x89\xc3\xa9n <b>" },
        { "\xf0\x9f\x98\x80 \xe2\x82\xac\xc2\xa0", "\xf0\x9f\x98\x80 \xe2\x82\xac\xc2\xa0" },
        { "a\nb\tc\x1b[2J\x7f", "a?b?c?[2J?" },
        { "\xc2\x9b" "31m", "??31m" },
        { "x\xe2\x80\xae" "y\xe2\x80\xac", "x???y???" },
        { "y\xe2\x81\xa6z\xe2\x81\xa9\xe2\x81\xa5", "y???z???\xe2\x81\xa5" },
        { "\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\x8f\xd8\x9c", "???????????" },
        { "\xe2\x80\x9cq\xe2\x80\xaf\xe2\x80\xa6", "\xe2\x80\x9cq\xe2\x80\xaf\xe2\x80\xa6" },
        { "\xff\xc0\xaf cut \xe2\x82", "??? cut ??" },
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(text, sizeof(text), "%s", cases[i][0]);
        ggi_one_line(text);
        assert_string_equal(text, cases[i][1]);
    }
}


static void
test_json_structure(void **state)
{
    char        buf[256];
    ggi_json_t  json;

    (void) state;

    ggi_json_init(&json, buf, sizeof(buf));
    ggi_json_open(&json, NULL, '{');
    ggi_json_cstr(&json, "a", "b");
    ggi_json_open(&json, "list", '[');
    ggi_json_int(&json, NULL, -1);
    ggi_json_bool(&json, NULL, 1);
    ggi_json_open(&json, NULL, '{');
    ggi_json_close(&json, '}');
    ggi_json_close(&json, ']');
    ggi_json_int(&json, "big", INT64_MAX);
    ggi_json_close(&json, '}');

    assert_bytes(buf, ggi_json_len(&json),
                 "{\"a\":\"b\",\"list\":[-1,true,{}],\"big\":9223372036854775807}");
}


static void
assert_escaped(const char *in, size_t len, const char *out)
{
    char        buf[256];
    ggi_json_t  json;

    ggi_json_init(&json, buf, sizeof(buf));
    ggi_json_str(&json, NULL, in, len);
    assert_bytes(buf, ggi_json_len(&json), out);
}


static void
test_json_escaping(void **state)
{
    (void) state;

    assert_escaped("", 0, "\"\"");
    assert_escaped(NULL, 0, "\"\"");
    assert_escaped("a\"b\\c", 5, "\"a\\\"b\\\\c\"");
    assert_escaped("a\n\0\x1f\x7f", 5, "\"a\\u000a\\u0000\\u001f\\u007f\"");
    assert_escaped("Financi\xc3\xable", 11, "\"Financi\xc3\xable\"");
    assert_escaped("\xf0\x9f\x98\x80", 4, "\"\xf0\x9f\x98\x80\"");
    assert_escaped("\xc3", 1, "\"\xef\xbf\xbd\"");                      /* cut */
    assert_escaped("\xc0\xaf", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"");      /* overlong */
    assert_escaped("\xed\xa0\x80", 3,
                   "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");         /* surrogate */
    assert_escaped("x\xff" "y", 3, "\"x\xef\xbf\xbdy\"");
}


static void
test_json_overflow(void **state)
{
    char        buf[16];
    size_t      size;
    ggi_json_t  json;

    (void) state;

    for (size = 0; size < 7; size++) {
        memset(buf, 'z', sizeof(buf));
        ggi_json_init(&json, buf, size);
        ggi_json_str(&json, "k", "v", 1);
        assert_int_equal(ggi_json_len(&json), 0);
        assert_int_equal(buf[size], 'z');
    }

    ggi_json_init(&json, buf, 7);
    ggi_json_str(&json, "k", "v", 1);
    assert_int_equal(ggi_json_len(&json), 7);
}


static void
test_uuid(void **state)
{
    char           out[GGI_UUID_LEN], again[GGI_UUID_LEN];
    size_t         i;
    unsigned char  random[GGI_UUID_RANDOM];

    static const char  *bad[] = {
        "", "0192", "01920000-0000-7000-8000-00000000000", "01920000-0000-7000-8000-0000000000000",
        "0192000000000-7000-8000-000000000000", "01920000-0000-7000-8000-00000000000g",
        "01920000-0000-9000-8000-000000000000", "01920000-0000-0000-8000-000000000000",
        "01920000-0000-7000-7000-000000000000", "{1920000-0000-7000-8000-00000000000}"
    };

    (void) state;

    memset(random, 0xff, sizeof(random));
    ggi_uuid7_write(out, 0x0192a1b2c3d4ULL, random);
    assert_bytes(out, sizeof(out), "0192a1b2-c3d4-7fff-bfff-ffffffffffff");
    assert_true(ggi_uuid_read(again, out, sizeof(out)));
    assert_memory_equal(out, again, sizeof(out));

    assert_true(ggi_uuid_read(out, "0192A1B2-C3D4-7FFF-BFFF-FFFFFFFFFFFF", 36));
    assert_memory_equal(out, again, sizeof(out));

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(ggi_uuid_read(out, bad[i], strlen(bad[i])));
    }

    assert_memory_equal(out, again, sizeof(out));
}


static void
test_trace(void **state)
{
    size_t         i;
    ggi_trace_t    trace;
    unsigned char  random[GGI_TRACE_RANDOM];

    static const char  *good[] = {
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-what-the-future"
    };
    static const char  *bad[] = {
        "", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        "00-00000000000000000000000000000000-b7ad6b7169203331-00",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-00",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-x",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00x",
        "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-00"
    };

    (void) state;

    memset(random, 0xab, sizeof(random));
    memset(random + GGI_TRACE_RANDOM - GGI_SPAN_ID_LEN / 2, 0xcd, GGI_SPAN_ID_LEN / 2);

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        ggi_trace_start(&trace, good[i], strlen(good[i]), random);
        assert_true(trace.has_parent);
        assert_memory_equal(trace.parent_span_id, "b7ad6b7169203331", 16);
        assert_bytes(trace.traceparent, GGI_TRACEPARENT_LEN,
                     "00-0af7651916cd43dd8448eb211c80319c-cdcdcdcdcdcdcdcd-00");
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ggi_trace_start(&trace, bad[i], strlen(bad[i]), random);
        assert_false(trace.has_parent);
        assert_bytes(trace.traceparent, GGI_TRACEPARENT_LEN,
                     "00-abababababababababababababababab-cdcdcdcdcdcdcdcd-01");
    }

    ggi_trace_start(&trace, NULL, 0, random);
    assert_false(trace.has_parent);
    assert_memory_equal(trace.span_id, "abababababababab", 16);
    assert_memory_equal(trace.child_span_id, "cdcdcdcdcdcdcdcd", 16);

    /* another child of the same span; then a decision below it, with a child of its own */

    ggi_trace_branch(&trace, random + GGI_TRACE_RANDOM - GGI_SPANS_RANDOM);
    assert_memory_equal(trace.span_id, "abababababababab", 16);
    assert_bytes(trace.traceparent, GGI_TRACEPARENT_LEN, "00-abababababababababababababababab-abababababababab-01");
    memset(random, 0xef, GGI_SPAN_ID_LEN / 2);
    memset(random + GGI_SPAN_ID_LEN / 2, 0x12, GGI_SPAN_ID_LEN / 2);
    ggi_trace_descend(&trace, random);
    assert_true(trace.has_parent);
    assert_memory_equal(trace.parent_span_id, "abababababababab", 16);
    assert_memory_equal(trace.span_id, "efefefefefefefef", 16);
    assert_bytes(trace.traceparent, GGI_TRACEPARENT_LEN, "00-abababababababababababababababab-1212121212121212-01");
}


static void
test_reasons(void **state)
{
    int                  i;
    const ggi_reason_t  *reason;

    (void) state;

    assert_string_equal(ggi_reason_get(GGI_REASON_NONE)->name, "");
    assert_string_equal(ggi_reason_get(GGI_REASON_COUNT)->name, "");
    assert_int_equal(ggi_reason_get(GGI_REASON_CLAIM_MISSING)->status, 400);
    assert_int_equal(ggi_reason_get(GGI_REASON_AUDIT_UNAVAILABLE)->status, 503);
    assert_int_equal(ggi_reason_get(GGI_REASON_PROVIDER_NOT_TRUSTED)->status, 502);

    for (i = GGI_REASON_NONE + 1; i < GGI_REASON_COUNT; i++) {
        reason = ggi_reason_get((ggi_reason_e) i);
        assert_true(reason->status == 400 || reason->status == 403 || reason->status == 413
                    || reason->status == 503 || i == GGI_REASON_PROVIDER_NOT_TRUSTED);
        assert_int_equal(reason->status == 503,
                         strstr(reason->name, "unavailable") != NULL
                         || strstr(reason->name, "unknown") == reason->name + 11);
        assert_true(strlen(reason->detail[GGI_LANG_NL]) > 20);
    }
}


/* every reason, in both languages and all forms, with the longest contact, gives a whole problem */
static void
test_problems(void **state)
{
    int            i;
    char           buf[GGI_PROBLEM_MAX], contact[GGI_PROBLEM_CONTACT_MAX], header[GGI_PROBLEM_HEADER_MAX];
    char           field[GGI_PROBLEM_FIELD_MAX];
    size_t         n, len;
    json_t        *body;
    const char    *text;
    ggi_problem_t  problem;

    (void) state;

    memset(contact, '&', sizeof(contact));
    memset(header, 'H', sizeof(header));
    memset(field, 'f', sizeof(field));
    memset(&problem, 0, sizeof(problem));

    for (i = 2; i < 2 * GGI_REASON_COUNT; i++) {
        problem.format = GGI_PROBLEM_JSON;
        problem.reason = (ggi_reason_e) (i / 2);
        problem.status = ggi_reason_get(problem.reason)->status;
        problem.lang = (ggi_lang_e) (i % 2);
        problem.transaction_id = "0192a1b2-c3d4-7fff-bfff-ffffffffffff";
        problem.header.data = header;
        problem.header.len = sizeof(header);
        problem.asked.data = "substantieel";
        problem.asked.len = strlen(problem.asked.data);
        problem.field.data = field;
        problem.field.len = sizeof(field);
        problem.contact.data = contact;
        problem.contact.len = sizeof(contact);

        len = ggi_problem_write(buf, sizeof(buf), &problem);
        body = json_loadb(buf, len, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(body);
        assert_int_equal(json_object_size(body), 5);

        text = json_string_value(json_object_get(body, "type"));
        assert_string_equal(text + strlen("urn:ggi:problem:"),
                            ggi_reason_get(problem.reason)->name);
        assert_string_equal(json_string_value(json_object_get(body, "instance")),
                            "urn:uuid:0192a1b2-c3d4-7fff-bfff-ffffffffffff");
        text = json_string_value(json_object_get(body, "detail"));
        assert_string_equal(text + strlen(text) - 3, "&&&");
        assert_non_null(strstr(text, " HHH"));
        assert_non_null(strstr(text, " is substantieel. "));
        assert_non_null(strstr(text, "ffff. "));
        json_decref(body);

        for (problem.format = GGI_PROBLEM_GRPC; problem.format <= GGI_PROBLEM_GRPC_WEB; problem.format++) {
            len = ggi_problem_write(buf, sizeof(buf), &problem);
            assert_true(len > strlen(ggi_reason_get(problem.reason)->name) + 2);

            for (n = 0; n < len; n++) {
                assert_in_range(buf[n], 0x20, 0x7e);
            }

            assert_int_equal(ggi_problem_write(buf, len, &problem), len);
            assert_int_equal(ggi_problem_write(buf, len - 1, &problem), 0);
            assert_true(ggi_problem_grpc_status(problem.reason, problem.status) > 0);
        }

        for (problem.format = GGI_PROBLEM_SOAP_11; problem.format <= GGI_PROBLEM_SOAP_12; problem.format++) {
            len = ggi_problem_write(buf, sizeof(buf), &problem);
            assert_true(len > 0);
            assert_string_equal(buf + len - 17, "</soap:Envelope>\n");
            assert_non_null(strstr(buf, "&amp;&amp;</detail>"));
            assert_int_equal(ggi_problem_write(buf, len, &problem), 0);
        }
    }
}


static void
test_negotiation(void **state)
{
    size_t  i;

    static const char  *dutch[] = {
        "nl", "NL", "nl-BE", "nl, en", "nl,en;q=0.9", "en;q=0.5, nl;q=0.6", "fr, nl;q=0.1",
        " ,nl-NL ; q=0.2", "en;q=0,nl;q=0.001"
    };
    static const char  *english[] = {
        "", "en", "en, nl", "nl;q=0", "nl;q=0.8,en", "fr", "nlx", "n", "nl;x=1", "nl;q=", ",,,", "*", "dutch, nl-like"
    };

    (void) state;

    for (i = 0; i < sizeof(dutch) / sizeof(dutch[0]); i++) {
        if (ggi_problem_lang(str(dutch[i])) != GGI_LANG_NL) {
            fail_msg("\"%s\" asks for Dutch", dutch[i]);
        }
    }

    for (i = 0; i < sizeof(english) / sizeof(english[0]) - 1; i++) {
        if (ggi_problem_lang(str(english[i])) != GGI_LANG_EN) {
            fail_msg("\"%s\" does not ask for Dutch", english[i]);
        }
    }

    assert_int_equal(ggi_problem_format(str("text/xml")), GGI_PROBLEM_SOAP_11);
    assert_int_equal(ggi_problem_format(str("Text/XML; charset=utf-8")), GGI_PROBLEM_SOAP_11);
    assert_int_equal(ggi_problem_format(str("application/soap+xml;action=x")), GGI_PROBLEM_SOAP_12);
    assert_int_equal(ggi_problem_format(str("text/xmlx")), GGI_PROBLEM_JSON);
    assert_int_equal(ggi_problem_format(str("application/json")), GGI_PROBLEM_JSON);
    assert_int_equal(ggi_problem_format(str("")), GGI_PROBLEM_JSON);
}


static void
test_status_merge(void **state)
{
    ggi_status_t  status = { .now = 1000 };

    (void) state;

    ggi_status_merge(&status, GGI_METRIC_AUDIT_RECORDS, 3, 1);
    ggi_status_merge(&status, GGI_METRIC_AUDIT_RECORDS, 4, 0);
    assert_int_equal(status.values[GGI_METRIC_AUDIT_RECORDS], 7);

    ggi_status_merge(&status, GGI_METRIC_WORKERS, 1, 1);
    ggi_status_merge(&status, GGI_METRIC_WORKERS, 1, 0);
    assert_int_equal(status.values[GGI_METRIC_WORKERS], 1);

    ggi_status_merge(&status, GGI_METRIC_REGISTER, 900, 1);
    ggi_status_merge(&status, GGI_METRIC_REGISTER, 800, 1);
    ggi_status_merge(&status, GGI_METRIC_REGISTER, 999, 0);
    assert_int_equal(status.values[GGI_METRIC_REGISTER], 900);
}


/* The value of a gauge in the text of a status; -1: it is not there. */
static long
status_gauge(const ggi_status_t *status, const char *name)
{
    char    line[128], text[32768], *p;
    size_t  len;

    len = ggi_status_write(status, GGI_STATUS_PROMETHEUS, text, sizeof(text) - 1);
    assert_true(len > 0);
    text[len] = '\0';
    snprintf(line, sizeof(line), "\n%s ", name);
    p = strstr(text, line);

    return p ? strtol(p + strlen(line), NULL, 10) : -1;
}


static void
test_status_times(void **state)
{
    ggi_status_t  status = { .now = 1000, .offset = 950 };

    (void) state;

    assert_int_equal(status_gauge(&status, "ggi_redis_answer_timestamp_seconds"), -1);
    ggi_status_merge(&status, GGI_METRIC_PROFILE_ANSWERED, 40, 1);
    ggi_status_merge(&status, GGI_METRIC_REGISTER, 900, 1);
    assert_int_equal(status_gauge(&status, "ggi_redis_answer_timestamp_seconds"), 990);
    assert_int_equal(status_gauge(&status, "ggi_doelbinding_register_timestamp_seconds"), 900);

    status.now = 800;                   /* set back: what happened goes with it, what a file says not */
    status.offset = 750;
    assert_int_equal(status_gauge(&status, "ggi_redis_answer_timestamp_seconds"), 790);
    assert_int_equal(status_gauge(&status, "ggi_doelbinding_register_timestamp_seconds"), 900);

    assert_int_equal(status_gauge(&status, "ggi_redis_connected"), 0);
    status.hidden[GGI_METRIC_PROFILE_CONNECTED] = 1;
    status.hidden[GGI_METRIC_REGISTER] = 1;
    assert_int_equal(status_gauge(&status, "ggi_redis_connected"), -1);
    assert_int_equal(status_gauge(&status, "ggi_doelbinding_register_timestamp_seconds"), -1);
}


static void
test_histogram(void **state)
{
    char             text[GGI_MS_MAX + 1];
    ggi_histogram_t  all, part;

    (void) state;

    memset(&all, 0, sizeof(all));
    memset(&part, 0, sizeof(part));
    assert_int_equal(ggi_histogram_percentile(&all, 50), 0);

    ggi_histogram_add(&part, 0);
    ggi_histogram_add(&part, 1);
    ggi_histogram_add(&part, 2);
    ggi_histogram_add(&part, 3);
    assert_int_equal(part.counts[0], 2);
    assert_int_equal(part.counts[1], 1);
    assert_int_equal(part.counts[2], 1);
    assert_int_equal(part.sum, 6);

    ggi_histogram_merge(&all, &part);
    ggi_histogram_merge(&all, &part);
    assert_int_equal(ggi_histogram_total(&all), 8);
    assert_int_equal(ggi_histogram_percentile(&all, 50), 1);
    assert_int_equal(ggi_histogram_percentile(&all, 51), 2);
    assert_int_equal(ggi_histogram_percentile(&all, 100), 5);

    ggi_histogram_add(&all, 30000);
    assert_int_equal(all.counts[GGI_HISTOGRAM_N - 2], 1);
    ggi_histogram_add(&all, 30001);
    assert_int_equal(all.counts[GGI_HISTOGRAM_N - 1], 1);
    assert_true(ggi_histogram_percentile(&all, 100) == UINT64_MAX);
    assert_string_equal(ggi_histogram_bound(GGI_HISTOGRAM_N - 1), "+Inf");
    assert_string_equal(ggi_histogram_bound(0), "0.001");

    text[ggi_ms_write(text, 1005)] = '\0';
    assert_string_equal(text, "1.005");
    text[ggi_ms_write(text, UINT64_MAX)] = '\0';
    assert_string_equal(text, "18446744073709551.615");
}


/* An OIN with a number in it. */
static ggi_str_t
oin_of(char oin[GGI_OIN_LEN + 1], size_t n)
{
    snprintf(oin, GGI_OIN_LEN + 1, "00000001%09u000", (unsigned) n);

    return str(oin);
}


/* How many callers a table has at a time; *not_after is set to that of the first. */
static size_t
expiries(const ggi_expiries_t *table, int64_t now, int64_t *not_after)
{
    size_t               n;
    static ggi_expiry_t  list[GGI_EXPIRY_MAX];

    n = ggi_expiry_list(table, now, list);
    *not_after = n ? list[0].not_after : 0;

    return n;
}


static void
test_expiry(void **state)
{
    char                   text[GGI_OIN_LEN + 1], other[GGI_OIN_LEN + 1];
    int64_t                not_after, now = 1700000000, day = GGI_EXPIRY_KEPT, month = GGI_EXPIRY_WITHIN;
    ggi_str_t              oin = oin_of(text, 1), two = oin_of(other, 2);
    static ggi_expiries_t  table;

    (void) state;

    memset(&table, 0, sizeof(table));
    assert_int_equal(expiries(&table, now, &not_after), 0);
    assert_true(ggi_expiry_near(now + month, now));
    assert_false(ggi_expiry_near(now + month + 1, now));
    assert_true(ggi_expiry_near(now - 1, now));

    ggi_expiry_note(&table, oin, now + month + 1, now);
    assert_int_equal(expiries(&table, now, &not_after), 0);
    assert_false(ggi_expiry_known(&table, oin, now + 9 * day, now));

    ggi_expiry_note(&table, oin, now + 9 * day, now);
    assert_int_equal(expiries(&table, now, &not_after), 1);
    assert_int_equal(not_after, now + 9 * day);
    assert_true(ggi_expiry_known(&table, oin, now + 9 * day, now + GGI_EXPIRY_REFRESH - 1));
    assert_false(ggi_expiry_known(&table, oin, now + 9 * day, now + GGI_EXPIRY_REFRESH));
    assert_false(ggi_expiry_known(&table, two, now + 9 * day, now));

    /* of two certificates the one that expires first counts, for as long as it is used */

    assert_true(ggi_expiry_known(&table, oin, now + 20 * day, now + day - 1));
    ggi_expiry_note(&table, oin, now + 20 * day, now + day - 1);
    assert_int_equal(expiries(&table, now + day - 1, &not_after), 1);
    assert_int_equal(not_after, now + 9 * day);
    assert_int_equal(expiries(&table, now + day, &not_after), 0);
    assert_false(ggi_expiry_known(&table, oin, now + 20 * day, now + day));
    ggi_expiry_note(&table, oin, now + 20 * day, now + day);
    assert_int_equal(expiries(&table, now + day, &not_after), 1);
    assert_int_equal(not_after, now + 20 * day);
    assert_false(ggi_expiry_known(&table, oin, now + 5 * day, now + day));
    ggi_expiry_note(&table, oin, now + 5 * day, now + day);
    assert_int_equal(expiries(&table, now + day, &not_after), 1);
    assert_int_equal(not_after, now + 5 * day);

    /* the clock is set back */

    assert_int_equal(expiries(&table, now, &not_after), 0);
    assert_int_equal(expiries(&table, now + 1, &not_after), 1);
    assert_false(ggi_expiry_known(&table, oin, now + 5 * day, now + 1));
    ggi_expiry_note(&table, oin, now + 5 * day, now);
    assert_int_equal(expiries(&table, now, &not_after), 1);
}


/* More callers than there is room for: those that expire first stay, and old ones make room. */
static void
test_expiry_bound(void **state)
{
    char                   text[GGI_OIN_LEN + 1];
    size_t                 i, n = 20000;
    int64_t                not_after, now = 1700000000;
    static ggi_expiries_t  table;

    (void) state;

    memset(&table, 0, sizeof(table));

    for (i = n; i > 0; i--) {
        ggi_expiry_note(&table, oin_of(text, i), now + (int64_t) i, now);
    }

    assert_int_equal(expiries(&table, now, &not_after), GGI_EXPIRY_MAX);

    for (i = 1; i < 500; i++) {
        assert_true(ggi_expiry_known(&table, oin_of(text, i), now + (int64_t) i, now));
    }

    for (i = 1; i <= n; i++) {
        ggi_expiry_note(&table, oin_of(text, n + i), now + (int64_t) (n + i), now);
    }

    assert_true(ggi_expiry_known(&table, oin_of(text, 1), now + 1, now));

    for (i = 1; i <= 500; i++) {
        ggi_expiry_note(&table, oin_of(text, i), now + GGI_EXPIRY_KEPT + 99, now + GGI_EXPIRY_KEPT);
    }

    assert_int_equal(expiries(&table, now + GGI_EXPIRY_KEPT, &not_after), 500);
    assert_int_equal(not_after, now + GGI_EXPIRY_KEPT + 99);
}


/* The calls that are shown of an organisation, allowed ones; -1: it is not shown. */
static long
caller_calls(const ggi_callers_t *table, const char *oin)
{
    size_t                     i, n;
    static ggi_caller_shown_t  list[GGI_CALLERS_SHOWN + 2];

    n = ggi_callers_list(table, list);
    assert_true(n <= GGI_CALLERS_SHOWN + 2);

    for (i = 0; i < n; i++) {
        if (list[i].oin.len == strlen(oin) && memcmp(list[i].oin.data, oin, list[i].oin.len) == 0) {
            return (long) list[i].calls[GGI_REASON_NONE];
        }
    }

    return -1;
}


/* Each of the organisations from one number to another calls n times. */
static void
callers_call(ggi_callers_t *table, size_t from, size_t to, size_t n)
{
    char    text[GGI_OIN_LEN + 1];
    size_t  i;

    for ( /* void */ ; from <= to; from++) {
        for (i = 0; i < n; i++) {
            ggi_callers_count(table, oin_of(text, from), GGI_REASON_NONE);
        }
    }
}


static void
test_callers(void **state)
{
    char                  late[GGI_OIN_LEN + 1], first[GGI_OIN_LEN + 1];
    static ggi_callers_t  table;

    (void) state;

    oin_of(first, 1);
    oin_of(late, 150);
    memset(&table, 0, sizeof(table));
    assert_int_equal(caller_calls(&table, "other"), -1);

    ggi_callers_count(&table, str(""), GGI_REASON_NONE);
    callers_call(&table, 1, 100, 3);
    assert_int_equal(caller_calls(&table, ""), 1);
    assert_int_equal(caller_calls(&table, first), 3);
    assert_int_equal(caller_calls(&table, "other"), -1);

    callers_call(&table, 101, 200, 2);
    assert_int_equal(caller_calls(&table, late), -1);
    assert_int_equal(caller_calls(&table, "other"), 200);

    /* one that is twice as busy as the least busy takes its place, a minute later */

    ggi_callers_look(&table, 1000);
    callers_call(&table, 150, 150, 50);
    callers_call(&table, 2, 100, 20);
    assert_int_equal(caller_calls(&table, "other"), 250);
    ggi_callers_look(&table, 1000 + GGI_CALLERS_TURN - 1);
    assert_int_equal(caller_calls(&table, late), -1);
    ggi_callers_look(&table, 1000 + GGI_CALLERS_TURN);
    assert_int_equal(caller_calls(&table, late), 0);
    assert_int_equal(caller_calls(&table, first), -1);
    assert_int_equal(caller_calls(&table, "other"), 253);

    callers_call(&table, 150, 150, 4);
    callers_call(&table, 1, 1, 1);
    assert_int_equal(caller_calls(&table, late), 4);
    assert_int_equal(caller_calls(&table, "other"), 254);

    /* and comes back: what it did meanwhile stays with the rest */

    callers_call(&table, 1, 1, 1000);
    ggi_callers_look(&table, 2000);
    assert_int_equal(caller_calls(&table, first), 0);
    callers_call(&table, 1, 1, 7);
    assert_int_equal(caller_calls(&table, first), 7);

    ggi_callers_look(&table, 100);      /* the clock is set back */
    assert_int_equal(table.looked, 100);
}


/* More organisations than are told apart: each call is counted. */
static void
test_callers_bound(void **state)
{
    size_t                     i, n, all;
    static ggi_callers_t       table;
    static ggi_caller_shown_t  list[GGI_CALLERS_SHOWN + 2];

    (void) state;

    memset(&table, 0, sizeof(table));
    callers_call(&table, 1, 5000, 2);
    ggi_callers_look(&table, 1000);
    n = ggi_callers_list(&table, list);
    assert_int_equal(n, GGI_CALLERS_SHOWN + 2);

    for (all = 0, i = 0; i < n; i++) {
        all += list[i].calls[GGI_REASON_NONE];
    }

    assert_int_equal(all, 10000);
}


/* The largest status there can be of so many diensten. */
static void
status_fill(ggi_status_t *status, ggi_status_dienst_t *diensten, size_t n)
{
    static ggi_expiry_t  soon[100];

    static const char  name[] = "a234567890123456789012345678901234567890123456789012345678901234";
    size_t             i, k;

    memset(status, 0, sizeof(ggi_status_t));
    status->nginx = str("1.31.100");
    status->now = UINT64_MAX;
    status->diensten = diensten;
    status->n = n;
    status->expiries = soon;
    status->expiries_n = n ? 100 : 0;

    for (i = 0; i < 100; i++) {
        snprintf(soon[i].oin, sizeof(soon[i].oin), "00000001%09u00", (unsigned) i);
        soon[i].oin[GGI_OIN_LEN - 1] = '0';
        soon[i].not_after = INT64_MAX;
    }

    for (i = 0; i < GGI_METRIC_COUNT; i++) {
        status->values[i] = UINT64_MAX / 2;
    }

    for (i = 0; i < n; i++) {
        memset(&diensten[i], 0, sizeof(ggi_status_dienst_t));
        diensten[i].dienst = str(name);

        for (k = 0; k < GGI_REASON_COUNT; k++) {
            diensten[i].calls[k] = INT64_MAX;
            diensten[i].would_refuse[k] = INT64_MAX;
        }
    }
}


static void
test_status_write(void **state)
{
    char                *buf;
    json_t              *root;
    size_t               size, len;
    unsigned             form;
    ggi_status_t         status;
    ggi_status_dienst_t  diensten[40];

    (void) state;

    for (form = GGI_STATUS_PROMETHEUS; form <= GGI_STATUS_HTML; form++) {
        status_fill(&status, diensten, 40);
        size = 4 * 1024 * 1024;
        buf = malloc(size);
        assert_non_null(buf);

        len = ggi_status_write(&status, form, buf, size);
        assert_true(len > 40 * 2 * (GGI_REASON_COUNT - 1) * 20);

        if (form == GGI_STATUS_JSON) {
            root = json_loadb(buf, len, JSON_REJECT_DUPLICATES, NULL);
            assert_non_null(root);
            assert_int_equal(json_array_size(json_object_get(
                root, "ggi_pkio_client_certificate_expiry_timestamp_seconds")), 100);
            assert_int_equal(json_array_size(json_object_get(root, "ggi_call_duration_seconds")), 40);
            json_decref(root);
        }

        assert_int_equal(ggi_status_write(&status, form, buf, len), len);
        assert_int_equal(ggi_status_write(&status, form, buf, len - 1), 0);
        assert_int_equal(ggi_status_write(&status, form, buf, 0), 0);

        status_fill(&status, diensten, 0);
        assert_true(ggi_status_write(&status, form, buf, size) > 0);

        free(buf);
    }
}


static void
test_uri(void **state)
{
    int        ch;
    char       one[2] = "/", text[GGI_URI_MAX + 1];
    ggi_str_t  byte = { 2, one }, nul = { 4, "/a\0b" }, cut = { 3, "/a%41" }, cut_short = { 4, "/a%41" },
               longest = { GGI_URI_MAX, text }, too_long = { GGI_URI_MAX + 1, text };

    static const char *const  good[] = {
        "", "/", "/a", "/a%", "/a%4", "/a%4g", "/a%g4", "/100%/x", "/a;b=c", "/\xc3\xab",
        "/a\"b", "/a\\b", "/a&b=c", "/a..b", "/..a", "/a.", "/a./b", "/a.;b", "."
    };
    static const char *const  bad[] = {
        "/a?", "?", "/a#b", "/a b", " ", "/a\tb", "/a\nb", "/a\x7f", "/%41", "/a%2fb", "/a%2F",
        "/%%41", "/%fFx", "/a..", "/a../b", "/a..;b", "/a..\\b", "/a...", "/..", ".."
    };

    (void) state;

    assert_judged(EACH(good), ggi_uri_unambiguous, 1);
    assert_judged(EACH(bad), ggi_uri_unambiguous, 0);

    for (ch = 0; ch < 256; ch++) {
        one[1] = (char) ch;
        assert_int_equal(ggi_uri_unambiguous(byte), ch > ' ' && ch != 0x7f && ch != '?' && ch != '#');
    }

    assert_false(ggi_uri_unambiguous(nul));
    assert_true(ggi_uri_unambiguous(cut));
    assert_true(ggi_uri_unambiguous(cut_short));

    memset(text, 'x', sizeof(text));
    text[0] = '/';
    assert_true(ggi_uri_unambiguous(longest));
    assert_false(ggi_uri_unambiguous(too_long));
}


/* A path as it is shown has to be told from any other: decoding what is encoded gives the path back. */
static void
test_uri_show(void **state)
{
    size_t  i, len;
    char    shown[64];

    static const struct {
        const char  *path;
        const char  *shown;
    } paths[] = {
        { "", "" }, { "/brp/1", "/brp/1" }, { "/100%/x", "/100%/x" }, { "/%4", "/%4" }, { "/%zz", "/%zz" },
        { "/\xc3\xab", "/\xc3\xab" }, { "/\xff", "/%FF" }, { "/\xfe", "/%FE" }, { "/%FF", "/%25FF" },
        { "/%25FF", "/%2525FF" }, { "/\xc3", "/%C3" }, { "/\xc3\xc3\xab", "/%C3\xc3\xab" },
        { "/\xe2\x82", "/%E2%82" }, { "/\xed\xa0\x80", "/%ED%A0%80" }, { "/%\xff", "/%%FF" },
        { "/\xef\xbf\xbd", "/\xef\xbf\xbd" }, { "/a\n\"", "/a\n\"" }
    };

    (void) state;

    for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        ggi_str_t  path = { strlen(paths[i].path), paths[i].path };

        len = ggi_uri_show(shown, path);
        assert_bytes(shown, len, paths[i].shown);
    }
}


static void
test_uri_path(void **state)
{
    size_t     i;
    char       buffer[64];
    ggi_str_t  path, nul = { 4, "/a\0b" };

    static const char  *good[][2] = {
        { "/", "/" }, { "/a/b", "/a/b" }, { "/%61%2f%C3%ab", "/a/\xc3\xab" }, { "/%00", "" },
        { "//a/b", "//a/b" }, { "/a:b", "/a:b" },
        { "http://h/a", "/a" }, { "HTTPS://h:8443/", "/" }, { "svn+ssh://u@h/%2e", "/." }, { "http:///a", "/a" }
    };
    static const char  *bad[] = {
        "", "a", "a/b", "*", "http://h", "http://", "http:/a", ":///a", "ht tp://h/a", "/a?b",
        "/a#b", "http://h?/a", "http://h#/a", "/%", "/%4", "/%4g", "/%g4"
    };

    (void) state;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(ggi_uri_path(str(good[i][0]), buffer, &path));

        if (good[i][1][0]) {
            assert_int_equal(path.len, strlen(good[i][1]));
            assert_memory_equal(path.data, good[i][1], path.len);
        } else {
            assert_int_equal(path.len, 2);
            assert_memory_equal(path.data, "/\0", 2);
        }
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (ggi_uri_path(str(bad[i]), buffer, &path)) {
            fail_msg("%s has no path", bad[i]);
        }
    }

    assert_true(ggi_uri_path(nul, buffer, &path));
    assert_int_equal(path.len, 4);
}


static void
test_html(void **state)
{
    char        buf[128];
    ggi_json_t  out;
    ggi_str_t   text = { 17, "<a b=\"'\">&\n\xff\xc3\xab\x7f\0\xe2" };

    (void) state;

    ggi_json_init(&out, buf, sizeof(buf));
    ggi_html_text(&out, text);
    assert_bytes(buf, ggi_json_len(&out),
                 "&lt;a b=&quot;&#39;&quot;&gt;&amp;\xef\xbf\xbd\xef\xbf\xbd\xc3\xab"
                 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");

    ggi_json_init(&out, buf, 4);
    ggi_html_put(&out, "<b>");
    ggi_html_number(&out, 10);
    assert_int_equal(ggi_json_len(&out), 0);
}


/* A metric that a gate gives by itself, of files whose names may have any bytes. */
static void
test_status_family(void **state)
{
    char                        *buf;
    json_t                      *root, *first;
    size_t                       len, size;
    ggi_status_t                 status;
    static ggi_status_dienst_t   dienst;

    static const ggi_status_sample_t  samples[] = {
        { { 9, "a\"b\\c\nd\xff\x80" }, 1, { { 1, "x" }, { 2, "y\"" } } },
        { { 0, "" }, UINT64_MAX / 2, { { 0, "" }, { 0, "" } } },
    };
    static const ggi_status_family_t  alone = { NULL, "ggi_alone", NULL, "Alone.", samples, 1, { NULL } };
    static const ggi_status_family_t  more = { &alone, "ggi_more", "of", "More.", samples, 1, { "one", "two" } };
    static const ggi_status_family_t  second = { &more, "ggi_none", "of", "None.", samples, 0, { NULL } };
    static const ggi_status_family_t  family = { &second, "ggi_files", "file", "Files.", samples, 2, { NULL } };

    (void) state;

    status_fill(&status, &dienst, 1);
    status.families = &family;
    size = 256 * 1024;
    buf = malloc(size);
    assert_non_null(buf);

    len = ggi_status_write(&status, GGI_STATUS_PROMETHEUS, buf, size - 1);
    assert_true(len > 0);
    buf[len] = '\0';
    assert_non_null(strstr(buf, "\n# TYPE ggi_files gauge\nggi_files{file=\"a\\\"b\\\\c\\nd??\"} 1\n"
                                "ggi_files{file=\"\"} 9223372036854775807\n# HELP ggi_none None.\n"));
    assert_non_null(strstr(buf, "\nggi_more{of=\"a\\\"b\\\\c\\nd??\",one=\"x\",two=\"y\\\"\"} 1\n"));
    assert_non_null(strstr(buf, "\nggi_alone 1\n"));

    len = ggi_status_write(&status, GGI_STATUS_JSON, buf, size - 1);
    root = json_loadb(buf, len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_int_equal(json_array_size(json_object_get(root, "ggi_files")), 2);
    assert_int_equal(json_array_size(json_object_get(root, "ggi_none")), 0);
    assert_int_equal(json_integer_value(json_object_get(root, "ggi_alone")), 1);
    first = json_array_get(json_object_get(root, "ggi_more"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "two")), "y\"");
    first = json_array_get(json_object_get(root, "ggi_files"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "file")), "a\"b\\c\nd\xef\xbf\xbd\xef\xbf\xbd");
    assert_int_equal(json_integer_value(json_object_get(first, "value")), 1);
    json_decref(root);
    free(buf);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_one_line),
        cmocka_unit_test(test_json_structure),
        cmocka_unit_test(test_json_escaping),
        cmocka_unit_test(test_json_overflow),
        cmocka_unit_test(test_uuid),
        cmocka_unit_test(test_trace),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_problems),
        cmocka_unit_test(test_negotiation),
        cmocka_unit_test(test_status_merge),
        cmocka_unit_test(test_status_times),
        cmocka_unit_test(test_histogram),
        cmocka_unit_test(test_callers),
        cmocka_unit_test(test_callers_bound),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_expiry_bound),
        cmocka_unit_test(test_status_write),
        cmocka_unit_test(test_status_family),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_uri),
        cmocka_unit_test(test_uri_show),
        cmocka_unit_test(test_uri_path)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
