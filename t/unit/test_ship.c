/* SPDX-License-Identifier: EUPL-1.2 */

/* Records as rows of a database, and filters as statements of SQL. */

#include "unit.h"

#include "ggi_row.h"
#include "ggi_where.h"

#define ID      "01a218bc-ecb9-70cd-88f2-c2e981000001"
#define HASH    "0000000000000000000000000000000000000000000000000000000000000000"
#define RECORD(id, time)                                                       \
    "{\"resource\":{\"a\":\"b\"},\"attributes\":{\"ggi.chain.id\":\"" id "\",\"ggi.chain.number\":7," \
    "\"ggi.chain.previous\":\"" HASH "\",\"ggi.transaction_id\":\"t\\u0000\xff\"}," \
    "\"event_name\":\"adl.access_evaluation\",\"timestamp\":" time "}\n"


static void
read_row(ggi_row_t *row, const char *line)
{
    ggi_row_read(row, line, strlen(line));
}


static void
test_row_read(void **state)
{
    size_t                i;
    ggi_row_t             row;

    static const char        good[] = "{\"attributes\":{\"ggi.chain.id\":\"" ID "\",\"ggi.chain.number\":7,"
                                      "\"ggi.chain.previous\":\"" HASH "\"},\"timestamp\":5}\n";
    static const char *const bad[] = {
        "\n", "x\n", "{}\n", "{\"attributes\":{\"ggi.chain.id\":\"c\",\"ggi.chain.number\":7,"
        "\"ggi.chain.previous\":\"" HASH "\"}}\n",
        "{\"attributes\":{\"ggi.chain.id\":\"" ID "\",\"ggi.chain.number\":0,\"ggi.chain.previous\":\"" HASH "\"}}\n",
        /* the place is there, and the end of the line is not */
        "{\"attributes\":{\"ggi.chain.id\":\"" ID "\",\"ggi.chain.number\":7,\"ggi.chain.previous\":\"" HASH "\"\n",
        "{\"attributes\":{\"ggi.chain.id\":\"" ID "\",\"ggi.chain.number\":7,\"ggi.chain.previous\":\"" HASH "\"}}"
    };

    (void) state;

    read_row(&row, good);
    assert_true(row.record);
    assert_string_equal(row.place.id, ID);
    assert_int_equal(row.place.number, 7);
    assert_int_equal(row.logged.time, 5);

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        read_row(&row, bad[i]);

        if (row.record) {
            fail_msg("%s is taken for a record", bad[i]);
        }
    }
}


static void
test_row_text(void **state)
{
    ggi_str_t        field = { 6, "a\0b\xff\xc3\xa9" };
    ggi_seal_text_t  text = { .data = NULL };

    (void) state;

    ggi_row_text(&text, field, 0);
    assert_bytes(text.data, text.len, "a\xef\xbf\xbd" "b\xef\xbf\xbd\xc3\xa9");
    text.len = 0;

    while (!text.failed && text.len < GGI_ROW_TEXT_MAX - 2) {
        ggi_seal_text_add(&text, "x", 1);
    }

    field.data = text.data;
    field.len = text.len;
    text.data = NULL;
    text.len = text.size = 0;
    ggi_row_text(&text, field, 1);
    assert_int_equal(text.len, GGI_ROW_TEXT_MAX - 2);
    ggi_row_text(&text, str("\xe2\x82\xac"), 1);
    assert_int_equal(text.len, GGI_ROW_TEXT_MAX + 1);   /* each text has its own limit */
    free((char *) field.data);
    free(text.data);
}


static void
test_row_day(void **state)
{
    (void) state;

    assert_int_equal(ggi_row_day(1577836800000), 7305);         /* 2020-01-01 */
    assert_int_equal(ggi_row_day(1795737599999), 9826);         /* 2026-11-26 */
    assert_int_equal(ggi_row_day(1795737600000), 9827);
    assert_int_equal(ggi_row_day(4102444799999), 36524);        /* 2099-12-31 */
    assert_int_equal(ggi_row_day(0), -10957);
    assert_int_equal(ggi_row_day(1577836799999), -10957);
    assert_int_equal(ggi_row_day(4102444800000), -10957);
    assert_int_equal(ggi_row_day(UINT64_MAX), -10957);
}


/* Takes a field of a COPY from *pos: its length, and its bytes. */
static int
field(const char **pos, const char **data)
{
    int                   len;
    const unsigned char  *p = (const unsigned char *) *pos;

    len = (int) ((uint32_t) p[0] << 24 | (uint32_t) p[1] << 16 | (uint32_t) p[2] << 8 | p[3]);
    *data = *pos + 4;
    *pos += 4 + (len > 0 ? len : 0);

    return len;
}


static void
test_row_copy(void **state)
{
    int                   i, n;
    const char           *pos, *data;
    ggi_row_t             row;
    ggi_seal_text_t       copy = { .data = NULL };

    static const unsigned char  file[GGI_SEAL_HASH] = { 1, 2 };
    static const char           line[] = RECORD(ID, "1795737600001");

    (void) state;

    read_row(&row, line);
    assert_true(row.record);
    row.begin = 513;
    ggi_row_copy_begin(&copy);
    assert_int_equal(copy.len, 19);
    ggi_row_copy(&copy, &row, file);
    pos = copy.data + 19;
    assert_memory_equal(pos, "\0\x16", 2);
    pos += 2;
    assert_int_equal(field(&pos, &data), 4);
    assert_memory_equal(data, "\0\0\x26\x63", 4);               /* 9827 */
    assert_int_equal(field(&pos, &data), 16);
    assert_memory_equal(data, "\x01\xa2\x18\xbc\xec\xb9\x70\xcd\x88\xf2\xc2\xe9\x81\0\0\x01", 16);
    assert_int_equal(field(&pos, &data), 8);
    assert_memory_equal(data, "\0\0\0\0\0\0\0\x07", 8);
    assert_int_equal(field(&pos, &data), 2);
    assert_memory_equal(data, "\0\x01", 2);
    assert_int_equal(field(&pos, &data), 8);
    assert_memory_equal(data, "\0\x03\x04\x35\x82\x8a\x23\xe8", 8);     /* 1 ms behind midnight */

    for (i = 0, n = 0; i < 14; i++) {
        if (field(&pos, &data) > 0) {
            n++;
        }
    }

    assert_int_equal(n, 2);                                     /* event and transaction */
    assert_int_equal(field(&pos, &data), strlen(line));
    assert_memory_equal(data, line, strlen(line));
    assert_int_equal(field(&pos, &data), GGI_SEAL_HASH);
    assert_int_equal(field(&pos, &data), 8);
    assert_memory_equal(data, "\0\0\0\0\0\0\x02\x01", 8);
    assert_int_equal(pos - copy.data, copy.len);
    ggi_row_copy_end(&copy);
    assert_memory_equal(copy.data + copy.len - 2, "\xff\xff", 2);
    free(copy.data);
}


/* The statement has exactly so many parameters, and no text of a value. */
static void
assert_parameters(const ggi_where_t *where, int n)
{
    int   i;
    char  name[16];

    assert_int_equal(where->n, n);
    assert_null(strstr(where->sql.data, "DROP"));

    for (i = 1; i <= n + 1; i++) {
        snprintf(name, sizeof(name), "$%d:", i);
        assert_int_equal(strstr(where->sql.data, name) != NULL, i <= n);
    }
}


static void
test_where(void **state)
{
    ggi_where_t   where;
    ggi_filter_t  filter;

    (void) state;

    ggi_filter_init(&filter);
    assert_true(ggi_where_calls(&where, &filter));
    assert_parameters(&where, 0);
    assert_non_null(strstr(where.sql.data, "kind IN (2, 3) AND trace IN"));
    ggi_where_free(&where);

    filter.from = 1795737600000;
    filter.to = 1795737600000 + 86400000;
    filter.path = str("/a_b%*\\'; DROP TABLE x");
    assert_true(ggi_filter_add(&filter, GGI_LOGGED_OIN, str("'; DROP TABLE x; --")));
    assert_true(ggi_filter_add(&filter, GGI_LOGGED_OIN, str("2\xff")));
    assert_true(ggi_where_calls(&where, &filter));
    assert_parameters(&where, 4 + 2 + 1 + 4);
    assert_string_equal(where.values[4], "'; DROP TABLE x; --");
    assert_string_equal(where.values[5], "2\xef\xbf\xbd");
    assert_string_equal(where.values[6], "/a\\_b\\%%\\\\'; DROP TABLE x");
    assert_non_null(strstr(where.sql.data, "oin IN ($5::text, $6::text) OR namens IN ($5::text, $6::text)"));
    ggi_where_free(&where);

    filter.calls = 0;
    filter.path.len = 0;
    assert_true(ggi_where_calls(&where, &filter));
    assert_null(strstr(where.sql.data, "kind IN (2, 3) AND trace"));
    ggi_where_free(&where);

    assert_true(ggi_filter_add(&filter, GGI_LOGGED_NODE, str("gate1")));
    assert_true(ggi_where_log(&where, &filter));
    assert_parameters(&where, 5);
    assert_non_null(strstr(where.sql.data, "ORDER BY chain, number"));
    ggi_where_free(&where);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_row_read),
        cmocka_unit_test(test_row_text),
        cmocka_unit_test(test_row_day),
        cmocka_unit_test(test_row_copy),
        cmocka_unit_test(test_where)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
