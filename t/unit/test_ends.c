/* SPDX-License-Identifier: EUPL-1.2 */

/* Where chains of audit records end: in a file, beside it, and as an auditor judges it. */

#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "ggi_end.h"
#include "ggi_include.h"
#include "ggi_places.h"
#include "ggi_record.h"
#include "ggi_record_ends.h"
#include "ggi_record_trail.h"
#include "ggi_tombstone.h"
#include "ggi_verify_line.h"

#define ID     "0192a1b2-c3d4-7000-8000-000000000000"
#define LATER  "0192a1b2-c3d5-7000-8000-000000000000"
#define ZEROS  "0000000000000000000000000000000000000000000000000000000000000000"
#define NONE       GGI_END_NONE
#define UNKNOWN    GGI_END_UNKNOWN
#define OPEN       GGI_END_OPEN
#define CLOSED     GGI_END_CLOSED
#define UNWRITTEN  GGI_END_UNWRITTEN

#define LINE(number, event)                                                    \
    "{\"resource\":{\"a\":\"\\\"}\"},\"attributes\":{\"ggi.chain.id\":\"" ID "\",\"ggi.chain.number\":" number \
    ",\"ggi.chain.previous\":\"" ZEROS "\"},\"event_name\":\"" event "\"}\n"

static const unsigned char  none[GGI_UUID_RANDOM];


static void
test_line(void **state)
{
    size_t     i;
    ggi_end_t  place;

    static const char  *const  wrong[] = {
        "", "\n", "{}\n", "x" LINE("7", "x"), LINE("0", "x"), LINE("-1", "x"), LINE("x", "x"),
        LINE("1234567890123456789", "x"),
        "{\"resource\":{},\"attributes\":{\"ggi.chain.id\":\"" ID "\",\"ggi.chain.number\":1}}\n",
        "{\"resource\":{},\"attributes\":{\"ggi.chain.id\":\"0192a1b2\"}}\n",
        "{\"resource\":{},\"attributes\":{\"ggi.chain.id\":\"\n"
    };

    (void) state;

    assert_true(ggi_end_read_line(str(LINE("7", "x")), &place));
    assert_int_equal(place.number, 7);
    assert_memory_equal(place.id, ID, GGI_UUID_LEN);
    assert_memory_equal(place.hash, ZEROS, GGI_CHAIN_HASH_LEN);

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(ggi_end_read_line(str(wrong[i]), &place));
    }
}


/* A line that was cut off anywhere is no record, though it was ended later. */
static void
test_torn(void **state)
{
    char        text[1024];
    size_t      len;
    ggi_end_t   place;

    static const char  line[] = LINE("7", "x");

    (void) state;

    for (len = 0; len < sizeof(line) - 2; len++) {
        memcpy(text, line, len);
        memcpy(text + len, "\n", 2);
        assert_false(ggi_end_read_line(str(text), &place));
    }
}


static void
test_find(void **state)
{
    ggi_end_t  end;

    (void) state;

    assert_true(ggi_end_find(str(LINE("1", "a") LINE("2", "ggi.chain_closed")), &end));
    assert_int_equal(end.number, 2);
    assert_int_equal(end.how, GGI_END_CLOSED);

    /* what is torn, or no record, is passed over */
    assert_true(ggi_end_find(str(LINE("1", "a") "{}\n" LINE("2", "b") "{\"resource\":{\n\n{\"re"), &end));
    assert_int_equal(end.number, 2);
    assert_int_equal(end.how, GGI_END_OPEN);
    assert_false(ggi_end_find(str("{}\n{}\n"), &end));
    assert_false(ggi_end_find(str(""), &end));

    /* the name of the event within a text of the caller has a backslash before its quotes */
    assert_true(ggi_end_find(str(LINE("3", "x\\\",\\\"event_name\\\":\\\"ggi.chain_closed\\\"")), &end));
    assert_int_equal(end.how, GGI_END_OPEN);
}


/* The last record may have expired: who comes after it names that, not its tombstone. */
static void
test_tombstone(void **state)
{
    char                 line[1024], hash[GGI_CHAIN_HASH_LEN];
    ggi_str_t            text;
    ggi_end_t            record, end;
    unsigned char        digest[GGI_VERIFY_HASH] = { 0 };
    ggi_verify_place_t   place;

    (void) state;

    snprintf(line, sizeof(line), LINE("7", "%0400d"), 0);
    text = str(line);
    assert_true(ggi_end_find(text, &record));
    assert_int_equal(ggi_verify_line_read(line, text.len, &place), GGI_VERIFY_RECORD);
    assert_true(ggi_hex_read(digest, record.hash, GGI_VERIFY_HASH));
    assert_true(ggi_tombstone_write(line, text.len, digest, &place, 1, str("P5Y")));
    assert_true(ggi_end_find(text, &end));
    ggi_hex_write(hash, digest, GGI_VERIFY_HASH);
    assert_memory_equal(end.hash, hash, GGI_CHAIN_HASH_LEN);
    assert_memory_equal(end.id, record.id, GGI_UUID_LEN);
    assert_int_equal(end.number, 7);
    assert_int_equal(end.how, GGI_END_OPEN);
}


/* Reads a file of n lines before the last record. */
static void
read_file(const char *last, size_t n, const char *id, ggi_tail_t *tail)
{
    int     fd;
    FILE   *file;
    size_t  i;

    file = tmpfile();
    assert_non_null(file);

    for (i = 0; i < n; i++) {
        fputs("a line that is no record, and of which there may be many at the end of a file\n", file);
    }

    fputs(last, file);
    fflush(file);
    fd = fileno(file);
    ggi_end_read_file(fd, id, tail);
    fclose(file);
}


static void
test_file(void **state)
{
    char       *text;
    ggi_tail_t  tail;

    (void) state;

    read_file("", 0, NULL, &tail);
    assert_int_equal(tail.end.how, GGI_END_NONE);
    read_file("", 1, NULL, &tail);
    assert_int_equal(tail.end.how, GGI_END_UNKNOWN);
    assert_int_equal(tail.end.number, 0);
    read_file(LINE("9", "x"), 5000, ID, &tail);
    assert_int_equal(tail.end.number, 9);
    assert_true(tail.names);
    read_file(LINE("9", "x"), 0, LATER, &tail);
    assert_false(tail.names);

    /* the last record is farther from the end than is looked at first */
    text = calloc(1, 1024 * 1024);
    assert_non_null(text);
    memset(text, '\n', 300 * 1024);
    memcpy(text, LINE("9", "x"), strlen(LINE("9", "x")));

    read_file(text, 10, NULL, &tail);
    assert_int_equal(tail.end.number, 9);
    free(text);
}


static void
set_end(ggi_end_t *end, ggi_end_e how, const char *id, uint64_t number)
{
    end->how = how;
    end->number = number;
    memcpy(end->id, id, GGI_UUID_LEN);
    memcpy(end->hash, ZEROS, GGI_CHAIN_HASH_LEN);
}


static void
test_choose(void **state)
{
    size_t      i;
    ggi_end_t   noted, before;
    ggi_tail_t  tail;

    static const struct {
        ggi_end_e    tail;
        const char  *tail_id;
        uint64_t     tail_number;
        int          names;
        ggi_end_e    noted;
        const char  *noted_id;
        uint64_t     noted_number;
        int          found;             /* what is expected */
        ggi_end_e    how;
        uint64_t     number;
    } cases[] = {
        { NONE, ID, 0, 0, NONE, ID, 0, 0, NONE, 0 }, { NONE, ID, 0, 0, UNKNOWN, ID, 0, 0, UNKNOWN, 0 },
        { UNKNOWN, ID, 0, 0, NONE, ID, 0, 0, UNKNOWN, 0 }, { OPEN, ID, 5, 0, NONE, ID, 0, 1, OPEN, 5 },
        { OPEN, ID, 5, 0, OPEN, ID, 1, 1, OPEN, 5 }, { CLOSED, ID, 5, 0, CLOSED, ID, 5, 1, CLOSED, 5 },
        { OPEN, ID, 5, 0, UNWRITTEN, ID, 5, 1, UNWRITTEN, 5 }, { OPEN, ID, 4, 0, CLOSED, ID, 5, 0, CLOSED, 5 },
        { NONE, ID, 0, 0, OPEN, ID, 5, 0, UNKNOWN, 5 }, { NONE, ID, 0, 0, UNWRITTEN, ID, 5, 0, UNWRITTEN, 5 },
        { CLOSED, LATER, 3, 0, OPEN, ID, 5, 1, CLOSED, 3 }, { CLOSED, ID, 3, 0, CLOSED, LATER, 5, 0, CLOSED, 5 },
        { CLOSED, ID, 3, 1, CLOSED, LATER, 5, 1, CLOSED, 3 }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        set_end(&tail.end, cases[i].tail, cases[i].tail_id, cases[i].tail_number);
        set_end(&noted, cases[i].noted, cases[i].noted_id, cases[i].noted_number);
        tail.names = cases[i].names;

        if (ggi_end_choose(&tail, &noted, &before) != cases[i].found || before.how != cases[i].how
            || before.number != cases[i].number)
        {
            fail_msg("case %zu: %s, record %d", i, ggi_end_word(before.how), (int) before.number);
        }
    }
}


static void
test_places(void **state)
{
    int          fd;
    char         path[] = "/tmp/ggi-places-XXXXXX";
    ggi_end_t    end, read;
    struct stat  st;

    (void) state;

    close(mkstemp(path));
    fd = ggi_places_open(path);
    assert_int_not_equal(fd, -1);
    assert_int_equal(ggi_places_reserve(fd, 3), 0);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_size, 4 * 256);
    ggi_places_read(fd, 2, &read);
    assert_int_equal(read.how, GGI_END_NONE);

    set_end(&end, GGI_END_OPEN, ID, 3);
    assert_int_equal(ggi_places_note(fd, 2, &end, 1), 0);
    assert_int_equal(ggi_places_reserve(fd, 3), 0);
    ggi_places_read(fd, 2, &read);
    assert_int_equal(read.how, GGI_END_OPEN);
    assert_int_equal(read.number, 3);
    assert_memory_equal(read.id, ID, GGI_UUID_LEN);
    assert_memory_equal(read.hash, ZEROS, GGI_CHAIN_HASH_LEN);

    /* one that has taken the place since keeps it */
    set_end(&read, GGI_END_OPEN, LATER, 1);
    assert_int_equal(ggi_places_note(fd, 2, &read, 1), 0);
    set_end(&end, GGI_END_CLOSED, ID, 9);
    assert_int_equal(ggi_places_note(fd, 2, &end, 0), 0);
    ggi_places_read(fd, 2, &read);
    assert_memory_equal(read.id, LATER, GGI_UUID_LEN);
    set_end(&end, GGI_END_CLOSED, LATER, 9);
    assert_int_equal(ggi_places_note(fd, 2, &end, 0), 0);
    ggi_places_read(fd, 2, &read);
    assert_int_equal(read.number, 9);

    /* a place of which nothing is written, what cannot be read, and no file */
    ggi_places_read(fd, 900, &read);
    assert_int_equal(read.how, GGI_END_NONE);
    assert_int_equal(pwrite(fd, "x", 1, 3 * 256 + 10), 1);
    ggi_places_read(fd, 2, &read);
    assert_int_equal(read.how, GGI_END_UNKNOWN);
    assert_int_equal(read.number, 0);
    ggi_places_read(-1, 2, &read);
    assert_int_equal(read.how, GGI_END_UNKNOWN);
    close(fd);
    unlink(path);

    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(ggi_places_open(path), -1);
    rmdir(path);
}


static void
test_why(void **state)
{
    int          fd;
    char         path[] = "/tmp/ggi-places-XXXXXX";
    ggi_start_t  first, second;

    (void) state;

    fd = mkstemp(path);
    memset(&first, 0, sizeof(first));
    assert_int_equal(ggi_places_why(fd, &first, 7), GGI_WHY_UNKNOWN);
    assert_int_equal(ggi_places_begin(fd, 7, 1, &first), 0);
    assert_int_equal(ggi_places_why(fd, &first, 7), GGI_WHY_STOP);
    assert_int_equal(ggi_places_why(-1, &first, 7), GGI_WHY_UNKNOWN);
    assert_int_equal(ggi_places_begin(fd, 7, 1, &second), 0);
    assert_int_equal(ggi_places_why(fd, &first, 7), GGI_WHY_RELOAD);
    assert_int_equal(ggi_places_why(fd, &second, 7), GGI_WHY_STOP);
    assert_int_equal(ggi_places_begin(fd, 9, 7, &first), 0);
    assert_int_equal(ggi_places_why(fd, &second, 7), GGI_WHY_UPGRADE);
    assert_int_equal(ggi_places_why(fd, &first, 9), GGI_WHY_STOP);
    assert_int_equal(ggi_places_begin(fd, 1, 0, &second), 0);
    assert_int_equal(ggi_places_begin(fd, 11, 1, &second), 0);
    assert_int_equal(ggi_places_why(fd, &first, 9), GGI_WHY_UNKNOWN);

    /* a master that went into the background has another process id than when it started */
    assert_int_equal(ggi_places_begin(fd, 20, 1, &first), 0);
    assert_int_equal(ggi_places_why(fd, &first, 21), GGI_WHY_STOP);
    assert_int_equal(ggi_places_begin(fd, 21, 20, &second), 0);
    assert_int_equal(ggi_places_why(fd, &first, 21), GGI_WHY_RELOAD);
    assert_string_equal(ggi_why_word(GGI_WHY_UPGRADE), "binary_upgrade");
    close(fd);
    unlink(path);
}


static void
test_include(void **state)
{
    char    path[16];
    size_t  i, pos;

    static const char  text[] =
        "include a;\ninclude \"b c\" ;# include none;\nhttp{include d\\ e;include 'f';map $x $y {include ${g};}\n"
        "xinclude h; include i j; include k { include l; } \"include\" m; return \"x; include n;\"; include;"
        "include 0123456789012345; include o\\\"p;\n# include q;\n\tinclude\tr\t;\n}include s";
    static const char  *const  expected[] = {
        "a", "b c", "d\\ e", "f", "${g}", "l", "m", "o\"p", "r"
    };

    (void) state;

    for (pos = 0, i = 0; ggi_include_next(str(text), &pos, path, sizeof(path)); i++) {
        assert_true(i < sizeof(expected) / sizeof(expected[0]));
        assert_string_equal(path, expected[i]);
    }

    assert_int_equal(i, sizeof(expected) / sizeof(expected[0]));
}


static void
test_records(void **state)
{
    char               line[GGI_RECORD_GAP_SIZE];
    ggi_str_t          text;
    ggi_end_t          end;
    ggi_chain_t        chain;
    ggi_opened_t       opened;
    ggi_verify_said_t  said;

    (void) state;

    memset(&opened, 0, sizeof(opened));
    opened.has_place = 1;
    opened.place = 4;
    opened.configuration = str(ZEROS);
    set_end(&opened.before, GGI_END_CLOSED, ID, 77);
    opened.found = 1;
    assert_true(ggi_chain_start(&chain, 0x0192a1b2c3d5ULL, none, str("{}")));
    assert_memory_equal(ggi_chain_id(&chain), LATER, GGI_UUID_LEN);
    text.data = line;
    text.len = ggi_record_opened(line, sizeof(line), &opened, 5, &chain);
    assert_true(ggi_record_is_end(text));
    assert_true(ggi_verify_line_end(line, text.len, &said));
    assert_true(said.opens && said.found && said.number == 77 && said.how == GGI_END_CLOSED);
    assert_string_equal(said.id, ID);

    text.len = ggi_record_closed(line, sizeof(line), "reload", 6, &chain);
    assert_true(ggi_record_is_end(text));
    assert_true(ggi_end_find(text, &end));
    assert_int_equal(end.how, GGI_END_CLOSED);
    assert_int_equal(end.number, 2);
    assert_true(ggi_verify_line_end(line, text.len, &said));
    assert_false(said.opens);
    assert_string_equal(said.reason, "reload");
    assert_int_equal(ggi_record_closed(line, 100, "reload", 6, &chain), 0);
    assert_int_equal(chain.place.number, 3);
    ggi_chain_free(&chain);
    assert_false(ggi_record_is_end(str(LINE("1", "ggi.gap"))));
}


/* a glance shows the place of each record of the gate, whatever the resource is, and of nothing else */
static void
test_glance(void **state)
{
    size_t              i;
    ggi_verify_place_t  place, whole;

    static const char  *const  good[] = {
        LINE("7", "x"),
        "{\"resource\":{\"a\":\"\\\\\",\"b\":\"\\\\\\\"\"},\"attributes\":{\"ggi.chain.id\":\"" ID
        "\",\"ggi.chain.number\":7,\"ggi.chain.previous\":\"" ZEROS "\"}}\n",
    };
    static const char  *const  other[] = {
        "", "\n", "{}\n", "{\"resource\":{", "{\"resource\":{}\n", "{\"resource\":{\"\\\"\n",
        "{\"resource\":{\"a\":\"b\"",
        "x" LINE("7", "x"), LINE("0", "x"), LINE("07", "x"), LINE("1234567890123456789", "x"),
        "{\"resource\":{\"a\":{\"b\":\"c\"}},\"attributes\":{\"ggi.chain.id\":\"" ID
        "\",\"ggi.chain.number\":7,\"ggi.chain.previous\":\"" ZEROS "\"}}\n",
        "{\"resource\":{\"a\":\"},\\\"attributes\\\":{\\\"ggi.chain.id\\\":\\\"" ID
        "\\\",\\\"ggi.chain.number\\\":7,\\\"ggi.chain.previous\\\":\\\"" ZEROS "\\\"\"}}\n"
    };

    (void) state;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(ggi_verify_line_glance(good[i], strlen(good[i]), &place));
        assert_int_equal(ggi_verify_line_read(good[i], strlen(good[i]), &whole), GGI_VERIFY_RECORD);
        assert_string_equal(place.id, whole.id);
        assert_int_equal(place.number, 7);
        assert_int_equal(whole.number, 7);
        assert_memory_equal(place.previous, whole.previous, GGI_VERIFY_HASH);
        assert_false(ggi_verify_line_glance(good[i], strlen(good[i]) / 2, &place));
    }

    for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        assert_false(ggi_verify_line_glance(other[i], strlen(other[i]), &place));
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_torn),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_tombstone),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_choose),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_why),
        cmocka_unit_test(test_include),
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_glance)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
