/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include "ggictl_input.h"
#include "ggictl_out.h"
#include "ggictl_warn.h"

#define GGICTL_WARN_MAX   10            /* warnings that are told of a source */
#define GGICTL_WARN_LINE  5120          /* bytes of one, with the path of a file */


static void
ggictl_warn_add(void *data, const char *text)
{
    char            line[GGICTL_WARN_LINE];
    json_t         *all;
    ggictl_warn_t  *warn = data;

    if (warn->n++ >= GGICTL_WARN_MAX) {
        return;
    }

    ggictl_say(warn->result, "%s: warning: %s\n", warn->name, text);

    if (warn->result) {
        all = json_object_get(warn->result, "warnings");

        if (all == NULL) {
            all = json_array();
            json_object_set_new(warn->result, "warnings", all);
        }

        snprintf(line, sizeof(line), "%s: %s", warn->name, text);
        json_array_append_new(all, ggictl_json_cstr(line));
    }
}


ggi_fault_t
ggictl_warn(ggictl_warn_t *warn, json_t *result, const char *name)
{
    ggi_fault_t  fault = ggi_fault_init;

    memset(warn, 0, sizeof(ggictl_warn_t));
    warn->result = result;
    warn->name = name;
    fault.warn = ggictl_warn_add;
    fault.data = warn;

    return fault;
}


const char *
ggictl_warn_input(ggictl_warn_t *warn, ggi_fault_t *fault, json_t *result, const char *name)
{
    *fault = ggictl_warn(warn, result, ggictl_input_name(name));

    return ggictl_input(name);
}
