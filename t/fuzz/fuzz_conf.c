/* SPDX-License-Identifier: EUPL-1.2 */

/* The configuration of nginx, what is found in it, and what a supporter sees of it. */

#include "fuzz_doctor.h"

#include "ggi_bundle.h"
#include "ggi_conf.h"
#include "ggi_conf_tree.h"
#include "ggi_doctor_conf.h"
#include "ggi_doctor_open.h"
#include "ggi_doctor_scope.h"
#include "ggi_doctor_target.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t               i;
    json_t              *list;
    ggi_str_t            text;
    ggi_conf_t           conf;
    ggi_fault_t          fault = ggi_fault_init;
    const char          *shown;
    ggi_doctor_t         doctor = { .each = fuzz_found };
    ggi_doctor_scope_t   scope;

    fuzz_begin(data, size);
    text = fuzz_rest();

    if (ggi_conf_read(&conf, text.data, text.len, &fault)) {
        if (ggi_doctor_scope_make(&scope, &conf, &fault)) {
            ggi_doctor_conf(&doctor, &scope);
            list = ggi_bundle_conf(&conf, &scope.tree);
            fuzz_check(json_array_size(list) == conf.n);

            for (i = 0; i < conf.n; i++) {
                fuzz_check(conf.directives[i].n > 0);
                shown = json_string_value(json_array_get(list, i));
                fuzz_check(shown);
            }

            json_decref(list);
            ggi_doctor_scope_free(&scope);

        } else {
            fuzz_check(fault.n == 1);
        }

        ggi_conf_free(&conf);

    } else {
        fuzz_check(fault.n == 1);
    }

    return fuzz_end();
}
