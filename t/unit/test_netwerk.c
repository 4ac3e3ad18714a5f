/* SPDX-License-Identifier: EUPL-1.2 */

/* Networks by address, from databases that scripts/mmdb made and from broken ones. */

#include "unit.h"

#include <arpa/inet.h>
#include <unistd.h>

#include "ggi_netwerk.h"


#define LIST(...)  ((const char *const[]){ __VA_ARGS__, NULL })


static char  file[] = "/tmp/ggi-unit-XXXXXX";


static int
make(const char *csv)
{
    char   command[256], source[64];
    FILE  *fp;
    int    rc;

    snprintf(source, sizeof(source), "%s.csv", file);
    fp = fopen(source, "w");
    fputs(csv, fp);
    fclose(fp);

    snprintf(command, sizeof(command), "../../scripts/mmdb %s %s 2>/dev/null", source, file);
    rc = system(command);       /* NOLINT(cert-env33-c): a command of the test */
    unlink(source);

    return rc == 0;
}


/* "-" for an address in no network, "!" for a damaged place */
static const char *
find(ggi_netwerk_t *netwerk, const char *text)
{
    int                  rc;
    ggi_str_t            name;
    static char          found[80];
    struct sockaddr_in   in;
    struct sockaddr_in6  in6;

    memset(&in, 0, sizeof(in));
    memset(&in6, 0, sizeof(in6));
    in.sin_family = AF_INET;
    in6.sin6_family = AF_INET6;

    if (inet_pton(AF_INET, text, &in.sin_addr)) {
        rc = ggi_netwerk_find(netwerk, (struct sockaddr *) &in, &name);
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
        rc = ggi_netwerk_find(netwerk, (struct sockaddr *) &in6, &name);
    }

    if (rc != 1) {
        return rc ? "!" : "-";
    }

    snprintf(found, sizeof(found), "%.*s", (int) name.len, name.data);

    return found;
}


/*
 * In a database of this CSV each address is in the network behind it, or in none: "-".
 * NULL ends them.
 */
static void
assert_networks(const char *csv, const char *const *expected)
{
    ggi_fault_t     fault = ggi_fault_init;
    ggi_netwerk_t   netwerk;

    assert_true(make(csv));
    assert_true(ggi_netwerk_open(&netwerk, file, &fault));

    for (; expected[0]; expected += 2) {
        assert_string_equal(find(&netwerk, expected[0]), expected[1]);
    }

    ggi_netwerk_close(&netwerk);
}


static void
test_find(void **state)
{
    ggi_fault_t      fault = ggi_fault_init;
    ggi_netwerk_t    netwerk;
    ggi_str_t        name;
    struct sockaddr  local = { .sa_family = AF_UNIX };

    (void) state;

    assert_int_equal(setenv("SOURCE_DATE_EPOCH", "1709164800", 1), 0);
    assert_true(make("\xef\xbb\xbfprefix,name\n# comment\n\n10.1.0.0/16,ggi-netwerk\n"
                     "10.0.0.0/8,diginetwerk\r\n10.1.2.3/32,one\n"
                     "2001:db8::/32,ggi-netwerk\n2001:db8:8000::/33,diginetwerk\n"));
    assert_true(ggi_netwerk_open(&netwerk, file, &fault));
    assert_int_equal(unsetenv("SOURCE_DATE_EPOCH"), 0);
    assert_memory_equal(netwerk.build, "2024-02-29T00:00:00Z", GGI_NETWERK_BUILD);
    assert_string_equal(find(&netwerk, "10.0.0.1"), "diginetwerk");
    assert_string_equal(find(&netwerk, "10.1.0.1"), "ggi-netwerk");
    assert_string_equal(find(&netwerk, "10.1.2.3"), "one");
    assert_string_equal(find(&netwerk, "10.1.2.2"), "ggi-netwerk");
    assert_string_equal(find(&netwerk, "11.0.0.1"), "-");
    assert_string_equal(find(&netwerk, "::ffff:10.1.2.3"), "one");
    assert_string_equal(find(&netwerk, "2001:db8::1"), "ggi-netwerk");
    assert_string_equal(find(&netwerk, "2001:db8:8000::1"), "diginetwerk");
    assert_string_equal(find(&netwerk, "::1"), "-");
    assert_int_equal(ggi_netwerk_find(&netwerk, &local, &name), 0);

    /* the file may be overwritten in place: what was opened stays */
    assert_int_equal(truncate(file, 0), 0);
    assert_string_equal(find(&netwerk, "10.1.2.3"), "one");
    ggi_netwerk_close(&netwerk);

    assert_networks("::/0,all\n10.0.0.0/8,ten\n", LIST("10.0.0.1", "ten", "9.0.0.1", "all", "ff::1", "all"));
}


/* Reads, and writes unless value is 0, the record that a prefix of len bits leads to. */
static uint32_t
record_of(const char *prefix, int len, uint32_t value)
{
    int            i;
    FILE          *fp;
    uint32_t       record, swapped;
    unsigned char  bytes[16];

    assert_int_equal(inet_pton(AF_INET6, prefix, bytes), 1);
    fp = fopen(file, "r+");
    record = 0;

    for (i = 0; i < len; i++) {
        fseek(fp, (long) record * 8 + ((bytes[i / 8] >> (7 - i % 8)) & 1) * 4, SEEK_SET);

        if (i == len - 1 && value) {
            swapped = htonl(value);
            assert_int_equal(fwrite(&swapped, 4, 1, fp), 1);
        } else {
            assert_int_equal(fread(&record, 4, 1, fp), 1);
            record = ntohl(record);
        }
    }

    fclose(fp);

    return record;
}


/* An IPv6 address with an IPv4 address in it is IPv6, wherever a writer of databases lets it lead. */
static void
test_ipv4_in_ipv6(void **state)
{
    size_t         i;
    ggi_fault_t    fault = ggi_fault_init;
    ggi_netwerk_t  netwerk;

    static const char  *none[] = {
        "::10.1.2.3", "::0.0.0.2", "::2", "2002:a01:203::", "2002:a01:203::1", "2001:0:a01:203::1", "64:ff9b::10.1.2.3",
        "::ffff:0:10.1.2.3", "64:ff9b:1::10.1.2.3", "::1:10.1.2.3"
    };

    (void) state;

    assert_true(make("0.0.0.0/1,low\n10.0.0.0/8,ten\n2002::/16,x\n2001::/32,x\n64:ff9b::/96,x\n2001:db8::/32,six\n"));
    record_of("2002::", 16, record_of("::", 96, 0));
    record_of("2001::", 32, record_of("::", 96, 0));
    record_of("64:ff9b::", 96, record_of("::", 96, 0));
    assert_true(ggi_netwerk_open(&netwerk, file, &fault));
    assert_string_equal(find(&netwerk, "10.1.2.3"), "ten");
    assert_string_equal(find(&netwerk, "::ffff:10.1.2.3"), "ten");
    assert_string_equal(find(&netwerk, "2001:db8::1"), "six");

    for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        if (strcmp(find(&netwerk, none[i]), "-") != 0) {
            fail_msg("%s counts as %s", none[i], find(&netwerk, none[i]));
        }
    }

    assert_string_equal(find(&netwerk, "::1"), "-");
    ggi_netwerk_close(&netwerk);

    /* all of IPv4 is one record, which is no node */
    assert_networks("0.0.0.0/0,four\n", LIST("10.1.2.3", "four", "::10.1.2.3", "-", "::1", "-"));

    /* what is said of IPv6 counts there, and so does the loopback address alone */
    assert_networks("64:ff9b::/96,translated\n2002::/16,x\n::/8,low\n::1/128,loopback\n",
                    LIST("64:ff9b::10.1.2.3", "translated", "2002:a01:203::1", "x", "::1", "loopback",
                         "::1:0:0:1", "low"));
}


static void
test_csv_faults(void **state)
{
    size_t  i;

    static const char  *bad[] = {
        "", "# nothing\n", "10.0.0.0/8\n", "10.0.0.0,x\n", "10.0.0.0/33,x\n", "10.0.0.1/8,x\n", "10.0.0/8,x\n",
        "2001:db8::/129,x\n", "10.0.0.0/8,x y\n", "10.0.0.0/8,\n", "10.0.0.0/8,x\n10.0.0.0/8,y\n", "10.0.0.0/8,x,y\n",
        "::10.0.0.0/104,x\n", "::/96,x\n", "::2/128,x\n", "::ffff:10.0.0.0/104,x\n", "::ffff:0:0/96,x\n"
    };

    (void) state;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (make(bad[i])) {
            fail_msg("accepted: %s", bad[i]);
        }
    }
}


static void
damage(long offset, int whence, const char *bytes, size_t len)
{
    FILE  *fp;

    fp = fopen(file, "r+");
    fseek(fp, offset, whence);
    fwrite(bytes, 1, len, fp);
    fclose(fp);
}


static void
test_file_faults(void **state)
{
    ggi_fault_t    fault = ggi_fault_init;
    ggi_netwerk_t  netwerk;

    (void) state;

    assert_false(ggi_netwerk_open(&netwerk, "/nonexistent", &fault));
    assert_string_equal(fault.text, "file: No such file or directory");
    assert_false(ggi_netwerk_open(&netwerk, "/dev/zero", &fault));

    assert_int_equal(truncate(file, 0), 0);
    assert_false(ggi_netwerk_open(&netwerk, file, &fault));
    assert_ptr_equal(strstr(fault.text, "metadata: "), fault.text);

    /* a record that points outside, in the first node */
    assert_true(make("10.0.0.0/8,x\n"));
    damage(0, SEEK_SET, "\xff\xff\xff\xff", 4);
    assert_false(ggi_netwerk_open(&netwerk, file, &fault));
    assert_string_equal(fault.text, "node 0: points outside of the database");

    /* data that is no name: the letters of the key change */
    assert_true(make("128.0.0.0/1,x\n"));
    damage(97 * 8 + 16 + 2, SEEK_SET, "N", 1);
    assert_false(ggi_netwerk_open(&netwerk, file, &fault));
    assert_string_equal(fault.text, "node 96: invalid, expected a name, or a map with one under \"netwerk\"");
}


int
main(void)
{
    int                      fd, rc;
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_ipv4_in_ipv6),
        cmocka_unit_test(test_csv_faults),
        cmocka_unit_test(test_file_faults),
    };

    fd = mkstemp(file);
    close(fd);
    rc = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(file);

    return rc;
}
