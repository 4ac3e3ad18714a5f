/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ocsp_http.h"

#include <stdio.h>

#define GGI_OCSP_STATUS_LINE  12        /* bytes of "HTTP/1.x 200" */


/* What is read of the header of an answer. */
typedef struct {
    size_t  len;                        /* of the header, its empty line included; 0: not whole */
    size_t  body;                       /* Content-Length */
    int     has_length;
    int     faulty;                     /* 1: nobody can tell where the body ends */
} ggi_ocsp_header_t;


/* Returns 1 when a text has nothing but visible characters of ASCII, 0 otherwise. */
static int
ggi_ocsp_http_visible(ggi_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] <= ' ' || text.data[i] > '~') {
            return 0;
        }
    }

    return 1;
}


size_t
ggi_ocsp_http_head(char *buf, ggi_str_t host, unsigned port, ggi_str_t uri, size_t len)
{
    int   n;
    char  colon[16] = "";

    if (host.len == 0 || host.len + uri.len > GGI_OCSP_URL_MAX || !ggi_ocsp_http_visible(host)
        || !ggi_ocsp_http_visible(uri))
    {
        return 0;
    }

    if (port != 80) {
        snprintf(colon, sizeof(colon), ":%u", port);
    }

    n = snprintf(buf, GGI_OCSP_HEAD_MAX,
                 "POST %s%.*s HTTP/1.0\r\nHost: %.*s%s\r\n"
                 "Content-Type: application/ocsp-request\r\nContent-Length: %zu\r\n"
                 "Accept: application/ocsp-response\r\nConnection: close\r\n\r\n",
                 (uri.len && uri.data[0] == '/') ? "" : "/", (int) uri.len,
                 uri.len ? uri.data : "", (int) host.len, host.data, colon, len);

    return n > 0 ? (size_t) n : 0;
}


/* Reads the number of a Content-Length. A second one has to be the same. */
static void
ggi_ocsp_http_length(ggi_ocsp_header_t *header, ggi_str_t value)
{
    size_t  i, n;

    for (i = 0, n = 0; i < value.len && n <= GGI_OCSP_ANSWER_MAX; i++) {

        if (!ggi_is_digit(value.data[i])) {
            header->faulty = 1;
            return;
        }

        n = n * 10 + (size_t) (value.data[i] - '0');
    }

    if (value.len == 0 || (header->has_length && n != header->body)) {
        header->faulty = 1;
    }

    header->has_length = 1;
    header->body = n;
}


/* Reads a line of a header, without its end. */
static void
ggi_ocsp_http_line(ggi_ocsp_header_t *header, ggi_str_t line)
{
    const char  *colon;
    ggi_str_t    name, value;

    static const ggi_str_t  length = ggi_str("Content-Length");
    static const ggi_str_t  coding = ggi_str("Transfer-Encoding");

    colon = memchr(line.data, ':', line.len);

    if (colon == NULL) {
        return;
    }

    name.data = line.data;
    name.len = (size_t) (colon - line.data);
    value.data = colon + 1;
    value.len = line.len - name.len - 1;
    value = ggi_str_trim(value);

    if (ggi_str_same(name, length)) {
        ggi_ocsp_http_length(header, value);

    } else if (ggi_str_same(name, coding)) {
        header->faulty = 1;
    }
}


/* Reads the header of an answer, as far as it has come. */
static void
ggi_ocsp_http_header(ggi_ocsp_header_t *header, ggi_str_t answer)
{
    size_t       at;
    ggi_str_t    line;
    const char  *end;

    memset(header, 0, sizeof(ggi_ocsp_header_t));

    for (at = 0; at < answer.len; at += (size_t) (end - line.data) + 1) {

        line.data = answer.data + at;
        end = memchr(line.data, '\n', answer.len - at);

        if (end == NULL) {
            return;
        }

        line.len = (size_t) (end - line.data);

        if (line.len && line.data[line.len - 1] == '\r') {
            line.len--;
        }

        if (line.len == 0) {
            header->len = (size_t) (end + 1 - answer.data);
            return;
        }

        if (at) {
            ggi_ocsp_http_line(header, line);
        }
    }
}


/* Returns the status, 0 when its three digits have not come, or -1 when that is no HTTP. */
static int
ggi_ocsp_http_status(ggi_str_t answer)
{
    size_t             i;
    static const char  form[] = "HTTP/1.# ###";     /* # is a digit */

    for (i = 0; i < answer.len && i < GGI_OCSP_STATUS_LINE; i++) {

        if (form[i] == '#' ? !ggi_is_digit(answer.data[i]) : answer.data[i] != form[i]) {
            return -1;
        }
    }

    return (i < GGI_OCSP_STATUS_LINE) ? 0
           : (answer.data[9] - '0') * 100 + (answer.data[10] - '0') * 10 + (answer.data[11] - '0');
}


ggi_ocsp_http_e
ggi_ocsp_http_read(ggi_str_t answer, int end, ggi_str_t *body, char why[GGI_OCSP_WHY_MAX])
{
    int                status;
    ggi_ocsp_header_t  header;

    status = ggi_ocsp_http_status(answer);

    if (status == -1) {
        snprintf(why, GGI_OCSP_WHY_MAX, "does not speak HTTP");
        return GGI_OCSP_HTTP_FAULTY;
    }

    if (answer.len >= GGI_OCSP_STATUS_LINE && status != 200) {
        snprintf(why, GGI_OCSP_WHY_MAX, "answered with the HTTP status %d", status);
        return GGI_OCSP_HTTP_FAULTY;
    }

    ggi_ocsp_http_header(&header, answer);

    if (header.faulty) {
        snprintf(why, GGI_OCSP_WHY_MAX, "sent an answer of which the length is not clear");
        return GGI_OCSP_HTTP_FAULTY;
    }

    if (header.has_length && header.body > GGI_OCSP_ANSWER_MAX - header.len) {
        snprintf(why, GGI_OCSP_WHY_MAX, "sent too large an answer");
        return GGI_OCSP_HTTP_FAULTY;
    }

    body->data = answer.data + header.len;
    body->len = answer.len - header.len;

    if (header.len && header.has_length && body->len >= header.body) {
        body->len = header.body;
        return GGI_OCSP_HTTP_WHOLE;
    }

    if (header.len && !header.has_length && end) {
        return GGI_OCSP_HTTP_WHOLE;
    }

    if (end || answer.len >= GGI_OCSP_ANSWER_MAX) {
        snprintf(why, GGI_OCSP_WHY_MAX, "%s",
                 end ? "closed the connection before its answer was whole"
                     : "sent too large an answer");
        return GGI_OCSP_HTTP_FAULTY;
    }

    return GGI_OCSP_HTTP_MORE;
}
