/* SPDX-License-Identifier: EUPL-1.2 */

/* The URL of Redis, and what a server says, with the password of the URL taken out. */

#include "fuzz.h"

#include "ggi_redis_url.h"
#include "ggi_redis_words.h"

#define WORDS_LEN  16


static void
check(const ggi_redis_url_t *url, ggi_str_t str)
{
    if (str.len) {
        fuzz_check(str.data >= url->text && str.data + str.len < url->text + sizeof(url->text));
        fuzz_check(strlen(str.data) == str.len);
    }
}


static void
check_hosts(const ggi_redis_url_t *url)
{
    size_t                   i;
    const ggi_redis_host_t  *host;

    fuzz_check(url->nhosts <= (url->kind == GGI_REDIS_SERVER ? 1 : GGI_REDIS_HOSTS_MAX));

    for (i = 0; i < url->nhosts; i++) {
        host = &url->hosts[i];
        check(url, host->name);
        fuzz_check(host->name.len && host->port > 0 && host->port < 65536);
        fuzz_check(strlen(host->address) < GGI_REDIS_ADDRESS_LEN);
    }
}


/*
 * What a server says fits, and holds nothing that a terminal or a log would take
 * for more than text.
 */
static void
check_words(const ggi_redis_url_t *url, ggi_str_t said)
{
    char    *words;
    size_t   i;

    words = fuzz_alloc(WORDS_LEN);
    ggi_redis_printable(words, WORDS_LEN, said.data, said.len, url);

    for (i = 0; words[i]; i++) {
        fuzz_check(words[i] >= ' ' && words[i] <= '~');
    }

    fuzz_check(said.len == 0 || i > 0);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ggi_fault_t       fault = ggi_fault_init;
    ggi_str_t         text;
    ggi_redis_url_t  *url;

    fuzz_begin(data, size);
    url = fuzz_alloc(sizeof(ggi_redis_url_t));
    text = fuzz_rest();

    if (ggi_redis_url_parse(url, text, &fault)) {
        check_words(url, text);
        check(url, url->path);
        check_hosts(url);
        check(url, url->master);
        check(url, url->user);
        check(url, url->password);
        fuzz_check((url->path.len == 0) != (url->nhosts == 0));
        fuzz_check((url->kind == GGI_REDIS_SENTINEL) == (url->master.len != 0));
        fuzz_check(ggi_redis_url_scheme(url)[0]);
        fuzz_check(url->db >= 0 && !(url->tls && url->path.len));

    } else {
        fuzz_check(fault.n);
    }

    return fuzz_end();
}
