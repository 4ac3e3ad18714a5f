/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* vasprintf() */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ggi_append.h"
#include "ggi_json.h"
#include "ggi_source.h"
#include "ggictl_out.h"


int
ggictl_streams_keep(void)
{
    int  fd;

    for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1
            && open("/dev/null", (fd == STDIN_FILENO) ? O_WRONLY : O_RDONLY) != fd)
        {
            return 0;
        }
    }

    return 1;
}


int
ggictl_fail(const char *format, ...)
{
    int       n;
    char     *text;
    va_list   args;

    va_start(args, format);
    n = vasprintf(&text, format, args);
    va_end(args);

    if (n == -1) {
        fputs("ggictl: no memory for a message\n", stderr);
        return GGICTL_ERROR;
    }

    ggi_one_line(text);
    fprintf(stderr, "ggictl: %s\n", text);
    free(text);

    return GGICTL_ERROR;
}


/* Returns the code point of a character of 1 to 3 bytes. */
static unsigned
ggictl_code(const unsigned char *p, size_t n)
{
    switch (n) {
    case 1:
        return p[0];
    case 2:
        return (p[0] & 0x1fU) << 6 | (p[1] & 0x3fU);
    default:
        return (p[0] & 0xfU) << 12 | (p[1] & 0x3fU) << 6 | (p[2] & 0x3fU);
    }
}


/*
 * Writes text, with a question mark for each byte of what ggi_utf8_shown() does not show, but for
 * line feeds and tabs; or, when escape is set, with the escape in JSON of each such character.
 */
static void
ggictl_write_shown(FILE *out, const char *text, size_t len, int escape)
{
    size_t                i, n;
    const unsigned char  *p = (const unsigned char *) text;

    for (i = 0; i < len; i += n) {
        n = (p[i] == '\n' || p[i] == '\t') ? 1 : ggi_utf8_shown(p + i, len - i);

        if (n) {
            fwrite(p + i, 1, n, out);
            continue;
        }

        n = escape ? ggi_utf8_char(p + i, len - i) : 0;

        if (n) {
            fprintf(out, "\\u%04x", ggictl_code(p + i, n));

        } else {
            fputc('?', out);
            n = 1;
        }
    }
}


void
ggictl_say(const json_t *result, const char *format, ...)
{
    int       n;
    char     *text;
    va_list   args;

    if (result) {
        return;
    }

    va_start(args, format);
    n = vasprintf(&text, format, args);
    va_end(args);

    if (n == -1) {
        fputs("ggictl: no memory for a line\n", stderr);
        return;
    }

    ggictl_write_shown(stdout, text, (size_t) n, 0);
    free(text);
}


json_t *
ggictl_json_str(const char *data, size_t len)
{
    char    *text, *p;
    size_t   i, n;
    json_t  *json;

    text = malloc(3 * len + 1);         /* one byte can become U+FFFD, which has three */
    if (text == NULL) {
        return NULL;
    }

    p = text;

    for (i = 0; i < len; i += n ? n : 1) {
        n = ggi_utf8_char((const unsigned char *) data + i, len - i);
        memcpy(p, n ? data + i : "\xef\xbf\xbd", n ? n : 3);
        p += n ? n : 3;
    }

    json = json_stringn(text, (size_t) (p - text));
    free(text);

    return json;
}


json_t *
ggictl_json_cstr(const char *text)
{
    return text ? ggictl_json_str(text, strlen(text)) : json_null();
}


void
ggictl_json_text(FILE *out, const char *text, size_t len)
{
    if (isatty(fileno(out))) {
        ggictl_write_shown(out, text, len, 1);

    } else {
        fwrite(text, 1, len, out);
    }
}


void
ggictl_json_write(FILE *out, const json_t *json, size_t flags)
{
    char  *text;

    if (!isatty(fileno(out))) {
        json_dumpf(json, out, flags);
        return;
    }

    text = json_dumps(json, flags);

    if (text == NULL) {
        fputs("ggictl: no memory for JSON\n", stderr);
        return;
    }

    ggictl_write_shown(out, text, strlen(text), 1);
    free(text);
}


int
ggictl_end(const json_t *result, int rc)
{
    if (result) {
        ggictl_json_write(stdout, result, JSON_INDENT(2));
        putchar('\n');
    }

    if (fflush(stdout) != 0 || ferror(stdout)) {
        return ggictl_fail("standard output could not be written");
    }

    return rc;
}


const char *
ggictl_plural(size_t n)
{
    return (n == 1) ? "" : "s";
}


int
ggictl_write(int fd, const void *data, size_t n)
{
    size_t  written;

    errno = ggi_append_bytes(fd, data, n, &written);

    return errno == 0;
}


uint64_t
ggictl_now(void)
{
    struct timespec  now;

    (void) clock_gettime(CLOCK_REALTIME, &now);

    return (uint64_t) now.tv_sec * 1000 + (uint64_t) now.tv_nsec / 1000000;
}
