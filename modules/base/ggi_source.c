/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ggi_json.h"
#include "ggi_source.h"
#include "ggi_time.h"

#define GGI_SOURCE_MARK_LEN  3          /* bytes of the byte order mark of UTF-8 */


void
ggi_where(char where[GGI_SOURCE_WHERE_MAX], const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    vsnprintf(where, GGI_SOURCE_WHERE_MAX, format, args);
    va_end(args);
}


void
ggi_one_line(char *text)
{
    size_t  n, left;

    for (left = strlen(text); left; text += n, left -= n) {
        n = ggi_utf8_shown((const unsigned char *) text, left);

        if (n == 0) {
            *text = '?';
            n = 1;
        }
    }
}


/* Writes "WHERE: message" as one line: keys in the message come from outside. */
static void
ggi_fault_text(char *text, size_t size, const char *where, const char *format,
    va_list args)
{
    int  n;

    n = snprintf(text, size, "%s: ", where);

    if (n > 0 && (size_t) n < size) {
        vsnprintf(text + n, size - (size_t) n, format, args);
    }

    ggi_one_line(text);
}


int
ggi_fault(ggi_fault_t *fault, const char *where, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    ggi_fault_text(fault->text, sizeof(fault->text), where, format, args);
    va_end(args);

    fault->n++;

    if (fault->each) {
        fault->each(fault->data, fault->text);
        return 1;
    }

    return 0;
}


void
ggi_fault_warn(ggi_fault_t *fault, const char *where, const char *format, ...)
{
    char     text[sizeof(fault->text)];
    va_list  args;

    if (fault->warn == NULL) {
        return;
    }

    va_start(args, format);
    ggi_fault_text(text, sizeof(text), where, format, args);
    va_end(args);

    fault->warn(fault->data, text);
}


json_t *
ggi_source_parse(const char *text, size_t len, ggi_fault_t *fault)
{
    json_t        *root;
    json_error_t   error;

    root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

    if (root == NULL) {
        ggi_fault(fault, "$", "line %d, column %d: %s", error.line,
                  error.column, error.text);
    }

    return root;
}


static char *
ggi_source_content(FILE *file, size_t *len, ggi_fault_t *fault)
{
    char         *text;
    struct stat   st;

    if (fstat(fileno(file), &st) != 0) {
        ggi_fault(fault, "$", "%s", strerror(errno));
        return NULL;
    }

    if (!S_ISREG(st.st_mode) || st.st_size > GGI_SOURCE_FILE_MAX) {
        ggi_fault(fault, "$", "expected a regular file of at most %d bytes",
                  GGI_SOURCE_FILE_MAX);
        return NULL;
    }

    text = malloc((size_t) st.st_size + 1);
    if (text == NULL) {
        ggi_fault(fault, "$", "no memory for %lld bytes",
                  (long long) st.st_size);
        return NULL;
    }

    *len = fread(text, 1, (size_t) st.st_size, file);

    if (*len != (size_t) st.st_size) {
        ggi_fault(fault, "$", "only %zu of its %lld bytes could be read: if "
                  "it is being written, write it beside this one and rename it "
                  "then; if not, look for a fault of its disk", *len,
                  (long long) st.st_size);
        free(text);
        return NULL;
    }

    return text;
}


/*
 * Returns 1 when a text begins with a byte order mark of UTF-8, which some editors put
 * there, 0 otherwise.
 */
static int
ggi_source_has_mark(const char *text, size_t len)
{
    return len >= GGI_SOURCE_MARK_LEN && memcmp(text, "\xef\xbb\xbf", GGI_SOURCE_MARK_LEN) == 0;
}


/*
 * Opens a file for reading. Does not wait for a writer when the file is a FIFO, which
 * ggi_source_content() refuses afterwards. Returns NULL with errno when it fails.
 */
static FILE *
ggi_source_open(const char *file)
{
    int    fd;
    FILE  *fp;

    fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd == -1) {
        return NULL;
    }

    fp = fdopen(fd, "rb");
    if (fp == NULL) {
        close(fd);
    }

    return fp;
}


/*
 * Reads a file. Sets len to its bytes, without a byte order mark at its start. Returns the bytes,
 * which the caller frees, or NULL with a fault.
 */
static char *
ggi_source_bytes(const char *file, size_t *len, ggi_fault_t *fault)
{
    char  *text;
    FILE  *fp;

    fp = ggi_source_open(file);
    if (fp == NULL) {
        ggi_fault(fault, "$", "%s", strerror(errno));
        return NULL;
    }

    text = ggi_source_content(fp, len, fault);
    fclose(fp);

    if (text && ggi_source_has_mark(text, *len)) {
        *len -= GGI_SOURCE_MARK_LEN;
        memmove(text, text + GGI_SOURCE_MARK_LEN, *len);
    }

    return text;
}


json_t *
ggi_source_read_by(const char *file, ggi_source_parse_pt parse, ggi_fault_t *fault)
{
    char    *text;
    size_t   len;
    json_t  *root;

    text = ggi_source_bytes(file, &len, fault);
    if (text == NULL) {
        return NULL;
    }

    root = parse(text, len, fault);
    free(text);

    return root;
}


json_t *
ggi_source_read(const char *file, ggi_fault_t *fault)
{
    return ggi_source_read_by(file, ggi_source_parse, fault);
}


int
ggi_source_is_text(json_t *value)
{
    size_t                i, len;
    const unsigned char  *p;

    if (!json_is_string(value)) {
        return 0;
    }

    len = json_string_length(value);
    p = (const unsigned char *) json_string_value(value);

    if (len == 0 || len > GGI_SOURCE_TEXT_MAX) {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (p[i] < 0x20 || p[i] == 0x7f) {
            return 0;
        }
    }

    return 1;
}


static int
ggi_source_expected(ggi_fault_t *fault, const char *where, const char *key,
    json_t *value, const char *what)
{
    char  path[GGI_SOURCE_WHERE_MAX];

    ggi_where(path, "%s.%s", where, key);

    return ggi_fault(fault, path, "%s, expected %s",
                     value ? "invalid" : "missing", what);
}


int
ggi_source_text(json_t *object, const char *where, const char *key,
    ggi_source_e required, ggi_str_t *out, ggi_fault_t *fault)
{
    json_t  *value;

    value = json_object_get(object, key);

    if (value == NULL && !required) {
        return 1;
    }

    if (!ggi_source_is_text(value)) {
        return ggi_source_expected(fault, where, key, value,
                                   "a string of 1 to 1024 bytes without "
                                   "control characters");
    }

    out->data = json_string_value(value);
    out->len = json_string_length(value);

    return 1;
}


int
ggi_source_time(json_t *object, const char *where, const char *key,
    ggi_source_e required, int64_t *out, ggi_fault_t *fault)
{
    json_t     *value;
    ggi_str_t   text;

    value = json_object_get(object, key);

    if (value == NULL && !required) {
        return 1;
    }

    if (json_is_string(value)) {
        text.data = json_string_value(value);
        text.len = json_string_length(value);

        if (ggi_time_read(text, out)) {
            return 1;
        }
    }

    return ggi_source_expected(fault, where, key, value,
                               "a date such as \"2026-01-01\" or a time such "
                               "as \"2026-01-01T12:00:00Z\"");
}


int
ggi_source_list(json_t *object, const char *where, const char *key,
    ggi_source_e required, json_t **out, ggi_fault_t *fault)
{
    char     place[GGI_SOURCE_WHERE_MAX];
    size_t   i;
    json_t  *list, *value;

    list = json_object_get(object, key);
    *out = list;

    if (list == NULL && !required) {
        return 1;
    }

    if (!json_is_array(list)) {
        *out = NULL;
        return ggi_source_expected(fault, where, key, list,
                                   "an array of strings");
    }

    json_array_foreach(list, i, value) {
        if (!ggi_source_is_text(value)) {
            ggi_where(place, "%s[%zu]", key, i);

            if (!ggi_source_expected(fault, where, place, value,
                                     "a string of 1 to 1024 bytes without "
                                     "control characters"))
            {
                *out = NULL;
                return 0;
            }
        }
    }

    return 1;
}


int
ggi_source_members(json_t *object, const char *where, const char *const *known,
    size_t n, ggi_fault_t *fault)
{
    char         place[GGI_SOURCE_WHERE_MAX];
    size_t       i;
    json_t      *value;
    const char  *key;

    if (fault->each == NULL && fault->warn == NULL) {
        return 1;
    }

    json_object_foreach(object, key, value) {
        for (i = 0; i < n && strcmp(key, known[i]) != 0; i++) {
            /* void */
        }

        if (i == n) {
            ggi_where(place, "%s.%.64s", where, key);

            if (fault->each) {
                ggi_fault(fault, place, "unknown member, remove it or correct its name");
            } else {
                ggi_fault_warn(fault, place, "unknown member, which is passed over");
            }
        }
    }

    return 1;
}


ggi_str_t
ggi_source_item(json_t *list, size_t i)
{
    json_t     *value;
    ggi_str_t   text;

    value = json_array_get(list, i);
    text.data = json_string_value(value);
    text.len = json_string_length(value);

    return text;
}
