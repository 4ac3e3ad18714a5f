/* SPDX-License-Identifier: EUPL-1.2 */

/* Lines that a thread appends to a file, and who may write when a disk is slow. */

#include "unit_journal.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ggi_append.h"
#include "ggi_write_pace.h"
#include "ggi_write_time.h"


/* Asserts what is in a file. */
static void
assert_content(int fd, const char *expected)
{
    char     text[128];
    ssize_t  n;

    n = pread(fd, text, sizeof(text) - 1, 0);
    assert_true(n >= 0);
    text[n] = '\0';
    assert_string_equal(text, expected);
}


/* what waits is copied, so that lines can be added and forgotten while the copy is written */
static void
test_copy(void **state)
{
    int            fd;
    char           file[] = "/tmp/ggi-unit-XXXXXX";
    ggi_append_t   append = { 0 }, copy = { 0 };
    ggi_journal_t  journal = { 0 };
    struct rlimit  limit;

    (void) state;

    fd = mkstemp(file);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "tor", 3), 3);

    add(&journal, "one\n");
    add(&journal, "two\n");
    ggi_journal_begin(&journal, fd, 0);
    ggi_journal_append(&journal, &append);
    assert_int_equal(ggi_append_copy(&copy, &append), 1);
    add(&journal, "three\n");

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = 10;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(ggi_append(&copy, fd), EFBIG);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);

    assert_content(fd, "tor\none\ntw");
    assert_int_equal(copy.written, 6);
    assert_int_equal(copy.unended, 0);

    ggi_journal_appended(&journal, &copy, copy.written);
    assert_int_equal(ggi_journal_reached(&journal), 4);
    assert_int_equal(ggi_journal_written(&journal), 6);
    assert_int_equal(ggi_journal_waiting(&journal), 8);

    ggi_journal_append(&journal, &append);
    assert_int_equal(ggi_append_copy(&copy, &append), 1);
    assert_int_equal(copy.len, 8);
    ggi_journal_forget(&journal, 4);
    assert_int_equal(ggi_append(&copy, fd), 0);
    ggi_journal_appended(&journal, &copy, copy.written);
    assert_content(fd, "tor\none\ntwo\nthree\n");
    assert_int_equal(ggi_journal_waiting(&journal), 0);
    assert_int_equal(ggi_journal_reached(&journal), 14);

    ggi_append_free(&copy);
    assert_null(copy.buffer);
    assert_int_equal(copy.written, 8);
    ggi_journal_free(&journal);
    close(fd);
    unlink(file);
}


/* a thread writes until a write was seen not to be slow, and for a while after each slow one */
static void
test_pace(void **state)
{
    ggi_write_pace_t  pace = { 0 };

    (void) state;

    assert_int_equal(ggi_write_pace_allows(&pace, 5), 0);
    ggi_write_pace_note(&pace, 5, GGI_WRITE_SLOW, 0);
    assert_int_equal(ggi_write_pace_allows(&pace, 5 + 100 * GGI_WRITE_QUIET), 0);

    ggi_write_pace_note(&pace, 10, GGI_WRITE_SLOW - 1, 0);
    assert_int_equal(ggi_write_pace_allows(&pace, 4 + GGI_WRITE_QUIET), 0);
    assert_int_equal(ggi_write_pace_allows(&pace, 5 + GGI_WRITE_QUIET), 1);

    /* one more by a thread begins the time anew */
    ggi_write_pace_note(&pace, 900, 200, 0);
    assert_int_equal(ggi_write_pace_allows(&pace, 899 + GGI_WRITE_QUIET), 0);
    assert_int_equal(ggi_write_pace_allows(&pace, 900 + GGI_WRITE_QUIET), 1);
}


/* one for which the event loop waited doubles that time, up to a bound, until all is quiet for long */
static void
test_pace_doubles(void **state)
{
    uint64_t          now;
    ggi_write_pace_t  pace = { 0 };

    (void) state;

    ggi_write_pace_note(&pace, 0, 0, 0);
    assert_int_equal(ggi_write_pace_allows(&pace, 0), 1);

    now = 1000;
    ggi_write_pace_note(&pace, now, 200, 1);
    assert_int_equal(pace.quiet, GGI_WRITE_QUIET);

    ggi_write_pace_note(&pace, now += pace.quiet, 200, 1);
    assert_int_equal(pace.quiet, 2 * GGI_WRITE_QUIET);
    assert_int_equal(ggi_write_pace_allows(&pace, now + 2 * GGI_WRITE_QUIET - 1), 0);
    assert_int_equal(ggi_write_pace_allows(&pace, now + 2 * GGI_WRITE_QUIET), 1);

    ggi_write_pace_note(&pace, now, 200, 0);
    assert_int_equal(pace.quiet, 2 * GGI_WRITE_QUIET);

    while (pace.quiet < GGI_WRITE_QUIET_MAX) {
        ggi_write_pace_note(&pace, now += pace.quiet, 200, 1);
    }

    ggi_write_pace_note(&pace, now += pace.quiet, 200, 1);
    assert_int_equal(pace.quiet, GGI_WRITE_QUIET_MAX);

    ggi_write_pace_note(&pace, now + 2 * GGI_WRITE_QUIET_MAX - 1, 0, 1);
    assert_int_equal(pace.quiet, GGI_WRITE_QUIET_MAX);
    ggi_write_pace_note(&pace, now + 2 * GGI_WRITE_QUIET_MAX, 0, 1);
    assert_int_equal(pace.quiet, 0);
}


/* Works for 20 ms from the begin of a write. Returns the time by then. */
static uint64_t
work(const ggi_write_time_t *time)
{
    uint64_t  now;

    while ((now = ggi_write_clock()) < time->began + 20) {
        /* goes on */
    }

    return now;
}


/* a thread that sleeps has waited; one that works, or lacks the processor, has not */
static void
test_waited(void **state)
{
    uint64_t          now;
    ggi_write_time_t  time;

    (void) state;

    ggi_write_begin(&time, 1);
    usleep(20000);
    now = ggi_write_clock();
    assert_in_range(ggi_write_waited(&time, now), 19, now - time.began);

    ggi_write_begin(&time, 1);
    now = work(&time);
    assert_int_equal(ggi_write_waited(&time, now), 0);

    /* unless nobody watches whether it sleeps: then all of its time counts */
    ggi_write_begin(&time, 0);
    now = work(&time);
    assert_int_equal(ggi_write_waited(&time, now), now - time.began);
    assert_int_equal(ggi_write_waited(&time, time.began), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_pace),
        cmocka_unit_test(test_pace_doubles),
        cmocka_unit_test(test_waited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
