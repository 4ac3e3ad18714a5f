/* SPDX-License-Identifier: EUPL-1.2 */

/* Networks by address, from databases that scripts/mmdb made and from broken ones. */

#include "unit.h"

#include <arpa/inet.h>
#include <unistd.h>

#include "ggi_netwerk.h"


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


static void
test_find(void **state)
{
    ggi_fault_t      fault = ggi_fault_init;
    ggi_netwerk_t    netwerk;
    ggi_str_t        name;
    struct sockaddr  local = { .sa_family = AF_UNIX };

    (void) state;

    assert_true(make("prefix,name\n# comment\n\n10.1.0.0/16,ggi-netwerk\n10.0.0.0/8,diginetwerk\r\n10.1.2.3/32,one\n"
                     "2001:db8::/32,ggi-netwerk\n2001:db8:8000::/33,diginetwerk\n"));
    assert_true(ggi_netwerk_open(&netwerk, file, &fault));
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

    assert_true(make("::/0,all\n10.0.0.0/8,ten\n"));
    assert_true(ggi_netwerk_open(&netwerk, file, &fault));
    assert_string_equal(find(&netwerk, "10.0.0.1"), "ten");
    assert_string_equal(find(&netwerk, "9.0.0.1"), "all");
    assert_string_equal(find(&netwerk, "ff::1"), "all");
    ggi_netwerk_close(&netwerk);
}


static void
test_csv_faults(void **state)
{
    size_t  i;

    static const char  *bad[] = {
        "", "# nothing\n", "10.0.0.0/8\n", "10.0.0.0,x\n", "10.0.0.0/33,x\n", "10.0.0.1/8,x\n", "10.0.0/8,x\n",
        "2001:db8::/129,x\n", "10.0.0.0/8,x y\n", "10.0.0.0/8,\n", "10.0.0.0/8,x\n10.0.0.0/8,y\n", "10.0.0.0/8,x,y\n"
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
        cmocka_unit_test(test_csv_faults),
        cmocka_unit_test(test_file_faults),
    };

    fd = mkstemp(file);
    close(fd);
    rc = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(file);

    return rc;
}
