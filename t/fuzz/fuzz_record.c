/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Audit records of whatever a caller sends: method, path, claim, verwerking,
 * gebruiker, toepassing, origin, the organisation of its certificate, the level of
 * assurance and what a refused certificate claims; a line each. No valid BSN may be left in what the caller chose.
 */

#include "fuzz.h"

#include "ggi_bsn.h"
#include "ggi_record.h"
#include "ggi_record_completion.h"
#include "ggi_record_decision.h"
#include "ggi_record_trail.h"

#include <jansson.h>


/* Whether a byte may belong to a longer identifier in hexadecimal, which is no BSN. */
static int
is_hex(const char *text, size_t len, size_t i)
{
    return i < len && strchr("abcdefABCDEF-", text[i]) && text[i];
}


static int
is_hex_digit(const char *text, size_t len, size_t i)
{
    return i < len && text[i] && strchr("0123456789abcdefABCDEF", text[i]);
}


/* By another reckoning than the gate's: nine digits in a row, weighed by 9 to 2 and -1. */
static void
check_no_bsn(const char *text, size_t len)
{
    int     sum;
    size_t  i, k, run;

    for (i = 0; i < len; i += run ? run : 1) {

        if (text[i] == '%' && is_hex_digit(text, len, i + 1) && is_hex_digit(text, len, i + 2)) {
            run = 3;                    /* a byte of a path that is no UTF-8 */
            continue;
        }

        for (run = 0; i + run < len && text[i + run] >= '0' && text[i + run] <= '9'; run++) {
            /* digits */
        }

        if (run != 9 || is_hex(text, len, i - 1) || is_hex(text, len, i + run)) {
            continue;
        }

        for (sum = 0, k = 0; k < 9; k++) {
            sum += (text[i + k] - '0') * (k == 8 ? -1 : 9 - (int) k);
        }

        fuzz_check(sum == 0 || sum % 11 != 0);
    }
}


static void
check_member(json_t *object, const char *key)
{
    json_t  *value;

    value = json_object_get(object, key);

    if (value) {
        check_no_bsn(json_string_value(value), json_string_length(value));
    }
}


static json_t *
parse(const char *line, size_t len)
{
    json_t  *root;

    fuzz_check(len > 1 && line[len - 1] == '\n');
    fuzz_check(memchr(line, '\n', len) == line + len - 1);
    root = json_loadb(line, len - 1, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    fuzz_check(root);

    return root;
}


static void
check_decision(const char *line, size_t len)
{
    json_t  *root, *request, *context;

    root = parse(line, len);
    request = json_object_get(json_object_get(root, "body"), "adl.core.request");
    context = json_object_get(request, "context");
    fuzz_check(json_is_object(context));
    check_member(context, "doelbinding");
    check_member(context, "verwerking");
    check_member(context, "toepassing");
    check_member(context, "betrouwbaarheidsniveau");
    check_member(context, "origin_claimed");
    check_member(json_object_get(context, "claimed_certificate"), "oin");
    check_member(json_object_get(context, "claimed_certificate"), "organisation");
    check_member(json_object_get(context, "claimed_certificate"), "issuer");
    check_member(json_object_get(json_object_get(request, "resource"), "properties"), "path");
    check_member(json_object_get(json_object_get(request, "resource"), "properties"), "destination");
    json_decref(root);
}


static void
check_completion(const char *line, size_t len)
{
    json_t  *root;

    root = parse(line, len);
    check_member(json_object_get(root, "attributes"), "url.path");
    json_decref(root);
}


/* Nothing that a caller writes passes for what a worker reads in its own records. */
static void
check_own(const char *text, size_t len)
{
    ggi_gap_t  gap;
    ggi_str_t  line = { len, text };

    fuzz_check(ggi_record_time(line) == 7);
    fuzz_check(!ggi_record_gap_read(line, &gap));
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char                  *buf, bsn[GGI_BSN_LEN];
    size_t                 room, len;
    ggi_str_t              resource = ggi_str("{\"host.name\":\"gate\"}");
    ggi_call_t             call;
    ggi_chain_t            chain;
    ggi_pseudonym_key_t    key;
    ggi_record_env_t       env = { 0 };
    ggi_completion_t       completion = { .duration = 1 };
    ggi_record_context_t   context = { .client = ggi_str("127.0.0.1"), .status = 200 };
    ggi_claimed_certificate_t  claimed = { .serial = ggi_str("1A"), .not_after = ggi_str("2026-01-01T00:00:00Z") };
    const unsigned char    random[GGI_UUID_RANDOM + 1] = "0123456789";

    fuzz_check(ggi_pseudonym_key_set(&key, (ggi_str_t) ggi_str("0123456789abcdef")));
    fuzz_check(ggi_pseudonym_maker_set(&env.pseudonyms, &key));
    fuzz_begin(data, size);
    memset(&call, 0, sizeof(ggi_call_t));
    memset(&call.trace, '1', sizeof(call.trace));
    memset(call.transaction_id, '2', GGI_UUID_LEN);
    call.method = fuzz_line();
    call.path = fuzz_line();
    call.destination = fuzz_line();
    call.found.claim = fuzz_line();
    call.found.verwerking = fuzz_line();
    call.found.gebruiker = fuzz_line();
    call.found.toepassing = fuzz_line();
    call.origin = fuzz_line();
    call.found.organisation = fuzz_line();
    call.found.niveau_claimed = fuzz_line();
    claimed.oin = fuzz_line();
    claimed.organisation = fuzz_line();
    claimed.issuer = fuzz_line();
    call.found.velden = &call.found.claim;      /* of other characters than fields have, it may need more room */
    call.found.velden_n = call.found.claim.len && ggi_json_is_plain(call.found.claim.data, call.found.claim.len);
    call.found.claimed = claimed.oin.len % 2 ? &claimed : NULL;
    call.reason = (ggi_reason_e) (call.path.len % GGI_REASON_COUNT);

    env.user = (ggi_user_e) (call.method.len % 3);
    fuzz_check(ggi_chain_start(&chain, 1, random, resource));
    context.path_clear = !ggi_bsn_conceivable(call.path);
    context.subject.data = bsn;
    context.subject.len = ggi_bsn_find(bsn, call.path, GGI_BSN_LEN) ? GGI_BSN_LEN : 0;
    room = ggi_record_size(&call, &context);
    buf = fuzz_alloc(room);

    context.time = 7;
    len = ggi_record_decision(buf, room, &call, &context, &env, &chain);
    fuzz_check(len <= room);
    check_decision(buf, len);
    check_own(buf, len);
    fuzz_check(ggi_record_decision(buf, len - 1, &call, &context, &env, &chain) == 0);

    len = ggi_record_completion(buf, room, &call, &context, &completion, &chain);
    fuzz_check(len <= room);
    check_completion(buf, len);
    check_own(buf, len);
    fuzz_check(chain.place.number == 3);
    ggi_pseudonym_maker_free(&env.pseudonyms);
    ggi_chain_free(&chain);

    return fuzz_end();
}
