/* SPDX-License-Identifier: EUPL-1.2 */

/* A database of networks. */

#include "fuzz.h"

#include <arpa/inet.h>

#include "ggi_netwerk.h"


/* libmaxminddb 1.7 leaks in MMDB_open() when the metadata is broken; the frames up to there are not to be had. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
    return "leak:libmaxminddb\n";
}


static void
find(ggi_netwerk_t *netwerk, int family, const char *text)
{
    int                       again, found;
    ggi_str_t                 name, same;
    struct sockaddr_storage   address;

    memset(&address, 0, sizeof(address));
    address.ss_family = (sa_family_t) family;

    if (family == AF_INET) {
        inet_pton(family, text, &((struct sockaddr_in *) &address)->sin_addr);
    } else {
        inet_pton(family, text, &((struct sockaddr_in6 *) &address)->sin6_addr);
    }

    found = ggi_netwerk_find(netwerk, (struct sockaddr *) &address, &name);
    fuzz_check(found >= -1 && found <= 1);

    if (found == 1) {
        fuzz_check(name.len);
        (void) fuzz_copy(name.data, name.len);
    }

    again = ggi_netwerk_find(netwerk, (struct sockaddr *) &address, &same);
    fuzz_check(again == found && (found != 1 || ggi_str_eq(name, same)));
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ggi_fault_t     fault = ggi_fault_init;
    ggi_netwerk_t  *netwerk;

    fuzz_begin(data, size);
    netwerk = fuzz_alloc(sizeof(ggi_netwerk_t));

    if (ggi_netwerk_open(netwerk, fuzz_file(data, size), &fault)) {
        find(netwerk, AF_INET, "10.1.2.3");
        find(netwerk, AF_INET, "255.255.255.255");
        find(netwerk, AF_INET6, "::ffff:10.1.2.3");
        find(netwerk, AF_INET6, "2001:db8::1");
        find(netwerk, AF_INET6, "::10.1.2.3");
        find(netwerk, AF_INET6, "2002:a01:203::1");
        find(netwerk, AF_INET6, "::1");
        ggi_netwerk_close(netwerk);

    } else {
        fuzz_check(fault.n && fault.text[0]);
    }

    return fuzz_end();
}
