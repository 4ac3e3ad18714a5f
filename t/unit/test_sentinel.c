/* SPDX-License-Identifier: EUPL-1.2 */

/* What Redis servers and Sentinels say: their role, and where the master is. */

#include "unit.h"

#include "ggi_redis_role.h"
#include "ggi_redis_sentinel.h"


/* Reads a reply from RESP; the caller frees it. */
static ggi_reply_t *
reply_of(const char *wire)
{
    ggi_reply_t         *reply;
    ggi_redis_reader_t   reader;

    assert_true(ggi_redis_reader_create(&reader));
    assert_true(ggi_redis_reader_feed(&reader, wire, strlen(wire)));
    assert_true(ggi_redis_reader_next(&reader, &reply));
    assert_non_null(reply);
    ggi_redis_reader_free(&reader);

    return reply;
}


/* "a b" becomes the array of "a" and "b"; a word of ':' and digits is a number. */
static ggi_reply_t *
array_of(const char *words)
{
    int          n, len;
    char         wire[900], list[1024], *word, *rest;

    (void) snprintf(list, sizeof(list), "%s", words);
    len = 0;
    n = 0;
    wire[0] = '\0';

    for (word = strtok_r(list, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        n++;
        len += word[0] == ':' ? snprintf(wire + len, sizeof(wire) - (size_t) len, "%s\r\n", word)
                              : snprintf(wire + len, sizeof(wire) - (size_t) len, "$%zu\r\n%s\r\n", strlen(word), word);
    }

    (void) snprintf(list, sizeof(list), "*%d\r\n%s", n, wire);

    return reply_of(list);
}


static void
test_roles(void **state)
{
    static const struct {
        const char  *url;
        const char  *hello;
        const char  *role;
        const char  *fault;             /* NULL: it may serve */
    } cases[] = {
        { "redis://h", "server redis mode standalone role master", "master :0", NULL },
        { "redis://h", "server redis mode standalone role master", NULL, NULL },
        { "redis://h", NULL, NULL, NULL },
        { "redis://h", "server redis mode", "x", NULL },
        { "redis://h", "server redis mode standalone role replica", NULL,
          "is a replica of another (link not told)" },
        { "rediss://h:7", "server redis mode standalone role replica", "slave 10.0.0.9 :6390 connect :-1",
          "as rediss://10.0.0.9:6390, or its Sentinels, as sentinels://HOST/MASTER" },
        { "redis://h", NULL, "slave 10.0.0.9 :6390 connected :5", "is a replica of 10.0.0.9:6390 (connected)" },
        { "redis://h:26379", "server redis mode sentinel", "sentinel m", "as sentinel://h:26379/MASTER" },
        { "redis://h:7000", "server redis mode cluster role master", "master :0", "as redis-cluster://h:7000" },
        { "unix:///x", "server redis mode cluster role master", NULL, "as redis-cluster://HOST:6379" },
        { "sentinel://h/m", "server redis mode standalone role master", NULL, NULL },
        { "sentinel://h/m", NULL, "master :0", NULL },
        { "sentinel://h/m", NULL, NULL, "+role" },
        { "sentinel://h/m", "server redis mode standalone role master", "slave h :1 sync :-1",
          "is a replica of h:1 (sync), although" },
        { "sentinel://h/m", "server redis mode sentinel", NULL, "is a Sentinel, although" },
        { "redis-cluster://h", "server redis mode cluster role replica", "slave h :1 connected :1", NULL },
        { "redis-cluster://h", "server redis mode standalone role master", "master :0", "is no node of a Cluster" },
    };

    size_t            i;
    char              text[GGI_REDIS_ROLE_TEXT_LEN];
    const char       *fault;
    ggi_fault_t       wrong = ggi_fault_init;
    ggi_reply_t      *reply;
    ggi_redis_url_t   url;
    ggi_redis_role_t  role;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&role, 0, sizeof(role));
        assert_true(ggi_redis_url_parse(&url, str(cases[i].url), &wrong));

        reply = cases[i].hello ? array_of(cases[i].hello) : reply_of("-NOPERM no\r\n");
        ggi_redis_role_read(&role, reply);
        ggi_reply_free(reply);
        reply = cases[i].role ? array_of(cases[i].role) : reply_of("*0\r\n");
        ggi_redis_role_read(&role, reply);
        ggi_reply_free(reply);

        fault = ggi_redis_role_fault(&role, &url, text);

        if ((fault == NULL) != (cases[i].fault == NULL) || (fault && strstr(fault, cases[i].fault) == NULL)) {
            fail_msg("case %zu: %s", i, fault ? fault : "no fault");
        }
    }
}


static ggi_sentinel_view_t
view(const char *host, int port, uint64_t epoch)
{
    ggi_sentinel_view_t  v;

    memset(&v, 0, sizeof(v));
    (void) snprintf(v.host, sizeof(v.host), "%s", host);
    v.port = port;
    v.epoch = epoch;

    return v;
}


static void
test_reading(void **state)
{
    static const char  *bad[] = {
        "*-1\r\n", "$-1\r\n", "*0\r\n", "-ERR no\r\n", "*2\r\n$1\r\na\r\n:6379\r\n", "*2\r\n$1\r\na\r\n$1\r\n0\r\n",
        "*2\r\n$1\r\na\r\n$5\r\n65536\r\n", "*2\r\n$1\r\na\r\n$2\r\n-1\r\n", "*2\r\n$0\r\n\r\n$1\r\n1\r\n",
        "*2\r\n$3\r\na b\r\n$1\r\n1\r\n", "*2\r\n$2\r\na\n\r\n$1\r\n1\r\n", "*2\r\n$3\r\na:b\r\n$1\r\n1\r\n",
        "*3\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\n2\r\n"
    };

    size_t                i;
    ggi_reply_t          *reply;
    ggi_sentinel_view_t   v;

    (void) state;

    v = view("", 0, 9);
    reply = array_of("10.0.0.7 6380");
    assert_true(ggi_sentinel_read_master(&v, reply));
    assert_string_equal(v.host, "10.0.0.7");
    assert_true(v.port == 6380 && v.epoch == 9);
    ggi_reply_free(reply);

    reply = array_of("fe80::1 1");
    assert_true(ggi_sentinel_read_master(&v, reply));
    assert_string_equal(v.host, "[fe80::1]");
    ggi_reply_free(reply);

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        reply = reply_of(bad[i]);
        v = view("x", 1, 1);

        if (ggi_sentinel_read_master(&v, reply) || v.port || v.host[0]) {
            fail_msg("\"%s\" names a master", bad[i]);
        }

        ggi_reply_free(reply);
    }

    reply = array_of("name m ip 10.0.0.7 config-epoch 12 flags master");
    assert_true(ggi_sentinel_read_epoch(&v, reply) && v.epoch == 12);
    ggi_reply_free(reply);
    reply = array_of("name m config-epoch 99999999999999999999");
    assert_false(ggi_sentinel_read_epoch(&v, reply));
    assert_true(v.epoch == 0);
    ggi_reply_free(reply);

    assert_true(ggi_sentinel_concerns(str("mymaster 10.0.0.1 6379 10.0.0.2 6379"), str("mymaster")));
    assert_true(ggi_sentinel_concerns(str("slave a 1 @ mymaster"), str("mymaster")));
    assert_false(ggi_sentinel_concerns(str("mymaster2 10.0.0.1 6379"), str("mymaster")));
    assert_false(ggi_sentinel_concerns(str(""), str("mymaster")));
}


/* Which of the views of three Sentinels is believed. */
static void
test_choice(void **state)
{
    ggi_sentinel_view_t         views[3], known;
    const ggi_sentinel_view_t  *chosen;

    (void) state;

    known = view("", 0, 0);
    memset(views, 0, sizeof(views));
    assert_ptr_equal(ggi_sentinel_choose(views, 3, &known), &known);

    views[1] = view("a", 1, 0);
    assert_ptr_equal(ggi_sentinel_choose(views, 3, &known), &views[1]);

    /* one that knows of a later failover outvotes two that do not */

    views[0] = views[2] = views[1];
    views[1] = view("b", 1, 1);
    known = view("a", 1, 0);
    assert_ptr_equal(ggi_sentinel_choose(views, 3, &known), &views[1]);

    /* one that has slept through it, when the others are gone */

    known = views[1];
    memset(views, 0, sizeof(views));
    views[0] = view("a", 1, 0);
    assert_ptr_equal(ggi_sentinel_choose(views, 3, &known), &known);

    /* all set up anew */

    views[2] = views[1] = views[0];
    chosen = ggi_sentinel_choose(views, 3, &known);
    assert_true(chosen != &known && strcmp(chosen->host, "a") == 0);

    /* the same failover, told in two ways: what is known stays, unless most say otherwise */

    known = view("a", 1, 4);
    views[0] = view("b", 1, 4);
    views[1] = view("", 0, 0);
    views[2] = view("a", 1, 4);
    chosen = ggi_sentinel_choose(views, 3, &known);
    assert_string_equal(chosen->host, "a");
    views[2] = views[0];
    chosen = ggi_sentinel_choose(views, 3, &known);
    assert_string_equal(chosen->host, "b");
}


static void
test_hosts(void **state)
{
    char              name[8];
    size_t            i;
    ggi_redis_host_t  host;

    static const struct {
        const char  *text;
        const char  *name;              /* NULL: it is refused */
        const char  *address;
    } cases[] = {
        { "a.test", "a.test", "" },
        { "1.2.3.4", "1.2.3.4", "1.2.3.4" },
        { "::1", "[::1]", "::1" },
        { "a::test", NULL, "" },
        { "seven.t", "seven.t", "" },
        { "eight.te", NULL, "" },
        { "", NULL, "" },
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(ggi_redis_host_make(&host, name, sizeof(name), cases[i].text, 7), cases[i].name != NULL);

        if (cases[i].name) {
            assert_string_equal(host.name.data, cases[i].name);
            assert_string_equal(host.address, cases[i].address);
            assert_int_equal(host.port, 7);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_hosts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
