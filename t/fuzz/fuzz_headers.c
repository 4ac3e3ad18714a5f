/* SPDX-License-Identifier: EUPL-1.2 */

/* What the core reads of a request: traceparent, transaction, Content-Type, Accept-Language; a line each. */

#include "fuzz.h"

#include "ggi_problem.h"
#include "ggi_trace.h"
#include "ggi_uuid.h"

#include <jansson.h>


static void
check_hex(const char *p, size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        fuzz_check((p[i] >= '0' && p[i] <= '9') || (p[i] >= 'a' && p[i] <= 'f'));
    }
}


static void
check_trace(ggi_str_t header)
{
    ggi_trace_t          trace, next;
    const unsigned char  random[GGI_TRACE_RANDOM + 1] = "thirty-two quite random bytes...";

    ggi_trace_start(&trace, header.data, header.len, random);
    check_hex(trace.trace_id, GGI_TRACE_ID_LEN);
    check_hex(trace.span_id, GGI_SPAN_ID_LEN);
    check_hex(trace.child_span_id, GGI_SPAN_ID_LEN);
    fuzz_check(memcmp(trace.trace_id, "00000000000000000000000000000000", GGI_TRACE_ID_LEN) != 0);

    if (trace.has_parent) {
        fuzz_check(header.len >= GGI_TRACEPARENT_LEN);
        fuzz_check(memcmp(header.data + 3, trace.trace_id, GGI_TRACE_ID_LEN) == 0);
        fuzz_check(memcmp(header.data + 36, trace.parent_span_id, GGI_SPAN_ID_LEN) == 0);
    }

    /* what the API gets is what the next gate goes on with */

    ggi_trace_start(&next, trace.traceparent, GGI_TRACEPARENT_LEN, random);
    fuzz_check(next.has_parent);
    fuzz_check(memcmp(next.trace_id, trace.trace_id, GGI_TRACE_ID_LEN) == 0);
    fuzz_check(memcmp(next.parent_span_id, trace.child_span_id, GGI_SPAN_ID_LEN) == 0);
}


static void
check_uuid(ggi_str_t header)
{
    char  uuid[GGI_UUID_LEN], again[GGI_UUID_LEN];

    if (ggi_uuid_read(uuid, header.data, header.len)) {
        fuzz_check(ggi_uuid_read(again, uuid, GGI_UUID_LEN));
        fuzz_check(memcmp(again, uuid, GGI_UUID_LEN) == 0);
        check_hex(uuid, 8);
    }
}


static void
check_problem(ggi_str_t type, ggi_str_t language, ggi_str_t contact)
{
    char           *buf;
    size_t          len;
    json_t         *root;
    ggi_problem_t   problem = { .reason = GGI_REASON_CLAIM_UNKNOWN, .status = 403 };

    problem.transaction_id = "0192a1b2-c3d4-7fff-bfff-ffffffffffff";
    problem.format = ggi_problem_format(type);
    problem.lang = ggi_problem_lang(language);
    fuzz_check(problem.lang < GGI_LANGS);

    /* the contact is the operator's: ggi_dienst_contact takes no other */

    if (contact.len <= GGI_PROBLEM_CONTACT_MAX) {
        problem.contact = contact;
    }

    buf = fuzz_alloc(GGI_PROBLEM_MAX);
    len = ggi_problem_write(buf, GGI_PROBLEM_MAX, &problem);
    fuzz_check(len > 0 && len <= GGI_PROBLEM_MAX);
    fuzz_check(ggi_problem_write(buf, len - 1, &problem) == 0);

    if (problem.format == GGI_PROBLEM_JSON) {
        fuzz_check(ggi_problem_write(buf, len, &problem) == len);
        root = json_loadb(buf, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        fuzz_check(root);
        json_decref(root);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ggi_str_t  type, language;

    fuzz_begin(data, size);
    check_trace(fuzz_line());
    check_uuid(fuzz_line());
    type = fuzz_line();
    language = fuzz_line();
    check_problem(type, language, fuzz_line());

    return fuzz_end();
}
