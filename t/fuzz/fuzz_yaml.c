/* SPDX-License-Identifier: EUPL-1.2 */

/* YAML: a document or a fault; JSON is read as what it is. */

#include "fuzz.h"

#include "ggi_yaml.h"


/* No map and no list lies deeper than is documented. */
static void
is_shallow(json_t *value, unsigned depth)
{
    size_t       i;
    json_t      *member;
    const char  *key;

    fuzz_check(depth <= GGI_YAML_DEPTH_MAX);

    json_object_foreach(value, key, member) {
        is_shallow(member, depth + 1);
    }

    json_array_foreach(value, i, member) {
        is_shallow(member, depth + 1);
    }
}


/* What JSON a value is written as is also YAML, and stands for the same. */
static void
is_read_again(json_t *value)
{
    char         *text;
    json_t       *again;
    ggi_fault_t   fault = ggi_fault_init;

    text = json_dumps(value, JSON_ENCODE_ANY);
    fuzz_check(text);
    again = ggi_yaml_parse(text, strlen(text), &fault);

    /* a key of more than 1024 bytes is not one of YAML, unless it is marked as such */
    fuzz_check(again == NULL || json_equal(value, again));
    json_decref(again);
    free(text);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t       *document;
    ggi_str_t     text;
    ggi_fault_t   fault = ggi_fault_init;

    fuzz_begin(data, size);
    text = fuzz_rest();
    (void) ggi_yaml_is(text.data, text.len);
    document = ggi_yaml_parse(text.data, text.len, &fault);
    fuzz_check((document == NULL) == (fault.n > 0));

    if (document) {
        is_shallow(document, 0);
        is_read_again(document);
        json_decref(document);
    }

    return fuzz_end();
}
