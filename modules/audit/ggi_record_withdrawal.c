/* SPDX-License-Identifier: EUPL-1.2 */

/* The record that takes back the record of a decision. */

#include "ggi_record_withdrawal.h"


size_t
ggi_record_withdrawal(char *buf, size_t size, const ggi_call_t *call,
    uint64_t time, ggi_chain_t *chain)
{
    ggi_json_t  json;

    ggi_record_open(&json, buf, size, chain);
    ggi_record_add_transaction(&json, call);
    ggi_record_add_checked(&json, "ggi.call.dienst", call->dienst);
    ggi_record_add_checked(&json, "ggi.call.oin", call->found.oin);
    ggi_json_word(&json, "ggi.withdrawn.reason", ggi_reason_get(call->reason)->name);
    ggi_json_int(&json, "http.response.status_code", ggi_reason_get(call->reason)->status);
    ggi_record_close_attributes(&json, "ggi.call_withdrawn", time, "Error");
    ggi_record_add_child(&json, &call->trace);

    return ggi_record_close(&json, chain);
}
