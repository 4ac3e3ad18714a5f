/* SPDX-License-Identifier: EUPL-1.2 */

/* Audit records: what they hold, what they hide, how they are chained and written. */

#define _GNU_SOURCE                     /* memmem() */
#include "unit_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>
#include <openssl/hmac.h>

#include "ggi_leftover.h"
#include "ggi_pseudonym_keys.h"
#include "ggi_record_change.h"
#include "ggi_record_completion.h"
#include "ggi_record_decision.h"
#include "ggi_record_trail.h"
#include "ggi_version.h"


static void
test_pseudonym(void **state)
{
    char  a[GGI_PSEUDONYM_LEN], b[GGI_PSEUDONYM_LEN];

    ggi_pseudonym_key_t  key, other;

    (void) state;

    assert_true(ggi_pseudonym_key_set(&key, str("0123456789abcdef")));
    assert_true(ggi_pseudonym_key_set(&other, str("0123456789abcdeF")));
    assert_memory_not_equal(key.id, other.id, sizeof(key.id));

    assert_true(ggi_pseudonym_write(a, str("j.jansen"), &key));
    assert_memory_equal(a, "hmac:", 5);
    assert_memory_equal(a + 5, key.id, sizeof(key.id));
    assert_int_equal(a[13], ':');
    assert_true(ggi_pseudonym_write(b, str("j.jansen"), &key));
    assert_memory_equal(a, b, sizeof(a));
    assert_true(ggi_pseudonym_write(b, str("j.jansen"), &other));
    assert_memory_not_equal(a + 14, b + 14, sizeof(a) - 14);
    assert_true(ggi_pseudonym_write(b, str("J.jansen"), &key));
    assert_memory_not_equal(a, b, sizeof(a));

    assert_true(ggi_pseudonym_needless(str("Systeem")));
    assert_false(ggi_pseudonym_needless(str("systeem")));
}


/* one maker makes many pseudonyms, each of which is the HMAC that OpenSSL has, however long the key is */
static void
test_pseudonym_maker(void **state)
{
    char           data[GGI_PSEUDONYM_KEY_MAX], made[GGI_PSEUDONYM_LEN], hex[33] = { 0 };
    size_t         i, n, lens[] = { 16, 63, 64, 65, GGI_PSEUDONYM_KEY_MAX };
    ggi_str_t      bytes = { 0, data };
    ggi_str_t      texts[] = { ggi_str(""), ggi_str("123456782"), ggi_str("j.jansen"), ggi_str("123456782") };
    unsigned char  digest[EVP_MAX_MD_SIZE];

    ggi_pseudonym_key_t    key;
    ggi_pseudonym_maker_t  maker;

    (void) state;

    memset(data, 'k', sizeof(data));

    for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        bytes.len = lens[i];
        assert_true(ggi_pseudonym_key_set(&key, bytes));
        assert_true(ggi_pseudonym_maker_set(&maker, &key));

        for (n = 0; n < sizeof(texts) / sizeof(texts[0]); n++) {
            assert_non_null(HMAC(EVP_sha256(), data, (int) lens[i], (const unsigned char *) texts[n].data,
                                 texts[n].len, digest, NULL));
            ggi_hex_write(hex, digest, 16);
            assert_true(ggi_pseudonym_make(made, texts[n], &maker));
            assert_memory_equal(made, "hmac:", 5);
            assert_memory_equal(made + 5, key.id, sizeof(key.id));
            assert_memory_equal(made + 14, hex, 32);
        }

        ggi_pseudonym_maker_free(&maker);
    }
}


static void
test_pseudonym_keys(void **state)
{
    char                  many[1024] = "# ggi-pseudonym-keys\n";
    size_t                i;
    ggi_pseudonym_keys_t  keys;

    static const char  two[] =
        "# ggi-pseudonym-keys\n\n# of 2026\n30313233343536373839616263646566\n"
        "6b6B6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b";
    static const char *bad[] = {
        "", "123456789abcdef", "# ggi-pseudonym-keys", "# ggi-pseudonym-keys\n# none\n",
        "# ggi-pseudonym-keys\n303132333435363738396162636465\n",
        "# ggi-pseudonym-keys\n3031323334353637383961626364656\n",
        "# ggi-pseudonym-keys\n3031323334353637383961626364656x\n",
        "# ggi-pseudonym-keys\n30313233343536373839616263646566\n30313233343536373839616263646566\n"
    };

    (void) state;

    assert_null(ggi_pseudonym_keys_read(&keys, str(two)));
    assert_int_equal(keys.n, 2);
    assert_bytes(keys.key[0].bytes.data, keys.key[0].bytes.len, "0123456789abcdef");
    assert_bytes(keys.key[1].bytes.data, keys.key[1].bytes.len, "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk");
    assert_null(ggi_pseudonym_keys_read(&keys, str("# ggi-pseudonym-key")));
    assert_int_equal(keys.n, 1);
    assert_bytes(keys.key[0].bytes.data, keys.key[0].bytes.len, "# ggi-pseudonym-key");

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (ggi_pseudonym_keys_read(&keys, str(bad[i])) == NULL) {
            fail_msg("%s is taken for keys", bad[i]);
        }
    }

    for (i = 0; i < GGI_PSEUDONYM_KEYS; i++) {
        sprintf(many + strlen(many), "%032x\n", (unsigned) i);
    }

    assert_null(ggi_pseudonym_keys_read(&keys, str(many)));
    assert_int_equal(keys.n, GGI_PSEUDONYM_KEYS);
    sprintf(many + strlen(many), "%032x\n", GGI_PSEUDONYM_KEYS);
    assert_non_null(ggi_pseudonym_keys_read(&keys, str(many)));
}


static const unsigned char  no_random[GGI_UUID_RANDOM] = { 0 };


static void
start(ggi_chain_t *chain)
{
    char       text[256];
    ggi_str_t  resource;

    resource.data = text;
    resource.len = ggi_record_resource(text, sizeof(text), str("a"), str("gate-\"1\""), str("1.22.1"), NULL);
    assert_true(ggi_chain_start(chain, 0x0192a1b2c3d4ULL, no_random, resource));
}


/* The chain's hash is that of the whole line, whatever was hashed of it before. */
static void
assert_hash(const ggi_chain_t *chain, const char *line, size_t len)
{
    char           hex[GGI_CHAIN_HASH_LEN];
    unsigned char  digest[EVP_MAX_MD_SIZE];

    assert_true(EVP_Digest(line, len, digest, NULL, EVP_sha256(), NULL));
    ggi_hex_write(hex, digest, GGI_CHAIN_HASH_LEN / 2);
    assert_memory_equal(chain->place.previous, hex, GGI_CHAIN_HASH_LEN);
}


static void
test_chain(void **state)
{
    int          i;
    char         line[1024], opening[] = "{\"resource\":{\"a\":1},\"attributes\":{"
                                         "\"ggi.chain.id\":\"0192a1b2-c3d4-7000-8000-000000000000\"";
    ggi_json_t   json;
    ggi_chain_t  chain;

    (void) state;

    assert_true(ggi_chain_start(&chain, 0x0192a1b2c3d4ULL, no_random, str("{\"a\":1}")));
    assert_int_equal(chain.place.number, 1);

    for (i = 1; i < 4; i++) {
        ggi_json_init(&json, line, sizeof(line));
        ggi_chain_begin(&chain, &json);
        ggi_json_int(&json, "b", i);
        assert_memory_equal(line, opening, sizeof(opening) - 1);
        assert_true(ggi_chain_advance(&chain, line, ggi_json_len(&json)));
        assert_int_equal(chain.place.number, i + 1);
        assert_hash(&chain, line, ggi_json_len(&json));
    }

    ggi_chain_free(&chain);
}


/* What all records of a chain have in common has a bound, and no part of it is left out beyond that. */
static void
test_chain_opening(void **state)
{
    char         text[GGI_CHAIN_OPENING_MAX];
    ggi_str_t    resource = { .data = text };
    ggi_chain_t  chain;

    (void) state;

    memset(text, ' ', sizeof(text));
    memcpy(text, "{}", 2);
    resource.len = sizeof(text) - 80;
    assert_true(ggi_chain_start(&chain, 1, no_random, resource));
    assert_true(chain.opening_len <= GGI_CHAIN_OPENING_MAX);
    ggi_chain_free(&chain);

    resource.len = sizeof(text);
    assert_false(ggi_chain_start(&chain, 1, no_random, resource));
    assert_null(chain.ctx);
}


/* A line begins with the resource that is in use, and is hashed by that. */
static void
test_chain_resources(void **state)
{
    char         line[1024] = { 0 };
    size_t       i, len;
    ggi_json_t   json;
    ggi_chain_t  chain;

    static const size_t  use[] = { 0, 2, 2, 1, 0 };

    (void) state;

    assert_true(ggi_chain_start(&chain, 0x0192a1b2c3d4ULL, no_random, str("{\"a\":0}")));
    assert_true(ggi_chain_add_resource(&chain, str("{\"a\":1}")));
    assert_true(ggi_chain_add_resource(&chain, str("{\"a\":2,\"b\":\"c\"}")));

    for (i = 0; i < sizeof(use) / sizeof(use[0]); i++) {
        ggi_chain_use(&chain, use[i]);
        ggi_json_init(&json, line, sizeof(line));
        ggi_chain_begin(&chain, &json);
        len = ggi_json_len(&json);
        assert_int_equal(line[strlen("{\"resource\":{\"a\":")] - '0', use[i]);
        assert_true(ggi_chain_advance(&chain, line, len));
        assert_int_equal(chain.place.number, i + 2);
        assert_hash(&chain, line, len);
    }

    ggi_chain_free(&chain);
}


/* The longest and oddest call that the gates let through to the record. */
static void
odd_call(ggi_call_t *call, const char *text, size_t size)
{
    size_t      i;
    ggi_str_t   all = { size, text };
    static char       digits[200];
    static ggi_str_t  velden[200];
    static ggi_claimed_certificate_t  claimed;

    ggi_str_t  *texts[] = {
        &call->redirected_from, &call->method, &call->path, &call->found.netwerk, &call->found.organisation,
        &call->origin, &call->found.on_behalf_of, &call->found.profile_glo,
        &call->found.claim, &call->found.verwerking, &call->found.gebruiker, &call->found.toepassing,
        &call->found.niveau_claimed, &call->found.lacks_policy
    };

    memset(call, 0, sizeof(ggi_call_t));
    memset(&call->trace, '1', sizeof(call->trace));
    memset(call->transaction_id, '2', GGI_UUID_LEN);

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        *texts[i] = all;
    }

    /* what a gate has checked is what it has to be, or is not there */

    if (size) {
        call->dienst = str("a-234567890123456789012345678901234567890123456789012345678901.3");
        call->found.oin = str("00000001823288444000");
        call->found.certificate_sha256 = str("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        call->found.profile_versie = str("18446744073709551615");
        call->found.niveau_asked = str("substantieel");
        call->found.revocation = str("ocsp");
        call->found.grondslag = str("\"grondslag\":{\"avg\":\"6.1.e\"}");
    }

    call->found.register_reference = str("\"urn:ggi:doelbindingen:2026-11-01\"");
    memset(digits, '1', sizeof(digits));
    memcpy(digits, "123456782.", 10);

    for (i = 0; i < sizeof(velden) / sizeof(velden[0]); i++) {
        velden[i].data = digits;
        velden[i].len = size ? 1 + i : 0;
    }

    call->found.aanbieders = str("[\"00000001823288444000\",\"00000001002564440000\"]");
    call->found.velden = velden;
    call->found.velden_n = size ? i : 0;

    claimed.oin = all;
    claimed.organisation = all;
    claimed.issuer = all;
    claimed.serial = all;
    claimed.not_after = all;
    call->found.claimed = &claimed;
    call->found.claimed_error = all;
}


/* Where a text of a record is cut off, no part of a character is left. */
static void
test_records_cut(void **state)
{
    int                    i;
    char                  *buf, *text;
    size_t                 size, len;
    ggi_call_t             call;
    ggi_chain_t            chain;
    ggi_record_env_t       env;
    ggi_record_context_t   context;

    (void) state;

    start(&chain);
    odd_call(&call, "x", 1);
    memset(&context, 0, sizeof(context));
    memset(&env, 0, sizeof(env));
    env.user = GGI_USER_OMIT;
    text = malloc(6002);
    memset(text, 'x', 2);

    for (i = 2; i < 6002; i += 3) {
        memcpy(text + i, "\xe2\x82\xac", 3);
    }

    for (i = 0; i < 3; i++) {
        call.path.data = text + i;
        call.path.len = (size_t) (6002 - i);
        call.found.organisation = call.path;
        call.found.claim = call.path;
        size = ggi_record_size(&call, &context);
        buf = calloc(size + 1, 1);
        len = ggi_record_decision(buf, size, &call, &context, &env, &chain);
        assert_true(len > 3 * 2048);
        assert_null(strstr(buf, "\xef\xbf\xbd"));
        assert_null(strstr(buf, "%E2"));
        free(buf);
    }

    free(text);
    ggi_chain_free(&chain);
}


static void
test_records(void **state)
{
    int                    i, fill;
    char                  *buf, *text;
    json_t                *record;
    size_t                 n, size, len, lens[] = { 0, 1, 1024, 8192, 100000 };
    ggi_call_t             call;
    ggi_chain_t            chain;
    ggi_record_env_t       env;
    ggi_pseudonym_key_t    key;
    char                   resource[256] = { 0 };
    ggi_completion_t       completion;
    ggi_chain_place_t      place;
    ggi_record_context_t   context;

    static const ggi_organisation_t  organisation = {
        .oin = ggi_str("00000001823288444000"), .name = ggi_str("Gemeente \"X\"")
    };
    static const char  fills[] = { 'a', '"', '\n', '\0', '\xff', '1' };

    (void) state;

    start(&chain);
    memset(&completion, 0, sizeof(completion));
    memset(&context, 0, sizeof(context));
    memset(&env, 0, sizeof(env));
    assert_true(ggi_pseudonym_key_set(&key, str("0123456789abcdef")));
    assert_true(ggi_pseudonym_maker_set(&env.pseudonyms, &key));
    context.subject = str("123456782");
    ggi_record_resource(resource, sizeof(resource), str("a"), str("gate-\"1\""), str("1.22.1"), NULL);
    assert_string_equal(resource, "{\"service.name\":\"ggi-gate\",\"service.version\":\"" GGI_VERSION "\","
                        "\"ggi.nginx.version\":\"1.22.1\","
                        "\"service.instance.id\":\"a\",\"host.name\":\"gate-\\\"1\\\"\"}");
    ggi_record_resource(resource, sizeof(resource), str("a"), str("b"), str("1"), &organisation);
    assert_non_null(strstr(resource, "\"host.name\":\"b\",\"ggi.organisation.id\":\"00000001823288444000\","
                                     "\"ggi.organisation.name\":\"Gemeente \\\"X\\\"\"}"));
    assert_int_equal(ggi_record_resource(resource, 20, str("a"), str("x"), str("1"), NULL), 0);
    text = malloc(100000);

    for (fill = 0; fill < (int) sizeof(fills); fill++) {
        memset(text, fills[fill], 100000);

        for (i = 0; i < 5; i++) {
            odd_call(&call, text, lens[i]);
            call.reason = (ggi_reason_e) (i * 5);
            size = ggi_record_size(&call, &context);
            buf = malloc(size);

            len = ggi_record_decision(buf, size, &call, &context, &env, &chain);
            assert_true(len > 0 && buf[len - 1] == '\n' && memchr(buf, '\n', len) == buf + len - 1);
            assert_hash(&chain, buf, len);
            record = json_loadb(buf, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
            assert_non_null(record);
            json_decref(record);

            free(buf);
            call.state.tunnel = (unsigned) i % 2;
            completion.update = i % 2;
            completion.cache_status = str("REVALIDATED");
            completion.tried_n = (size_t) i * GGI_RECORD_TRIED_MAX / 4;
            completion.tried_more = (size_t) i;
            for (n = 0; n < completion.tried_n; n++) {
                completion.tried[n].address.data = text;
                completion.tried[n].address.len = lens[i];
                completion.tried[n].duration = UINT64_MAX;
                completion.tried[n].status = INT_MIN;
                completion.tried[n].subrequest = 1;
            }
            memset(call.found.provider_oin, '9', sizeof(call.found.provider_oin));
            memset(call.found.provider_sha256, 'f', sizeof(call.found.provider_sha256));
            memset(call.found.provider_transaction, 'f', sizeof(call.found.provider_transaction));
            size = ggi_record_completion_size(&call, &context, &completion);
            buf = malloc(size);
            len = ggi_record_completion(buf, size, &call, &context, &completion, &chain);
            assert_true(len > 0 && memchr(buf, '\n', len) == buf + len - 1);
            assert_hash(&chain, buf, len);
            record = json_loadb(buf, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
            assert_non_null(record);
            json_decref(record);

            /* too small: nothing, and the chain stays */
            place = chain.place;
            for (size = 0; size < len; size += 97) {
                assert_int_equal(ggi_record_completion(buf, size, &call, &context, &completion, &chain), 0);
            }
            assert_memory_equal(&place, &chain.place, sizeof(place));
            free(buf);
        }
    }

    free(text);
    ggi_pseudonym_maker_free(&env.pseudonyms);
    ggi_chain_free(&chain);
}


static size_t
file_size(const char *file)
{
    struct stat  st;

    assert_int_equal(stat(file, &st), 0);

    return (size_t) st.st_size;
}

/* Reads all of a file, which ends with a NUL then. */
static const char *
content(int fd, char text[128])
{
    ssize_t  n;

    n = pread(fd, text, 127, 0);
    assert_true(n >= 0);
    text[n] = '\0';

    return text;
}


/* what several processes leave is one sum, which is taken over once, also in a file that may not grow */
static void
test_leftover(void **state)
{
    int             fd, status;
    char            file[] = "/tmp/ggi-unit-XXXXXX", text[128];
    pid_t           child;
    ggi_leftover_t  none = { 0 }, some = { 3, 2000, 5000, ENOSPC }, found;
    ggi_leftover_t  earlier = { UINT64_MAX / 4, 1000, 4000, EIO };

    (void) state;

    close(mkstemp(file));
    fd = ggi_leftover_open(file);
    assert_true(fd >= 0);
    assert_int_equal(file_size(file), 128);
    assert_int_equal(ggi_leftover_take(fd, &found), 0);

    assert_int_equal(ggi_leftover_leave(fd, &some), 0);
    assert_int_equal(ggi_leftover_leave(fd, &none), 0);
    assert_int_equal(ggi_leftover_leave(fd, &earlier), 0);
    assert_int_equal(file_size(file), 128);
    close(fd);

    fd = ggi_leftover_open(file);
    assert_int_equal(ggi_leftover_take(fd, &found), 1);
    assert_true(found.records == 3 + UINT64_MAX / 4);
    assert_int_equal(found.from, 1000);
    assert_int_equal(found.to, 5000);
    assert_int_equal(found.error, ENOSPC);

    /* another process finds it locked, and leaves what it was given as it is */
    child = fork();
    assert_true(child >= 0);

    if (child == 0) {
        found = some;
        _exit(ggi_leftover_take(fd, &found) != 0 || found.records != 3);
    }

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(ggi_leftover_taken(fd), 0);
    assert_int_equal(ggi_leftover_take(fd, &found), 0);
    assert_int_equal(strncmp(content(fd, text), "0 0 0 0 ", 8), 0);
    close(fd);

    /* what a power cut left is nothing; what somebody else wrote is not touched */
    assert_int_equal(truncate(file, 0), 0);
    assert_int_equal(truncate(file, 128), 0);
    fd = ggi_leftover_open(file);
    assert_int_equal(ggi_leftover_take(fd, &found), 0);
    assert_int_equal(ggi_leftover_leave(fd, &some), 0);
    assert_int_equal(ggi_leftover_take(fd, &found), 1);
    close(fd);
    assert_int_equal(truncate(file, 127), 0);
    assert_int_equal(ggi_leftover_open(file), -1);
    assert_int_equal(errno, EINVAL);
    unlink(file);
    assert_int_equal(symlink("/dev/null", file), 0);
    assert_int_equal(ggi_leftover_open(file), -1);
    unlink(file);
    assert_int_equal(ggi_leftover_leave(-1, &some), EBADF);
}


/* the record has numbers of 63 bits: more is no number of records, and no sum exceeds that */
static void
test_leftover_most(void **state)
{
    int             fd;
    char            file[] = "/tmp/ggi-unit-XXXXXX", line[129];
    ggi_leftover_t  most = { INT64_MAX, 1000, 1000, ENOSPC }, some = { 3, 2000, 5000, ENOSPC }, found;

    (void) state;

    close(mkstemp(file));
    fd = ggi_leftover_open(file);
    assert_true(fd >= 0);

    snprintf(line, sizeof(line), "%-127s\n", "18446744073709551615 1 2 28");
    assert_int_equal(pwrite(fd, line, 128, 0), 128);
    assert_int_equal(ggi_leftover_take(fd, &found), 0);
    snprintf(line, sizeof(line), "%-127s\n", "9223372036854775808 1 2 28");
    assert_int_equal(pwrite(fd, line, 128, 0), 128);
    assert_int_equal(ggi_leftover_take(fd, &found), 0);
    snprintf(line, sizeof(line), "%-127s\n", "1 2 9223372036854775808 28");
    assert_int_equal(pwrite(fd, line, 128, 0), 128);
    assert_int_equal(ggi_leftover_take(fd, &found), 0);

    assert_int_equal(ggi_leftover_leave(fd, &most), 0);
    assert_int_equal(ggi_leftover_leave(fd, &some), 0);
    assert_int_equal(ggi_leftover_take(fd, &found), 1);
    assert_true(found.records == INT64_MAX);
    assert_int_equal(found.to, 5000);
    close(fd);
    unlink(file);
}


/* a worker that ends tells by the lines that it could not write what they tell of, whatever a caller writes */
/* Records of changes whose every text is as long as can be, of bytes that take the most room. */
static void
test_change(void **state)
{
    char          *buf, *text;
    size_t         len;
    ggi_str_t      all, hash = str("0123456789012345678901234567890123456789012345678901234567890123");
    ggi_chain_t    chain;
    ggi_trace_t    trace;
    ggi_actor_t    actor = { 4294967295, 4294967295, 4294967295, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, { 0 } };
    ggi_change_t   change;
    unsigned char  random[GGI_TRACE_RANDOM] = { 1 };

    ggi_change_end_t  end = { .done = 0 };

    (void) state;
    start(&chain);
    ggi_trace_start(&trace, NULL, 0, random);
    memset(&change, 0, sizeof(change));
    buf = malloc(GGI_RECORD_CHANGE_SIZE);
    text = malloc(100000);
    memset(text, '\x01', 100000);
    all.data = text;
    all.len = 100000;
    change.command = str("profiel load");
    change.kind = str("autorisatieprofiel");
    change.target = change.oin = change.item = change.source = change.reason = all;
    change.before.version = change.after.version = all;
    change.before.sha256 = change.after.sha256 = hash;
    change.document = all;
    change.document.len = GGI_CHANGE_DOCUMENT;
    actor.user_name = actor.real_user_name = actor.login_name = all;
    actor.tty = actor.sudo_user = actor.client = all;
    change.actor = &actor;
    change.trace = &trace;
    len = ggi_record_change(buf, GGI_RECORD_CHANGE_SIZE, &change, 1, &chain);
    assert_true(len > 6 * GGI_CHANGE_DOCUMENT + 6 * 2048 && len < GGI_RECORD_CHANGE_SIZE);
    assert_int_equal(buf[len - 1], '\n');
    assert_non_null(memmem(buf, len, "\"ggi.change.after.document\":", 28));
    change.document.len++;
    len = ggi_record_change(buf, GGI_RECORD_CHANGE_SIZE, &change, 1, &chain);
    assert_null(memmem(buf, len, "\"ggi.change.after.document\":", 28));
    assert_int_equal(chain.place.number, 3);
    assert_int_equal(ggi_record_change(buf, len - 1, &change, 1, &chain), 0);
    end.number = 2;
    end.result = str("failed");
    end.reason = all;
    end.trace = &trace;
    len = ggi_record_change_end(buf, GGI_RECORD_CHANGE_SIZE, &end, 1, &chain);
    assert_true(len > 6 * GGI_CHANGE_REASON && len < 2048 + 4096);
    assert_non_null(memmem(buf, len, "\"status\":\"Error\"", 16));
    assert_int_equal(chain.place.number, 4);
    free(text);
    free(buf);
    ggi_chain_free(&chain);
}


static void
test_gap_read(void **state)
{
    char                  *buf;
    size_t                 size, len, gap_len;
    uint64_t               position = 0;
    ggi_str_t              line;
    ggi_gap_t              gap = { 3, 1000, 2000, ggi_str("No space left on device") }, found;
    ggi_chain_t            chain;
    ggi_journal_t          journal = { 0 };
    ggi_call_t             call = { 0 };
    ggi_record_env_t       env = { 0 };
    ggi_record_context_t   context = { .time = 1234, .client = ggi_str("127.0.0.1") };

    (void) state;

    start(&chain);
    call.path = str("/\"event_name\":\"ggi.gap\",\"ggi.gap.records\":7,\"timestamp\":9");
    size = ggi_record_size(&call, &context);
    buf = ggi_journal_room(&journal, size + GGI_RECORD_GAP_SIZE);
    assert_non_null(buf);

    len = ggi_record_decision(buf, size, &call, &context, &env, &chain);
    assert_true(len > 0);
    gap_len = ggi_record_gap(buf + len, GGI_RECORD_GAP_SIZE, &gap, 5678, &chain);
    assert_true(gap_len > 0);
    journal.len = len + gap_len;

    line = ggi_journal_line(&journal, &position);
    assert_int_equal(line.len, len);
    assert_int_equal(ggi_record_gap_read(line, &found), 0);
    assert_int_equal(ggi_record_time(line), 1234);

    line = ggi_journal_line(&journal, &position);
    assert_int_equal(line.len, gap_len);
    assert_int_equal(ggi_record_gap_read(line, &found), 1);
    assert_int_equal(found.records, 3);
    assert_int_equal(found.from, 1000);
    assert_int_equal(found.to, 2000);
    assert_int_equal(ggi_record_time(line), 5678);

    assert_int_equal(ggi_journal_line(&journal, &position).len, 0);
    assert_int_equal(position, ggi_journal_end(&journal));

    ggi_journal_free(&journal);
    ggi_chain_free(&chain);
}


/* a file that can hold 10 bytes more takes the whole lines and the part of a line that go in; the rest follows */
static void
test_journal(void **state)
{
    int            fd, blind;
    char           file[] = "/tmp/ggi-unit-XXXXXX", text[128];
    ggi_journal_t  journal;
    struct rlimit  limit;

    (void) state;

    memset(&journal, 0, sizeof(journal));
    assert_int_equal(ggi_journal_write(&journal, -1), 0);
    assert_int_equal(ggi_journal_reached(&journal), 0);

    fd = mkstemp(file);
    close(fd);
    fd = open(file, O_RDWR | O_APPEND);
    assert_true(fd >= 0);

    add(&journal, "one\n");
    add(&journal, "two\n");
    ggi_journal_begin(&journal, fd, 0);
    assert_int_equal(ggi_journal_write(&journal, fd), 0);
    assert_int_equal(ggi_journal_waiting(&journal), 0);
    assert_int_equal(ggi_journal_reached(&journal), 8);
    ggi_journal_forget(&journal, 4);
    assert_int_equal(journal.len, 4);

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = 18;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);

    add(&journal, "three\n");
    add(&journal, "a longer line\n");
    assert_int_equal(ggi_journal_write(&journal, fd), EFBIG);
    assert_int_equal(file_size(file), 18);
    assert_int_equal(ggi_journal_reached(&journal), 14);
    assert_int_equal(ggi_journal_written(&journal), 18);
    assert_int_equal(ggi_journal_waiting(&journal), 10);
    assert_int_equal(ggi_journal_end(&journal), 28);
    assert_int_equal(ggi_journal_lines(&journal, 4, 14), 2);
    assert_int_equal(ggi_journal_lines(&journal, 14, 14), 0);

    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_int_equal(ggi_journal_write(&journal, fd), 0);
    assert_string_equal(content(fd, text), "one\ntwo\nthree\na longer line\n");

    /* another file gets what is kept, behind the end of the line that it ends within */
    ggi_journal_forget(&journal, 14);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(write(fd, "tor", 3), 3);
    ggi_journal_begin(&journal, fd, 14);
    add(&journal, "whole\n");
    assert_int_equal(ggi_journal_write(&journal, fd), 0);
    assert_string_equal(content(fd, text), "tor\na longer line\nwhole\n");

    /* so it is where that cannot be known, such as of a file that cannot be read */
    ggi_journal_forget(&journal, ggi_journal_end(&journal));
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(write(fd, "tor", 3), 3);
    blind = open(file, O_WRONLY | O_APPEND);
    ggi_journal_begin(&journal, blind, ggi_journal_end(&journal));
    add(&journal, "whole\n");
    assert_int_equal(ggi_journal_write(&journal, blind), 0);
    assert_string_equal(content(fd, text), "tor\nwhole\n");
    close(blind);

    ggi_journal_forget(&journal, ggi_journal_end(&journal));
    assert_int_equal(journal.len, 0);
    assert_null(ggi_journal_room(&journal, GGI_JOURNAL_MAX + 1));
    assert_non_null(ggi_journal_room(&journal, GGI_JOURNAL_MAX));
    assert_int_equal(journal.size, GGI_JOURNAL_MAX);
    add(&journal, "x");
    assert_null(ggi_journal_room(&journal, GGI_JOURNAL_MAX));

    /* the buffer is never larger than what may be kept, and only a small one stays without a line */
    ggi_journal_free(&journal);
    assert_non_null(ggi_journal_room(&journal, GGI_JOURNAL_MAX / 2 + 1));
    assert_int_equal(journal.size, GGI_JOURNAL_MAX);
    add(&journal, "y\n");
    assert_int_equal(ggi_journal_write(&journal, fd), 0);
    ggi_journal_forget(&journal, ggi_journal_end(&journal));
    assert_null(journal.data);
    assert_int_equal(journal.size, 0);
    add(&journal, "z\n");
    assert_int_equal(ggi_journal_write(&journal, fd), 0);
    ggi_journal_forget(&journal, ggi_journal_end(&journal));
    assert_non_null(journal.data);

    ggi_journal_free(&journal);
    close(fd);
    unlink(file);
}


static void
assert_address(uint64_t address, const char *text)
{
    char    buf[GGI_ANONYMOUS_TEXT];
    size_t  len;

    len = ggi_anonymous_text(buf, address);
    assert_bytes(buf, len, text);
}


static void
test_anonymous_address(void **state)
{
    (void) state;

    assert_address(ggi_anonymous_ipv4((const unsigned char *) "\x0a\x01\x02\xff"), "10.1.2.255");
    assert_address(ggi_anonymous_ipv4((const unsigned char *) "\0\0\0\0"), "0.0.0.0");
    assert_address(ggi_anonymous_ipv6((const unsigned char *) "\x20\x01\x0d\xb8\0\x01\xff\xff" "12345678"),
                   "2001:db8:1:ffff::/64");
    assert_address(ggi_anonymous_ipv6((const unsigned char *) "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"), "::/64");
    assert_address(ggi_anonymous_ipv6((const unsigned char *) "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\x01"), "127.0.0.1");
    assert_address(ggi_anonymous_ipv6((const unsigned char *) "\xff\xff\xff\xff\xff\xff\xff\xff" "12345678"),
                   "ffff:ffff:ffff:ffff::/64");
    assert_address(GGI_ANONYMOUS_UNIX, "unix:");
}


/* How many of n refusals of an address at once are recorded. */
static unsigned
passes(ggi_anonymous_table_t *table, uint64_t address, uint64_t now, unsigned n)
{
    unsigned  passed;

    for (passed = 0; n; n--) {
        passed += (unsigned) ggi_anonymous_pass(table, address, now, 10, 50);
    }

    return passed;
}


static void
test_anonymous_table(void **state)
{
    uint64_t                i;
    ggi_anonymous_table_t  *table;

    (void) state;

    table = calloc(1, sizeof(ggi_anonymous_table_t) + GGI_ANONYMOUS_WAYS * sizeof(ggi_anonymous_entry_t));
    assert_non_null(table);
    table->n = GGI_ANONYMOUS_WAYS;

    /* burst + 1 at once, then the rate, whatever is refused meanwhile */
    assert_int_equal(passes(table, 7, 1000, 200), 51);
    assert_int_equal(passes(table, 7, 1099, 200), 0);
    assert_int_equal(passes(table, 7, 1100, 200), 1);
    assert_int_equal(passes(table, 7, 2100, 200), 10);
    assert_int_equal(passes(table, 8, 2100, 200), 51);

    /* the clock of another worker is ahead */
    assert_int_equal(passes(table, 7, 2099, 200), 0);
    assert_int_equal(passes(table, 7, 2200, 200), 1);

    /* all is used up: the others share what one may have, and take no place */
    for (i = 9; i < 9 + GGI_ANONYMOUS_WAYS - 2; i++) {
        assert_int_equal(passes(table, i, 2200, 1), 1);
    }

    assert_int_equal(passes(table, 100, 2200, 30) + passes(table, 101, 2200, 30), 51);
    assert_int_equal(passes(table, 7, 2300, 200), 1);

    /* a place that is not needed any more goes to another */
    assert_int_equal(passes(table, 102, 2400, 200), 51);
    assert_int_equal(passes(table, 102, UINT64_MAX, 200), 51);
    free(table);
}


static void
test_anonymous_counts(void **state)
{
    size_t                         i, addresses;
    uint64_t                       sum;
    static ggi_anonymous_counts_t  counts;

    (void) state;

    for (i = 1; i <= 1000; i++) {
        ggi_anonymous_add(&counts, i * 77777, 5000 + i);
        ggi_anonymous_add(&counts, i * 77777, 6000 + i);
    }

    for (i = 0, addresses = 0, sum = 0; i < GGI_ANONYMOUS_COUNTS; i++) {
        addresses += (counts.counts[i].refusals > 0);
        sum += counts.counts[i].refusals;
        assert_true(counts.counts[i].refusals == 0 || counts.counts[i].to == counts.counts[i].from + 1000);
    }

    assert_true(addresses > GGI_ANONYMOUS_COUNTS / 2);
    assert_int_equal(sum + counts.others.refusals, 2000);
    assert_int_equal(counts.others.address, 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_pseudonym),
        cmocka_unit_test(test_pseudonym_maker),
        cmocka_unit_test(test_pseudonym_keys),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_chain_opening),
        cmocka_unit_test(test_chain_resources),
        cmocka_unit_test(test_records_cut),
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_leftover),
        cmocka_unit_test(test_leftover_most),
        cmocka_unit_test(test_change),
        cmocka_unit_test(test_gap_read),
        cmocka_unit_test(test_journal),
        cmocka_unit_test(test_anonymous_address),
        cmocka_unit_test(test_anonymous_table),
        cmocka_unit_test(test_anonymous_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
