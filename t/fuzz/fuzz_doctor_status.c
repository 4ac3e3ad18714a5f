/* SPDX-License-Identifier: EUPL-1.2 */

/* The status of a running gate. */

#include "fuzz_doctor.h"

#include "ggi_doctor.h"
#include "ggi_doctor_status.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t        *status;
    ggi_str_t      text;
    ggi_fault_t    fault = ggi_fault_init;
    ggi_doctor_t   doctor = { .each = fuzz_found };

    fuzz_begin(data, size);
    text = fuzz_rest();
    status = ggi_source_parse(text.data, text.len, &fault);

    if (status) {
        ggi_doctor_status(&doctor, status, NULL, 1000000);
        json_decref(status);
    }

    return fuzz_end();
}
