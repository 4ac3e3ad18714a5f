/* SPDX-License-Identifier: EUPL-1.2 */

/* The slots of a Redis Cluster, its map of them, and its errors. */

#include "unit.h"

#include "ggi_cluster_words.h"
#include "ggi_dataset.h"


static void
test_slots(void **state)
{
    static const struct {
        const char  *key;
        unsigned     slot;
    } cases[] = {
        /* the CRC16 of "123456789" is 0x31c3; the others are what Redis 7.0 gives */
        { "123456789", 0x31c3 }, { "", 0 }, { "foo", 12182 }, { "bar", 5061 }, { "hello", 866 },
        { "{foo}", 12182 }, { "x{foo}y", 12182 }, { "{user1000}.following", 3443 },
        { "{user1000}.followers", 3443 }, { "foo{bar}{zap}", 5061 },
        { "foo{}{bar}", 8363 }, { "foo{{bar}}zap", 4015 }, { "foo{bar", 15278 }, { "}{bar}", 5061 },
        { "{", 4092 }, { "{}", 15257 }
    };

    size_t  i;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (ggi_cluster_slot(str(cases[i].key)) != cases[i].slot) {
            fail_msg("%s is in slot %u instead of %u", cases[i].key,
                     ggi_cluster_slot(str(cases[i].key)), cases[i].slot);
        }
    }
}


static void
test_numbers(void **state)
{
    char      key[GGI_DATASET_SLOT_KEY];
    size_t    len;
    unsigned  slot;

    (void) state;
    ggi_cluster_numbers_find();
    ggi_cluster_numbers_find();

    for (slot = 0; slot < GGI_CLUSTER_SLOTS; slot++) {
        len = ggi_dataset_slot_key(key, slot);
        assert_int_equal(len, strlen(key));
        assert_int_equal(ggi_cluster_slot(str(key)), slot);
    }

    assert_int_equal(ggi_cluster_number(ggi_cluster_slot(str("0"))), 0);
    assert_int_equal(ggi_cluster_number(ggi_cluster_slot(str("7"))), 7);
    (void) ggi_dataset_slot_key(key, 12182);
    assert_string_equal(key, "ggi:dataset:{43681}");
}


static const ggi_cluster_node_t  asked = { "gate.example", "192.0.2.9", 7000 };


/* Reads a map from RESP. Returns what ggi_cluster_map_read() does. */
static int
read_map(ggi_cluster_map_t *map, const char *wire)
{
    int                  rc;
    ggi_reply_t         *reply;
    ggi_redis_reader_t   reader;

    assert_true(ggi_redis_reader_create(&reader));
    assert_true(ggi_redis_reader_feed(&reader, wire, strlen(wire)));
    assert_true(ggi_redis_reader_next(&reader, &reply));
    assert_non_null(reply);
    rc = ggi_cluster_map_read(map, reply, &asked);
    ggi_reply_free(reply);
    ggi_redis_reader_free(&reader);

    return rc;
}


#define NODE(host, port)  "*3\r\n" host ":" #port "\r\n$4\r\nnode\r\n"
#define IPV4              "$9\r\n192.0.2.1\r\n"
#define RANGE(first, last, node)  "*3\r\n:" #first "\r\n:" #last "\r\n" node


static void
test_map(void **state)
{
    static const char  whole[] =
        "*5\r\n"
        "*4\r\n:0\r\n:99\r\n" NODE(IPV4, 7001) NODE("$9\r\n192.0.2.7\r\n", 7007)
        RANGE(200, 16383, NODE("$11\r\n2001:db8::1\r\n", 7002))
        RANGE(150, 150, NODE(IPV4, 7001))
        RANGE(151, 151, "*4\r\n$14\r\nredis.internal\r\n:7003\r\n$1\r\ni\r\n*2\r\n$2\r\nip\r\n" IPV4)
        RANGE(152, 152, "*4\r\n$-1\r\n:7004\r\n$1\r\ni\r\n*0\r\n");

    static ggi_cluster_map_t  map;

    (void) state;

    assert_true(read_map(&map, whole));
    assert_int_equal(map.n, 4);
    assert_int_equal(map.assigned, 100 + 16184 + 3);
    assert_int_equal(map.owner[0], 0);
    assert_int_equal(map.owner[99], 0);
    assert_int_equal(map.owner[100], GGI_CLUSTER_NOBODY);
    assert_int_equal(map.owner[150], 0);
    assert_int_equal(map.owner[16383], 1);
    assert_string_equal(map.masters[0].address, "192.0.2.1");
    assert_int_equal(map.masters[0].port, 7001);
    assert_string_equal(map.masters[1].address, "2001:db8::1");
    assert_string_equal(map.masters[2].host, "redis.internal");
    assert_string_equal(map.masters[2].address, "192.0.2.1");
    assert_string_equal(map.masters[3].host, "gate.example");
    assert_string_equal(map.masters[3].address, "192.0.2.9");
    assert_int_equal(map.masters[3].port, 7004);

    assert_true(read_map(&map, "*1\r\n" RANGE(0, 0, NODE("$0\r\n\r\n", 1))));
    assert_string_equal(map.masters[0].host, "gate.example");
    assert_true(read_map(&map, "*1\r\n" RANGE(0, 0, NODE("$1\r\n?\r\n", 1))));
    assert_string_equal(map.masters[0].host, "gate.example");
    assert_true(read_map(&map, "*1\r\n" RANGE(0, 0, NODE("$3\r\nnas\r\n", 1))));
    assert_string_equal(map.masters[0].host, "nas");
    assert_string_equal(map.masters[0].address, "");
    assert_true(read_map(&map, "*0\r\n"));
    assert_int_equal(map.assigned, 0);
    assert_false(read_map(&map, "*2\r\n" RANGE(0, 9, NODE(IPV4, 1)) RANGE(9, 9, NODE(IPV4, 2))));
}


static void
test_no_maps(void **state)
{
    static const char *const  cases[] = {
        "+OK\r\n", "-ERR This instance has cluster support disabled\r\n", "*1\r\n+OK\r\n", "*1\r\n*0\r\n",
        "*1\r\n*3\r\n:0\r\n:1\r\n+node\r\n", "*1\r\n*3\r\n:0\r\n+1\r\n" NODE(IPV4, 1),
        "*1\r\n" RANGE(-1, 0, NODE(IPV4, 1)), "*1\r\n" RANGE(2, 1, NODE(IPV4, 1)),
        "*1\r\n" RANGE(0, 16384, NODE(IPV4, 1)), "*1\r\n" RANGE(0, 1, NODE(IPV4, 0)),
        "*1\r\n" RANGE(0, 1, NODE(IPV4, 65536)), "*1\r\n" RANGE(0, 1, NODE("$3\r\na b\r\n", 1)),
        "*1\r\n" RANGE(0, 1, NODE("$3\r\n1:g\r\n", 1)),
        "*1\r\n" RANGE(0, 1, NODE("+a\r\n", 1)), "*1\r\n" RANGE(0, 1, "*1\r\n$1\r\na\r\n"),
        "*1\r\n" RANGE(0, 1, "*2\r\n$1\r\na\r\n$1\r\n1\r\n")
    };

    char                      *many, *p;
    size_t                     i;
    static ggi_cluster_map_t   map;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (read_map(&map, cases[i])) {
            fail_msg("case %zu is a map", i);
        }
    }

    /* as many masters as may be, and one more */

    many = malloc(64 * (GGI_CLUSTER_MASTERS_MAX + 2));
    assert_non_null(many);

    for (i = 0; i < 2; i++) {
        p = many + sprintf(many, "*%d\r\n", GGI_CLUSTER_MASTERS_MAX + (int) i);

        for (map.n = 0; map.n < GGI_CLUSTER_MASTERS_MAX + i; map.n++) {
            p += sprintf(p, "*3\r\n:%zu\r\n:%zu\r\n*2\r\n" IPV4 ":%zu\r\n", map.n, map.n, map.n + 1);
        }

        assert_int_equal(read_map(&map, many), i == 0);
    }

    free(many);
}


static void
test_errors(void **state)
{
    static const struct {
        const char           *text;
        ggi_cluster_error_e   error;
        unsigned              slot;
        const char           *host;
        int                   port;
    } cases[] = {
        { "MOVED 3999 127.0.0.1:6381", GGI_CLUSTER_MOVED, 3999, "127.0.0.1", 6381 },
        { "ASK 16383 ::1:6381", GGI_CLUSTER_ASK, 16383, "::1", 6381 },
        { "MOVED 0 :6381", GGI_CLUSTER_MOVED, 0, "gate.example", 6381 },
        { "MOVED 0 ?:6381", GGI_CLUSTER_MOVED, 0, "gate.example", 6381 },
        { "MOVED 1 redis-2.nl:1", GGI_CLUSTER_MOVED, 1, "redis-2.nl", 1 },
        { "CLUSTERDOWN The cluster is down", GGI_CLUSTER_LATER, 0, NULL, 0 },
        { "CLUSTERDOWN Hash slot not served", GGI_CLUSTER_LATER, 0, NULL, 0 },
        { "TRYAGAIN Multiple keys request during rehashing of slot", GGI_CLUSTER_LATER, 0, NULL, 0 },
        { "LOADING Redis is loading the dataset in memory", GGI_CLUSTER_LATER, 0, NULL, 0 },
        { "MASTERDOWN Link with MASTER is down", GGI_CLUSTER_LATER, 0, NULL, 0 },
        { "READONLY You can't write", GGI_CLUSTER_LATER, 0, NULL, 0 },
        { "MOVED", GGI_CLUSTER_FAULT, 0, NULL, 0 }, { "MOVED 1", GGI_CLUSTER_FAULT, 0, NULL, 0 },
        { "MOVED 16384 a:1", GGI_CLUSTER_FAULT, 0, NULL, 0 }, { "MOVED x a:1", GGI_CLUSTER_FAULT, 0, NULL, 0 },
        { "MOVED 1 a", GGI_CLUSTER_FAULT, 0, NULL, 0 }, { "MOVED 1 a:", GGI_CLUSTER_FAULT, 0, NULL, 0 },
        { "MOVED 1 a:0", GGI_CLUSTER_FAULT, 0, NULL, 0 }, { "MOVED 1 a:65536", GGI_CLUSTER_FAULT, 0, NULL, 0 },
        { "MOVED 1 a:1 b", GGI_CLUSTER_FAULT, 0, NULL, 0 },
        { "MOVED 99999999999999999999 a:1", GGI_CLUSTER_FAULT, 0, NULL, 0 },
        { "MOVEDX 1 a:1", GGI_CLUSTER_FAULT, 0, NULL, 0 }, { "ERR unknown", GGI_CLUSTER_FAULT, 0, NULL, 0 },
        { "", GGI_CLUSTER_FAULT, 0, NULL, 0 }
    };

    size_t              i;
    unsigned            slot;
    ggi_cluster_node_t  node;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (ggi_cluster_error(str(cases[i].text), &slot, &node, &asked) != cases[i].error) {
            fail_msg("%s", cases[i].text);
        }

        if (cases[i].host) {
            assert_int_equal(slot, cases[i].slot);
            assert_string_equal(node.host, cases[i].host);
            assert_int_equal(node.port, cases[i].port);
        }
    }
}


static void
test_info(void **state)
{
    ggi_cluster_info_t  info;

    (void) state;

    assert_true(ggi_cluster_info(str("cluster_state:ok\r\ncluster_size:3\r\n"
                                     "cluster_current_epoch:18446744073709551615\r\n"), &info));
    assert_int_equal(info.ok, 1);
    assert_true(info.epoch == UINT64_MAX);
    assert_true(ggi_cluster_info(str("cluster_current_epoch:7\ncluster_state:fail"), &info));
    assert_int_equal(info.ok, 0);
    assert_int_equal(info.epoch, 7);
    assert_false(ggi_cluster_info(str("cluster_state:ok\r\n"), &info));
    assert_false(ggi_cluster_info(str("cluster_current_epoch:7\r\n"), &info));
    assert_false(ggi_cluster_info(str("cluster_state:ok\ncluster_current_epoch:x"), &info));
    assert_false(ggi_cluster_info(str("cluster_state:ok\ncluster_current_epoch:18446744073709551616"), &info));
    assert_false(ggi_cluster_info(str(""), &info));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_slots),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_map),
        cmocka_unit_test(test_no_maps),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_info),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
