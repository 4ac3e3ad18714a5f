/* SPDX-License-Identifier: EUPL-1.2 */

/* Names of any bytes on the page of ggi_status: none of them can be markup. */

#include "fuzz.h"

#include "ggi_html.h"
#include "ggi_page.h"
#include "ggi_status_page.h"
#include "ggi_status_page_redis.h"


/* How often a character stands in a page. */
static size_t
fuzz_count(const char *page, size_t len, char ch)
{
    size_t  i, n;

    for (i = 0, n = 0; i < len; i++) {
        n += (page[i] == ch);
    }

    return n;
}


/* Writes a page whose names are all of, and returns its length. */
static size_t
fuzz_page(char *buf, size_t size, ggi_str_t of)
{
    ggi_json_t           out;
    ggi_status_t         status;
    ggi_status_sample_t  sample;
    ggi_status_family_t  family, redis;

    memset(&status, 0, sizeof(status));
    memset(&family, 0, sizeof(family));
    memset(&redis, 0, sizeof(redis));
    memset(&sample, 0, sizeof(sample));
    sample.of = of;
    sample.more[0] = of;
    sample.more[1] = of;
    sample.value = of.len;
    redis.name = "ggi_functie_redis_up";
    redis.label = "server";
    redis.samples = &sample;
    redis.n = 1;
    family.name = "ggi_pkio_ca_expiry_timestamp_seconds";
    family.samples = &sample;
    family.n = 1;
    family.next = &redis;
    status.families = &family;
    status.nginx = of;

    ggi_json_init(&out, buf, size);
    ggi_status_page(&out, &status, of.len % GGI_LANGS);

    return ggi_json_len(&out);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t       len, plain, needs;
    ggi_str_t    text, none = { 0, "" };
    static char  page[1 << 20], empty[1 << 16];

    fuzz_begin(data, size);
    text = fuzz_rest();
    none.len = 0;

    len = fuzz_page(page, sizeof(page), text);
    plain = fuzz_page(empty, sizeof(empty), none);
    needs = 5 * 6 * text.len + 64;

    if (needs < sizeof(page) - plain) {
        fuzz_check(len > 0);
        fuzz_check(fuzz_count(page, len, '<') <= fuzz_count(empty, plain, '<') + 2);
        fuzz_check(memchr(page, 0, len) == NULL);
    }

    return fuzz_end();
}
