/* SPDX-License-Identifier: EUPL-1.2 */

/* What a Redis server says of its role, and a Sentinel of a master. */

#include "fuzz.h"

#include "ggi_redis_role.h"
#include "ggi_redis_sentinel.h"


static void
check_view(const ggi_sentinel_view_t *view)
{
    ggi_redis_host_t  host;

    fuzz_check((view->port == 0) == (view->host[0] == '\0'));
    fuzz_check(memchr(view->host, '\0', sizeof(view->host)) != NULL);
    fuzz_check(view->port == 0 || ggi_redis_host_set(&host, view->host, strlen(view->host)));
}


static void
check_role(const ggi_reply_t *reply, const char *text)
{
    char             *said;
    ggi_str_t         parsed = { strlen(text), text };
    ggi_fault_t       fault = ggi_fault_init;
    ggi_redis_url_t   url;
    ggi_redis_role_t  role;

    fuzz_check(ggi_redis_url_parse(&url, parsed, &fault));
    memset(&role, 0, sizeof(role));
    said = fuzz_alloc(GGI_REDIS_ROLE_TEXT_LEN);

    ggi_redis_role_read(&role, reply);
    ggi_redis_role_read(&role, reply);
    fuzz_check(ggi_redis_role_fault(&role, &url, said) == NULL
               || memchr(said, '\0', GGI_REDIS_ROLE_TEXT_LEN) != NULL);
}


static void
check(const ggi_reply_t *reply)
{
    ggi_sentinel_view_t  views[2], known;

    memset(views, 0, sizeof(views));
    memset(&known, 0, sizeof(known));

    (void) ggi_sentinel_read_master(&views[0], reply);
    (void) ggi_sentinel_read_epoch(&views[0], reply);
    check_view(&views[0]);
    fuzz_check(ggi_sentinel_choose(views, 2, &known) == (views[0].port ? &views[0] : &known));

    check_role(reply, "redis://a");
    check_role(reply, "sentinel://a/m");
    check_role(reply, "redis-cluster://a");
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ggi_str_t            text, master = ggi_str("mymaster");
    ggi_reply_t         *reply;
    ggi_redis_reader_t   reader;

    fuzz_begin(data, size);
    text = fuzz_copy(data, size);
    reply = NULL;

    (void) ggi_sentinel_concerns(text, master);
    fuzz_check(ggi_redis_reader_create(&reader));

    if (ggi_redis_reader_feed(&reader, text.data, text.len)
        && ggi_redis_reader_next(&reader, &reply) && reply)
    {
        check(reply);
    }

    ggi_reply_free(reply);
    ggi_redis_reader_free(&reader);

    return fuzz_end();
}
