/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_target.h"


/* What the path written so far ends in: "/", "/.", "/..", or anything else. */
typedef enum {
    GGI_TARGET_USUAL = 0,
    GGI_TARGET_SLASH,
    GGI_TARGET_DOT,
    GGI_TARGET_DOT_DOT
} ggi_target_e;

typedef struct {
    char          *data;
    size_t         len;
    ggi_target_e   state;
} ggi_target_t;


static int
ggi_target_alpha(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}


/*
 * Removes "/.." from the end of the path and the segment before it. Returns 1, or 0
 * when there is no segment before it.
 */
static int
ggi_target_up(ggi_target_t *path)
{
    size_t  i;

    for (i = path->len - 3; i > 0; i--) {
        if (path->data[i - 1] == '/') {
            path->len = i;
            return 1;
        }
    }

    return 0;
}


/*
 * Ends the last segment of the path, and resolves it when it is "." or "..". Returns 1,
 * or 0 when it leads above the root.
 */
static int
ggi_target_segment(ggi_target_t *path)
{
    if (path->state == GGI_TARGET_DOT) {
        path->len--;
    }

    return path->state != GGI_TARGET_DOT_DOT || ggi_target_up(path);
}


/*
 * Appends a character, which was percent-encoded or not. Returns 1, or 0 when the path
 * leads above the root.
 */
static int
ggi_target_add(ggi_target_t *path, char ch)
{
    if (ch == '/') {
        if (!ggi_target_segment(path)) {
            return 0;
        }

        if (path->state == GGI_TARGET_USUAL) {
            path->data[path->len++] = '/';
        }

        path->state = GGI_TARGET_SLASH;
        return 1;
    }

    if (ch == '.' && path->state == GGI_TARGET_SLASH) {
        path->state = GGI_TARGET_DOT;

    } else if (ch == '.' && path->state == GGI_TARGET_DOT) {
        path->state = GGI_TARGET_DOT_DOT;

    } else {
        path->state = GGI_TARGET_USUAL;
    }

    path->data[path->len++] = ch;

    return 1;
}


/*
 * Appends the character whose two hexadecimal digits begin at p. Returns 1, or 0 when
 * they are no such digits or stand for NUL.
 */
static int
ggi_target_decode(ggi_target_t *path, const char *p, const char *end)
{
    int  high, low;

    if (end - p < 2) {
        return 0;
    }

    high = ggi_hex_value(p[0]);
    low = ggi_hex_value(p[1]);

    if (high == -1 || low == -1 || (high == 0 && low == 0)) {
        return 0;
    }

    return ggi_target_add(path, (char) (high << 4 | low));
}


/*
 * Returns 1 when nginx accepts a host in a request line, 0 otherwise. "[...]" is an
 * IPv6 address.
 */
static int
ggi_target_host(const char *p, const char *end)
{
    int          literal;
    const char  *start = p;

    literal = (p < end && *p == '[');

    if (p == end || (literal && (end - p < 2 || end[-1] != ']'))) {
        return 0;
    }

    for (p += literal, end -= literal; p < end; p++) {
        if (ggi_target_alpha(*p) || ggi_is_digit(*p) || *p == '-'
            || (literal && strchr("_~!$&'()*+,;=:", *p)))
        {
            continue;
        }

        if (*p != '.' || (p + 1 < end && p[1] == '.')) {
            return 0;
        }
    }

    return end - start > 1 || *start != '.';
}


/*
 * Finds the path in a target of absolute form, such as "http://host:80/path". Returns
 * its start, which is a "?" or end when the path is empty, or NULL when nginx does not
 * accept what stands before it.
 */
static const char *
ggi_target_absolute(const char *p, const char *end)
{
    const char  *host, *port;

    for ( ; p < end && *p != ':'; p++) {
        if (!ggi_target_alpha(*p) && !ggi_is_digit(*p) && strchr("+-.", *p) == NULL) {
            return NULL;
        }
    }

    if (end - p < 3 || p[1] != '/' || p[2] != '/') {
        return NULL;
    }

    host = p + 3;

    for (p = host; p < end && *p != '/' && *p != '?'; p++) {
        /* the host and its port */
    }

    for (port = p; port > host && ggi_is_digit(port[-1]); port--) {
        /* back over the digits of a port */
    }

    if (port > host && port[-1] == ':') {
        return ggi_target_host(host, port - 1) ? p : NULL;
    }

    return ggi_target_host(host, p) ? p : NULL;
}


int
ggi_target_path(ggi_str_t target, char *buf, ggi_str_t *path)
{
    const char    *p, *end;
    ggi_target_t   written;

    written.data = buf;
    written.len = 0;
    written.state = GGI_TARGET_USUAL;

    end = target.data + target.len;

    for (p = target.data; p < end; p++) {
        if ((unsigned char) *p <= ' ' || *p == 0x7f) {
            return 0;
        }
    }

    p = target.data;

    if (p < end && ggi_target_alpha(*p)) {
        p = ggi_target_absolute(p, end);

        if (p && (p == end || *p == '?')) {
            (void) ggi_target_add(&written, '/');
        }

    } else if (p == end || *p != '/') {
        return 0;
    }

    if (p == NULL) {
        return 0;
    }

    for ( ; p < end && *p != '?' && *p != '#'; p++) {
        if (*p == '%') {
            if (!ggi_target_decode(&written, p + 1, end)) {
                return 0;
            }

            p += 2;

        } else if (!ggi_target_add(&written, *p)) {
            return 0;
        }
    }

    if (!ggi_target_segment(&written)) {
        return 0;
    }

    path->data = buf;
    path->len = written.len;

    return 1;
}


int
ggi_target_method(ggi_str_t method)
{
    size_t  i;

    for (i = 0; i < method.len; i++) {
        if ((method.data[i] < 'A' || method.data[i] > 'Z') && method.data[i] != '_'
            && method.data[i] != '-')
        {
            return 0;
        }
    }

    return method.len > 0;
}
