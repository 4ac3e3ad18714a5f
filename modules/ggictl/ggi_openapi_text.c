/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads URLs, path templates and references of an OpenAPI document. */

#include "ggi_openapi_text.h"

#include <stdlib.h>

#include "ggi_path.h"


const char *
ggi_openapi_url(char url[GGI_SOURCE_TEXT_MAX + 1], json_t *server)
{
    char         name[GGI_SOURCE_TEXT_MAX + 1];
    size_t       n, len;
    json_t      *variable;
    const char  *p, *end, *value;

    p = json_string_value(json_object_get(server, "url"));

    if (p == NULL || strlen(p) > GGI_SOURCE_TEXT_MAX) {
        return "missing or too long, expected a URL of at most 1024 bytes";
    }

    for (n = 0; *p; n += len) {
        value = p;
        len = 1;
        end = p + 1;

        if (*p == '{') {
            end = strchr(p, '}');

            if (end == NULL) {
                return "has \"{\" without \"}\"";
            }

            memcpy(name, p + 1, (size_t) (end - p - 1));
            name[end - p - 1] = '\0';
            variable = json_object_get(json_object_get(server, "variables"), name);
            value = json_string_value(json_object_get(variable, "default"));

            if (value == NULL) {
                return "has a variable for which \"variables\" has no default";
            }

            len = strlen(value);
            end++;
        }

        if (n + len > GGI_SOURCE_TEXT_MAX) {
            return "too long with its variables, expected at most 1024 bytes";
        }

        memcpy(url + n, value, len);
        p = end;
    }

    url[n] = '\0';

    return NULL;
}


/* Returns 1 for a byte that a path may have where there is no template. */
static int
ggi_openapi_char(char ch)
{
    return ggi_is_digit(ch) || (ggi_lower(ch) >= 'a' && ggi_lower(ch) <= 'z')
           || (ch && strchr("-._~!$&'()+,;=:@", ch));
}


/*
 * Reads a segment of a path. Sets *templates to how many templates it has, and *rest to how many
 * bytes stand outside of them. Returns 1, or 0 with the place of the first byte that may not be
 * there in *wrong.
 */
static int
ggi_openapi_segment(ggi_str_t segment, size_t *templates, size_t *rest, size_t *wrong)
{
    int     inside;
    char    ch;
    size_t  i, start;

    *templates = 0;
    *rest = 0;
    inside = 0;
    start = 0;

    for (i = 0; i < segment.len; i++) {
        ch = segment.data[i];
        *wrong = i;

        if (inside && ch == '}') {
            if (i == start) {
                return 0;
            }

            inside = 0;
            (*templates)++;

        } else if (!inside && ch == '{') {
            inside = 1;
            start = i + 1;

        } else if (!ggi_openapi_char(ch)) {
            return 0;

        } else {
            *rest += !inside;
        }
    }

    return !inside;
}


/*
 * Adds a segment, with the "/" before it, to pad, which has *len bytes. Returns 1, or what
 * ggi_fault() returns.
 */
static int
ggi_openapi_append(char *pad, size_t *len, ggi_str_t segment, const char *where,
    ggi_fault_t *fault)
{
    size_t  templates, rest, wrong;

    if (!ggi_openapi_segment(segment, &templates, &rest, &wrong)) {
        return ggi_fault(fault, where, "\"%.*s\" cannot be in a path here: expected segments of "
                         "letters, digits and -._~!$&'()+,;=:@, or with a template such as "
                         "\"{id}\"; leave the path out, and add it to the profile by hand",
                         (int) (segment.len - wrong), segment.data + wrong);
    }

    if (templates && rest) {
        ggi_fault_warn(fault, where, "a part of the segment \"%.*s\" is a template: \"*\" stands "
                       "for any segment", (int) segment.len, segment.data);
    }

    if (*len + 1 + segment.len > GGI_SOURCE_TEXT_MAX) {
        return ggi_fault(fault, where, "too long, expected at most %d bytes",
                         GGI_SOURCE_TEXT_MAX);
    }

    pad[(*len)++] = '/';

    if (templates) {
        pad[(*len)++] = '*';

    } else {
        memcpy(pad + *len, segment.data, segment.len);
        *len += segment.len;
    }

    return 1;
}


int
ggi_openapi_path(char pad[GGI_SOURCE_TEXT_MAX + 1], const char *base, ggi_str_t template,
    const char *where, ggi_fault_t *fault)
{
    size_t     len, n;
    ggi_str_t  rest, segment, path;

    len = strlen(base);
    memcpy(pad, base, len + 1);

    if (template.len && template.data[0] != '/') {
        return ggi_fault(fault, where, "invalid, expected a path that begins with \"/\"");
    }

    for (rest = template; rest.len; rest.data += n, rest.len -= n) {
        segment.data = rest.data + 1;

        for (n = 1; n < rest.len && rest.data[n] != '/'; n++) { }

        segment.len = n - 1;

        if (!ggi_openapi_append(pad, &len, segment, where, fault)) {
            pad[len] = '\0';
            return 0;
        }
    }

    pad[len] = '\0';
    path.data = pad;
    path.len = len;

    if (len && !ggi_path_plain(path)) {
        return ggi_fault(fault, where, "invalid, expected a path without empty or dot segments");
    }

    return 1;
}


/*
 * Writes the next token of a pointer, up to "/" or the end, to token, decoded and terminated.
 * Returns the position behind it, or NULL when it is too long.
 */
static const char *
ggi_openapi_token(const char *p, char token[GGI_SOURCE_TEXT_MAX + 1])
{
    int     high, low;
    size_t  n;

    for (n = 0; *p && *p != '/'; p++, n++) {
        if (n == GGI_SOURCE_TEXT_MAX) {
            return NULL;
        }

        token[n] = *p;

        if (*p == '%') {
            high = ggi_hex_value(p[1]);
            low = (high >= 0) ? ggi_hex_value(p[2]) : -1;

            if (low >= 0) {
                token[n] = (char) (high << 4 | low);
                p += 2;
            }

        } else if (*p == '~' && (p[1] == '0' || p[1] == '1')) {
            token[n] = (p[1] == '0') ? '~' : '/';
            p++;
        }
    }

    token[n] = '\0';

    return p;
}


json_t *
ggi_openapi_pointer(json_t *document, const char *pointer)
{
    char     *end, token[GGI_SOURCE_TEXT_MAX + 1];
    size_t    i;
    json_t   *value;

    for (value = document; value && *pointer; /* void */) {
        if (*pointer != '/') {
            return NULL;
        }

        pointer = ggi_openapi_token(pointer + 1, token);

        if (pointer == NULL) {
            return NULL;
        }

        if (json_is_array(value)) {
            i = strtoul(token, &end, 10);
            value = (token[0] && *end == '\0') ? json_array_get(value, i) : NULL;

        } else {
            value = json_object_get(value, token);
        }
    }

    return value;
}
