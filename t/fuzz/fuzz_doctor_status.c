/* SPDX-License-Identifier: EUPL-1.2 */

/* The status of a running gate. */

#include "fuzz_doctor.h"

#include "ggi_bundle.h"
#include "ggi_doctor.h"
#include "ggi_doctor_status.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t        *copy, *status;
    ggi_str_t      text;
    ggi_fault_t    fault = ggi_fault_init;
    ggi_doctor_t   doctor = { .each = fuzz_found };

    fuzz_begin(data, size);
    text = fuzz_rest();
    status = ggi_source_parse(text.data, text.len, &fault);

    if (status) {
        ggi_doctor_status(&doctor, status, NULL, 1000000);
        copy = ggi_bundle_status(status);
        fuzz_check(!json_is_object(status) || json_object_size(copy) <= json_object_size(status));
        json_decref(copy);
        json_decref(status);
    }

    return fuzz_end();
}
