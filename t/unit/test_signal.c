/* SPDX-License-Identifier: EUPL-1.2 */

/* Signals: what is counted in a period, by a table of bounded size; office hours. */

#include "unit.h"

#include "ggi_hours.h"
#include "ggi_record_signal.h"

#define PLACES  (2 * GGI_SIGNAL_WAYS)
#define MINUTE  60000


static ggi_signal_table_t *
table_new(size_t n)
{
    ggi_signal_table_t  *table;

    table = calloc(1, sizeof(ggi_signal_table_t) + n * sizeof(ggi_signal_entry_t));
    assert_non_null(table);
    ggi_signal_table_init(table, n, 0x123456789abcdef);

    return table;
}


static uint64_t
hash_of(const ggi_signal_table_t *table, unsigned number)
{
    char       text[16];
    ggi_str_t  part = { 0, text };

    part.len = (size_t) snprintf(text, sizeof(text), "%u", number);

    return ggi_signal_hash(table->seed, &part, 1);
}


static ggi_signal_event_t
event_of(ggi_signal_e signal, uint64_t key, uint32_t threshold)
{
    ggi_signal_event_t  event = { .signal = signal, .key = key, .threshold = threshold, .period = MINUTE };

    return event;
}


/* a signal is given at the threshold, once in a period that begins with the first event */
static void
test_each(void **state)
{
    unsigned             i;
    ggi_signal_event_t   event, other;
    ggi_signal_table_t  *table;

    (void) state;
    table = table_new(PLACES);
    event = event_of(GGI_SIGNAL_REFUSALS, hash_of(table, 1), 3);
    other = event_of(GGI_SIGNAL_REFUSALS, hash_of(table, 2), 3);

    assert_false(ggi_signal_count(table, &event, 1000));
    assert_false(ggi_signal_count(table, &event, 1500));
    assert_false(ggi_signal_count(table, &other, 1500));
    assert_true(ggi_signal_count(table, &event, 1700));
    assert_int_equal(event.count, 3);
    assert_int_equal(event.age, 700);

    for (i = 0; i < 10; i++) {
        assert_false(ggi_signal_count(table, &event, 1000 + MINUTE - 1));
    }

    assert_false(ggi_signal_count(table, &event, 1000 + MINUTE));
    assert_false(ggi_signal_count(table, &event, 1000 + MINUTE));
    assert_true(ggi_signal_count(table, &event, 1000 + MINUTE + 1));
    assert_int_equal(event.age, 1);

    /* the clock of another worker may be behind by a turn */
    assert_false(ggi_signal_count(table, &event, 1000 + MINUTE - 5));
    assert_int_equal(event.age, 0);
    free(table);
}


/* how many things there are is what it takes on average to set so many bits */
static void
test_different(void **state)
{
    double               sum;
    unsigned             n, i;
    ggi_signal_table_t  *table;

    (void) state;
    table = table_new(PLACES + GGI_SIGNAL_WAYS - 1);
    assert_int_equal(table->n, PLACES);

    for (n = 0; n <= GGI_SIGNAL_BITS; n++) {
        for (sum = 0, i = 0; i < n; i++) {
            sum += (double) GGI_SIGNAL_BITS / (GGI_SIGNAL_BITS - i);
        }

        assert_int_equal(table->different[n], (uint32_t) (sum + 0.5));
    }

    assert_int_equal(table->different[1], 1);
    assert_int_equal(table->different[GGI_SIGNAL_BITS], 3490);
    free(table);
}


/* things count once, and a threshold is met within the error that the header promises */
static void
test_apart(void **state)
{
    double                error, sum;
    unsigned              n, round, i;
    ggi_signal_event_t    event;
    ggi_signal_table_t   *table;
    static const unsigned  thresholds[] = { 1, 2, 10, 100, 1000 };

    (void) state;
    table = table_new(PLACES);
    n = 0;

    for (i = 0; i < 5; i++) {
        for (sum = 0, round = 0; round < 200; round++) {
            unsigned  things = 0;

            event = event_of(GGI_SIGNAL_PERSONS_BY_USER, hash_of(table, n++), thresholds[i]);

            do {
                event.thing = hash_of(table, n++);
                things++;
                assert_true(things < 2000);
            } while (!ggi_signal_count(table, &event, round));

            error = ((double) things - thresholds[i]) / thresholds[i];
            sum += error * error;
            assert_false(ggi_signal_count(table, &event, round));
        }

        /* the standard error, of 200 rounds: the bound is 5 %, and by chance some more or less */
        if (sum / 200 > 0.055 * 0.055) {
            fail_msg("threshold %u: the mean square of the error is %f", thresholds[i], sum / 200);
        }
    }

    event = event_of(GGI_SIGNAL_PERSONS_BY_USER, hash_of(table, n++), 2);

    for (i = 0; i < 100; i++) {
        event.thing = hash_of(table, 0);
        assert_false(ggi_signal_count(table, &event, 1));
    }

    free(table);
}


/* a thing that was not seen for a period is new, and gives a signal when others are known */
static void
test_new(void **state)
{
    ggi_signal_event_t   event;
    ggi_signal_table_t  *table;

    (void) state;
    table = table_new(PLACES);
    event = event_of(GGI_SIGNAL_NEW_NETWORK, hash_of(table, 1), 2);

    event.thing = hash_of(table, 10);
    assert_false(ggi_signal_count(table, &event, 1000));
    assert_false(ggi_signal_count(table, &event, 2000));
    event.thing = hash_of(table, 11);
    assert_true(ggi_signal_count(table, &event, 30000));
    assert_int_equal(event.count, 2);
    assert_int_equal(event.age, 29000);
    assert_false(ggi_signal_count(table, &event, 31000));

    /* each call prolongs what is known of its own network alone */
    event.thing = hash_of(table, 10);
    assert_true(ggi_signal_count(table, &event, 2000 + MINUTE));
    event.thing = hash_of(table, 11);
    assert_false(ggi_signal_count(table, &event, 31000 + MINUTE - 1000));

    /* when none was seen for a period, the next one is the first */
    event.thing = hash_of(table, 12);
    assert_false(ggi_signal_count(table, &event, 30000 + 3 * MINUTE));
    free(table);
}


/* of more things than it remembers the oldest is forgotten, which is told of once in a period */
static void
test_new_many(void **state)
{
    unsigned             i, round;
    ggi_signal_event_t   event;
    ggi_signal_table_t  *table;

    (void) state;
    table = table_new(PLACES);
    event = event_of(GGI_SIGNAL_NEW_NETWORK, hash_of(table, 2), 2);

    for (i = 0; i <= GGI_SIGNAL_SEEN; i++) {
        event.thing = hash_of(table, 20 + i);
        assert_int_equal(ggi_signal_count(table, &event, 1000 * (i + 1)), i > 0);
        assert_int_equal(event.count, i < GGI_SIGNAL_SEEN ? i + 1 : GGI_SIGNAL_SEEN);
    }

    event.thing = hash_of(table, 21);
    assert_false(ggi_signal_count(table, &event, 10000));

    /* 9 things in rotation are each new at each call */
    for (round = 0; round < 5; round++) {
        for (i = 0; i <= GGI_SIGNAL_SEEN; i++) {
            event.thing = hash_of(table, 20 + i);
            assert_false(ggi_signal_count(table, &event, 10000 + 9000 * round + 1000 * i));
        }
    }

    for (i = 0, round = 0; i <= GGI_SIGNAL_SEEN; i++) {
        event.thing = hash_of(table, 20 + i);
        round += (unsigned) ggi_signal_count(table, &event, 9000 + MINUTE + 1000 * i);
    }

    assert_int_equal(round, 1);
    free(table);
}


/* counts subjects of a signal, and returns how many others were given up for that */
static unsigned
count_many(ggi_signal_table_t *table, ggi_signal_e signal, unsigned first, unsigned n)
{
    unsigned            i, forgotten;
    ggi_signal_event_t  event;

    for (i = 0, forgotten = 0; i < n; i++) {
        event = event_of(signal, hash_of(table, first + i), 2);
        assert_false(ggi_signal_count(table, &event, 1000 + i));
        forgotten += (unsigned) event.forgotten;
    }

    return forgotten;
}


/* a full table gives up what ends first, never more than that, and says so */
static void
test_full(void **state)
{
    ggi_signal_event_t   event;
    ggi_signal_table_t  *table;

    (void) state;
    table = table_new(GGI_SIGNAL_WAYS);
    assert_int_equal(count_many(table, GGI_SIGNAL_REFUSALS, 0, GGI_SIGNAL_WAYS), 0);
    assert_int_equal(count_many(table, GGI_SIGNAL_REFUSALS, GGI_SIGNAL_WAYS, 1), 1);
    event = event_of(GGI_SIGNAL_REFUSALS, hash_of(table, 1), 2);
    assert_true(ggi_signal_count(table, &event, 1100));
    assert_false(event.forgotten);
    event = event_of(GGI_SIGNAL_REFUSALS, hash_of(table, 0), 2);
    assert_false(ggi_signal_count(table, &event, 1100));
    assert_true(event.forgotten);

    /* what is over is nothing that could be forgotten */
    event = event_of(GGI_SIGNAL_REFUSALS, hash_of(table, 100), 2);
    assert_false(ggi_signal_count(table, &event, 2000 + MINUTE));
    assert_false(event.forgotten);
    free(table);
}


/* a signal with many subjects leaves those of others their places, and gets no more than its part */
static void
test_full_of_one(void **state)
{
    ggi_signal_event_t   event;
    ggi_signal_table_t  *table;

    (void) state;
    table = table_new(GGI_SIGNAL_WAYS);
    event = event_of(GGI_SIGNAL_REFUSALS, hash_of(table, 1), 3);
    event.period = 100;
    assert_false(ggi_signal_count(table, &event, 1000));
    assert_int_equal(count_many(table, GGI_SIGNAL_PERSON_BY_USERS, 10, 90), 90 - GGI_SIGNAL_WAYS + 1);
    event.period = MINUTE;
    assert_false(ggi_signal_count(table, &event, 1050));
    assert_int_equal(event.count, 2);

    /* when the others are many, a new one gets a place of theirs */
    assert_int_equal(count_many(table, GGI_SIGNAL_REFUSALS, 2, GGI_SIGNAL_WAYS / 2 - 1), GGI_SIGNAL_WAYS / 2 - 1);
    assert_true(ggi_signal_count(table, &event, 1060));
    assert_int_equal(event.count, 3);

    /* and then one of its own */
    event = event_of(GGI_SIGNAL_PERSON_BY_USERS, hash_of(table, 10 + 89), 3);
    event.thing = 2;
    assert_int_equal(count_many(table, GGI_SIGNAL_REFUSALS, 5000, 100), 100);
    assert_false(ggi_signal_count(table, &event, 1070));
    assert_false(event.forgotten);
    assert_int_equal(event.count, 2);
    free(table);
}


/* texts are told apart by where they end, by their order and by the seed */
static void
test_hash(void **state)
{
    ggi_str_t  ab_c[] = { ggi_str("ab"), ggi_str("c") };
    ggi_str_t  a_bc[] = { ggi_str("a"), ggi_str("bc") };
    ggi_str_t  c_ab[] = { ggi_str("c"), ggi_str("ab") };

    (void) state;
    assert_true(ggi_signal_hash(1, ab_c, 2) == ggi_signal_hash(1, ab_c, 2));
    assert_true(ggi_signal_hash(1, ab_c, 2) != ggi_signal_hash(1, a_bc, 2));
    assert_true(ggi_signal_hash(1, ab_c, 2) != ggi_signal_hash(1, c_ab, 2));
    assert_true(ggi_signal_hash(1, ab_c, 2) != ggi_signal_hash(2, ab_c, 2));
    assert_true(ggi_signal_hash(0, NULL, 0) != 0);
}


static void
test_names(void **state)
{
    ggi_signal_e  signal;

    (void) state;

    for (signal = 0; signal < GGI_SIGNALS; signal++) {
        assert_int_equal(ggi_signal_find(ggi_signal_info(signal)->name), signal);
        assert_true(ggi_signal_info(signal)->threshold <= ggi_signal_most(signal));
        assert_true(ggi_signal_info(signal)->period > 0);
        assert_true(ggi_signal_info(signal)->period <= ggi_signal_longest(signal) * 24 * 3600);
    }

    assert_int_equal(ggi_signal_find(str("refusal")), GGI_SIGNALS);
    assert_int_equal(ggi_signal_find(str("")), GGI_SIGNALS);
}


static int
days_valid(ggi_str_t text)
{
    ggi_hours_t  hours;

    return ggi_hours_read_days(&hours, text);
}


static int
hours_valid(ggi_str_t text)
{
    ggi_hours_t  hours;

    return ggi_hours_read(&hours, text);
}


static void
test_hours(void **state)
{
    ggi_hours_t  hours;

    static const char *const  days[] = { "mon", "mon-fri", "mon,wed-thu,sun", "sat-sun", "sun-sun" };
    static const char *const  no_days[] = {
        "", "Mon", "mo", "mon-", "fri-mon", "mon,", ",mon", "mon fri", "mon-fri-sun", "monday", "-", "1-5"
    };
    static const char *const  times[] = { "08:00-18:00", "00:00-24:00", "23:59-24:00", "00:00-00:01" };
    static const char *const  no_times[] = {
        "", "8:00-18:00", "08:00", "08:00-", "08:00-08:00", "18:00-08:00", "08:00-24:01", "08:60-18:00",
        "08:00-25:00", "08.00-18.00", "08:00-18:000", "24:00-24:00", "0a:00-18:00"
    };

    (void) state;
    assert_judged(EACH(days), days_valid, 1);
    assert_judged(EACH(no_days), days_valid, 0);
    assert_judged(EACH(times), hours_valid, 1);
    assert_judged(EACH(no_times), hours_valid, 0);

    assert_true(ggi_hours_read_days(&hours, str("mon-fri")));
    assert_true(ggi_hours_read(&hours, str("08:00-18:00")));

    /* 2026-11-27 is a Friday; 1795737600 is its midnight */
    assert_false(ggi_hours_within(&hours, 1795737600 + 8 * 3600 - 1));
    assert_true(ggi_hours_within(&hours, 1795737600 + 8 * 3600));
    assert_true(ggi_hours_within(&hours, 1795737600 + 18 * 3600 - 1));
    assert_false(ggi_hours_within(&hours, 1795737600 + 18 * 3600));
    assert_false(ggi_hours_within(&hours, 1795737600 + 24 * 3600 + 12 * 3600));
    assert_true(ggi_hours_within(&hours, 1795737600 + 3 * 24 * 3600 + 12 * 3600));

    /* the epoch was a Thursday, the second before it still a Wednesday */
    assert_true(ggi_hours_read_days(&hours, str("wed")));
    assert_true(ggi_hours_read(&hours, str("23:59-24:00")));
    assert_true(ggi_hours_within(&hours, -1));
    assert_false(ggi_hours_within(&hours, -61));
    assert_false(ggi_hours_within(&hours, 0));

    assert_true(ggi_hours_read(&hours, str("00:00-24:00")));
    assert_false(ggi_hours_always(&hours));
    assert_true(ggi_hours_read_days(&hours, str("mon-sun")));
    assert_true(ggi_hours_always(&hours));
    assert_true(ggi_hours_read(&hours, str("00:00-23:59")));
    assert_false(ggi_hours_always(&hours));
}


/* Sets a call of a dienst, and what is told of it, of which nothing else is known. */
static void
line_begin(ggi_call_t *call, ggi_signal_told_t *told)
{
    memset(call, 0, sizeof(ggi_call_t));
    memset(told, 0, sizeof(ggi_signal_told_t));
    memcpy(call->transaction_id, "0192a1b2-c3d4-7fff-bfff-ffffffffffff", GGI_UUID_LEN);
    call->dienst = str("brp");
}


/* the line has what is known, as key=value, and nothing else */
static void
test_line(void **state)
{
    size_t             len;
    char               line[GGI_SIGNAL_LINE];
    ggi_call_t         call;
    ggi_signal_told_t  told;

    (void) state;
    line_begin(&call, &told);
    call.found.oin = str("00000001823288444000");
    call.reason = GGI_REASON_CLAIM_MISSING;
    told.signal = GGI_SIGNAL_REFUSALS;
    told.count = 20;
    told.threshold = 20;
    told.since = 1795726760000;
    len = ggi_signal_line(line, &told, &call);
    assert_bytes(line, len, "signal=refusals dienst=brp oin=00000001823288444000 count=20 threshold=20 "
                 "since=2026-11-26T20:59:20.000Z reason=claim_missing "
                 "transaction=0192a1b2-c3d4-7fff-bfff-ffffffffffff");

    call.found.oin = str("");
    call.reason = GGI_REASON_NONE;
    told.signal = GGI_SIGNAL_PERSONS_BY_USER;
    told.user = str("hmac:1:2");
    told.person = str("hmac:1:3");
    len = ggi_signal_line(line, &told, &call);
    assert_bytes(line, len, "signal=persons_by_user dienst=brp gebruiker=hmac:1:2 data_subject=hmac:1:3 count=20 "
                 "threshold=20 since=2026-11-26T20:59:20.000Z transaction=0192a1b2-c3d4-7fff-bfff-ffffffffffff");
}


/* what is told of a certificate, and of the gate itself */
static void
test_line_certificate(void **state)
{
    size_t             len;
    char               line[GGI_SIGNAL_LINE];
    ggi_call_t         call;
    ggi_signal_told_t  told;

    (void) state;
    line_begin(&call, &told);
    told.signal = GGI_SIGNAL_CERTIFICATE_EXPIRES;
    told.count = 1;
    told.threshold = 1;
    told.certificate = str("00ff");
    told.client = str("10.0.0.1");
    told.netwerk = str("a b");
    told.expires = 1795726760000;
    len = ggi_signal_line(line, &told, &call);
    assert_bytes(line, len, "signal=certificate_expires dienst=brp count=1 threshold=1 since=1970-01-01T00:00:00.000Z "
                 "certificate=00ff client=10.0.0.1 expires=2026-11-26T20:59:20.000Z "
                 "transaction=0192a1b2-c3d4-7fff-bfff-ffffffffffff");

    memset(&told, 0, sizeof(told));
    told.signal = GGI_SIGNAL_LIST_EXPIRES;
    told.of = str("CN=a b\", \n\x7f");
    told.expires = 1795726760000;
    len = ggi_signal_line(line, &told, &call);
    assert_bytes(line, len, "signal=list_expires dienst=brp count=0 threshold=0 since=1970-01-01T00:00:00.000Z "
                 "of=\"CN=a b?, ??\" expires=2026-11-26T20:59:20.000Z "
                 "transaction=0192a1b2-c3d4-7fff-bfff-ffffffffffff");

    memset(&told, 0, sizeof(told));
    told.signal = GGI_SIGNAL_CLOCK;
    told.gate = str("pkio");
    told.mode = GGI_MODE_OBSERVE;
    told.clock = -5000;
    len = ggi_signal_line(line, &told, &call);
    assert_bytes(line, len, "signal=clock dienst=brp count=0 threshold=0 since=1970-01-01T00:00:00.000Z gate=pkio "
                 "mode=observe clock_ms=-5000 transaction=0192a1b2-c3d4-7fff-bfff-ffffffffffff");
}


/* of what is told without a call there is no dienst and no transaction */
static void
test_line_own(void **state)
{
    size_t             len;
    char               line[GGI_SIGNAL_LINE];
    ggi_signal_told_t  told;

    (void) state;
    memset(&told, 0, sizeof(told));
    told.signal = GGI_SIGNAL_LIST_EXPIRES;
    told.count = 1;
    told.threshold = 1;
    told.of = str("CN=a");
    told.expires = 1795726760000;
    len = ggi_signal_line(line, &told, NULL);
    assert_bytes(line, len, "signal=list_expires count=1 threshold=1 since=1970-01-01T00:00:00.000Z of=\"CN=a\" "
                 "expires=2026-11-26T20:59:20.000Z");
}


/* the clock is compared with the monotonic one, and by how much it was set is told once */
static void
test_clock(void **state)
{
    ggi_signal_clock_t  clock = { 0, 0 };

    (void) state;
    assert_int_equal(ggi_signal_clock(&clock, 1, 1795726760000, 5), 0);
    assert_int_equal(ggi_signal_clock(&clock, 1001, 1795726761000, 5), 0);
    assert_int_equal(ggi_signal_clock(&clock, 2001, 1795726766999, 5), 0);
    assert_int_equal(ggi_signal_clock(&clock, 3001, 1795726773001, 5), 5002);
    assert_int_equal(ggi_signal_clock(&clock, 3002, 1795726773002, 5), 0);
    assert_int_equal(ggi_signal_clock(&clock, 4002, 1795723174002, 5), -3600000);
    /* another worker has looked since, or at the same time */
    assert_int_equal(ggi_signal_clock(&clock, 4002, 1795723179002, 5), 0);
    assert_int_equal(ggi_signal_clock(&clock, 4001, 1795726774001, 5), 0);
    assert_int_equal(ggi_signal_clock(&clock, 4003, 1795723174003, 5), 0);
    /* in 1000 s it may be slewed by 1 s more */
    assert_int_equal(ggi_signal_clock(&clock, 1004003, 1795724180002, 5), 0);
    assert_int_equal(ggi_signal_clock(&clock, 2004003, 1795725174002, 5), -6000);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_line_own), cmocka_unit_test(test_clock),
        cmocka_unit_test(test_each), cmocka_unit_test(test_different),
        cmocka_unit_test(test_apart), cmocka_unit_test(test_full),
        cmocka_unit_test(test_full_of_one), cmocka_unit_test(test_new), cmocka_unit_test(test_new_many),
        cmocka_unit_test(test_hash), cmocka_unit_test(test_names), cmocka_unit_test(test_hours),
        cmocka_unit_test(test_line), cmocka_unit_test(test_line_certificate)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
