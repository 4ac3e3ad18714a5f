/* SPDX-License-Identifier: EUPL-1.2 */

/* The URL of Redis. */

#include "fuzz.h"

#include "ggi_redis.h"


static void
check(const ggi_redis_url_t *url, ggi_str_t str)
{
    if (str.len) {
        fuzz_check(str.data >= url->text && str.data + str.len < url->text + sizeof(url->text));
        fuzz_check(strlen(str.data) == str.len);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ggi_fault_t       fault = ggi_fault_init;
    ggi_redis_url_t  *url;

    fuzz_begin(data, size);
    url = fuzz_alloc(sizeof(ggi_redis_url_t));

    if (ggi_redis_url_parse(url, fuzz_rest(), &fault)) {
        check(url, url->path);
        check(url, url->host);
        check(url, url->user);
        check(url, url->password);
        fuzz_check((url->path.len == 0) != (url->host.len == 0));
        fuzz_check(url->path.len || (url->port > 0 && url->port < 65536));
        fuzz_check(url->db >= 0 && !(url->tls && url->path.len));

    } else {
        fuzz_check(fault.n);
    }

    return fuzz_end();
}
