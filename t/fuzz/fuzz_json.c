/* SPDX-License-Identifier: EUPL-1.2 */

/* Any bytes, written as a string, and read as JSON: what is written can always be read. */

#include "fuzz.h"

#include "ggi_json.h"
#include "ggi_source.h"


/* The text is what was written, or has U+FFFD where it was no UTF-8. */
static void
check_string(ggi_str_t text)
{
    char         *buf;
    size_t        size, len;
    json_t       *root;
    ggi_json_t    json;
    const char   *value;

    size = GGI_JSON_STR_MAX(0, text.len);
    buf = fuzz_alloc(size);
    ggi_json_init(&json, buf, size);
    ggi_json_str(&json, NULL, text.data, text.len);
    len = ggi_json_len(&json);
    fuzz_check(len);

    root = json_loadb(buf, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    fuzz_check(root);
    value = json_string_value(root);
    size = json_string_length(root);
    fuzz_check(size >= text.len);
    fuzz_check(size > text.len || memcmp(value, text.data, size) == 0
               || memmem(value, size, "\xef\xbf\xbd", 3));
    json_decref(root);

    /* in a buffer that is too small: nothing */

    buf = fuzz_alloc(len - 1);
    ggi_json_init(&json, buf, len - 1);
    ggi_json_str(&json, NULL, text.data, text.len);
    fuzz_check(ggi_json_len(&json) == 0);
}


static void
check_members(json_t *root)
{
    json_t       *list = NULL;
    size_t        i;
    int64_t       time;
    ggi_str_t     text, item;
    ggi_fault_t   fault = ggi_fault_init;

    if (ggi_source_text(root, "$", "text", GGI_SOURCE_REQUIRED, &text, &fault)) {
        fuzz_check(text.len && text.len <= GGI_SOURCE_TEXT_MAX);

        for (i = 0; i < text.len; i++) {
            fuzz_check((unsigned char) text.data[i] >= 0x20);
        }
    }

    (void) ggi_source_time(root, "$", "time", GGI_SOURCE_OPTIONAL, &time, &fault);

    if (ggi_source_list(root, "$", "list", GGI_SOURCE_REQUIRED, &list, &fault)) {
        for (i = 0; i < json_array_size(list); i++) {
            item = ggi_source_item(list, i);
            fuzz_check(item.len);
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t       *root;
    ggi_str_t     text;
    ggi_fault_t   fault = ggi_fault_init;

    fuzz_begin(data, size);
    text = fuzz_rest();
    check_string(text);

    root = ggi_source_parse(text.data, text.len, &fault);
    fuzz_check((root == NULL) == (fault.n > 0));

    if (root) {
        if (json_is_object(root)) {
            check_members(root);
        }

        json_decref(root);
    }

    return fuzz_end();
}
