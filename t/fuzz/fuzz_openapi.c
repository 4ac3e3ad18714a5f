/* SPDX-License-Identifier: EUPL-1.2 */

/* An OpenAPI document, and what a dienst begins with that is made from it. */

#include "fuzz.h"

#include "ggi_documents.h"
#include "ggi_openapi.h"
#include "ggi_openapi_text.h"
#include "ggi_profiles.h"
#include "ggi_register.h"
#include "ggi_skeleton.h"


/*
 * The location is one block: behind its comments there are one "{", and one "}" as the last.
 * Its strings are in double quotes, and nothing in them is escaped.
 */
static void
location_is_one(const ggi_openapi_t *api)
{
    int      quoted;
    char    *text;
    FILE    *out;
    size_t   i, len, opened, closed;

    out = open_memstream(&text, &len);
    fuzz_check(out);
    ggi_skeleton_location(out, api, "d");
    fuzz_check(fclose(out) == 0);

    for (quoted = 0, opened = 0, closed = 0, i = 0; i < len; i++) {
        if (text[i] == '#' && !quoted) {
            for ( /* void */ ; text[i] != '\n'; i++) { }

        } else if (text[i] == '"') {
            quoted = !quoted;

        } else if (!quoted) {
            opened += text[i] == '{';
            closed += text[i] == '}';
        }

        fuzz_check(text[i] == '\n' || (unsigned char) text[i] >= ' ');
        fuzz_check(text[i] != '\\' && (!quoted || text[i] != '\n'));
    }

    fuzz_check(opened == 1 && closed == 1 && text[len - 2] == '}');
    free(text);
}


/* Writes a document to a file, and releases it. Returns the path. */
static const char *
written(json_t *json)
{
    char        *text;
    const char  *path;

    text = json_dumps(json, 0);
    fuzz_check(text);
    path = fuzz_file(text, strlen(text));
    free(text);
    json_decref(json);

    return path;
}


/* The profile and the register are good. */
static void
documents_are_good(const ggi_openapi_t *api)
{
    ggi_fault_t       fault = ggi_fault_init;
    ggi_register_t    reg;
    ggi_documents_t   profiles;

    fuzz_check(ggi_profiles_read(&profiles, written(ggi_skeleton_profiles(api, "d")), &fault));
    ggi_documents_free(&profiles);
    fuzz_check(ggi_register_read(&reg, written(ggi_skeleton_register("d")), &fault));
    ggi_register_free(&reg);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char            pad[GGI_SOURCE_TEXT_MAX + 1], name[GGI_DIENST_NAME_MAX + 1];
    json_t         *document;
    ggi_str_t       text;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_openapi_t   api;

    fuzz_begin(data, size);
    text = fuzz_rest();
    document = ggi_source_parse(text.data, text.len, &fault);

    if (document && ggi_openapi_read(&api, document, &fault)) {
        fuzz_check(api.n > 0 && api.methods && fault.n == 0);
        (void) ggi_skeleton_name(name, api.title);
        location_is_one(&api);
        documents_are_good(&api);
        ggi_openapi_free(&api);

    } else {
        fuzz_check(fault.n > 0);
    }

    json_decref(document);

    /* most inputs are no document, but each is a template */

    if (ggi_openapi_path(pad, "", text, "$", &fault)) {
        fuzz_check(strlen(pad) <= text.len && strpbrk(pad, "\"\\{} %#?\n") == NULL);
    }

    return fuzz_end();
}
