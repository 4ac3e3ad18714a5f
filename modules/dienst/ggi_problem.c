/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>

#include "ggi_json.h"
#include "ggi_problem.h"
#include "ggi_uuid.h"


static const char  *ggi_problem_turn_to[GGI_LANGS] = {
    "Questions go to", "Vragen kunt u stellen aan"
};


/* what to do and, when that is known, to whom to turn */
static size_t
ggi_problem_detail(char *buf, size_t size, const ggi_problem_t *problem)
{
    int          n;
    const char  *detail;

    detail = ggi_reason_get(problem->reason)->detail[problem->lang];

    if (problem->contact) {
        n = snprintf(buf, size, "%s %s %.*s", detail,
                     ggi_problem_turn_to[problem->lang],
                     (int) problem->contact_len, problem->contact);
    } else {
        n = snprintf(buf, size, "%s", detail);
    }

    return (n < 0 || (size_t) n >= size) ? 0 : (size_t) n;
}


size_t
ggi_problem_write(char *buf, size_t size, const ggi_problem_t *problem)
{
    int                  n;
    char                 text[1024];
    size_t               len;
    ggi_json_t           json;
    const ggi_reason_t  *reason;

    reason = ggi_reason_get(problem->reason);

    ggi_json_init(&json, buf, size);
    ggi_json_open(&json, NULL, '{');

    n = snprintf(text, sizeof(text), "urn:ggi:problem:%s", reason->name);
    ggi_json_str(&json, "type", text, (size_t) n);
    ggi_json_cstr(&json, "title", reason->title[problem->lang]);
    ggi_json_int(&json, "status", problem->status);

    len = ggi_problem_detail(text, sizeof(text), problem);
    ggi_json_str(&json, "detail", text, len);

    n = snprintf(text, sizeof(text), "urn:uuid:%.*s", GGI_UUID_LEN,
                 problem->transaction_id);
    ggi_json_str(&json, "instance", text, (size_t) n);

    ggi_json_close(&json, '}');

    return ggi_json_len(&json);
}
