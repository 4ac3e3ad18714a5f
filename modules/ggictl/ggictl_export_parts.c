/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>

#include "ggi_logged_text.h"
#include "ggictl_export_parts.h"
#include "ggictl_out.h"


json_t *
ggictl_export_text(ggi_str_t field)
{
    char    *text;
    json_t  *json;

    text = malloc(field.len + 1);

    if (text == NULL) {
        return NULL;
    }

    json = ggictl_json_str(text, ggi_logged_text_read(text, field));
    free(text);

    return json;
}


void
ggictl_export_add(json_t *object, const char *key, ggi_str_t field)
{
    if (field.len) {
        json_object_set_new(object, key, ggictl_export_text(field));
    }
}
