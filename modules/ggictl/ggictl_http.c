/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>

#include "ggi_version.h"
#include "ggictl_http.h"
#include "ggictl_out.h"

#define GGICTL_HTTP_CONNECT    15       /* seconds until a connection has to stand */
#define GGICTL_HTTP_IDLE       30       /* seconds without a byte a second that end it */
#define GGICTL_HTTP_REDIRECTS  5
#define GGICTL_HTTP_HEADS      (256 * 1024)     /* bytes of all heads and trailers */


/* A download that goes on. */
typedef struct {
    const ggictl_http_t  *http;
    size_t                size;         /* bytes that have been written */
    size_t                heads;        /* bytes of heads and trailers that have come */
    int                   too_large;
    int                   error;        /* errno of a write that failed; 0: none */
    char                  said[CURL_ERROR_SIZE];        /* libcurl's own text of an error */
    struct curl_slist    *headers;
} ggictl_http_body_t;


/* Writes a part of the body. libcurl ends the download when less than all is returned. */
static size_t
ggictl_http_write(char *data, size_t size, size_t n, void *context)
{
    ggictl_http_body_t  *body = context;

    n *= size;

    if (n > body->http->max - body->size) {
        body->too_large = 1;
        return CURL_WRITEFUNC_ERROR;
    }

    if (!ggictl_write(body->http->fd, data, n)) {
        body->error = errno;
        return CURL_WRITEFUNC_ERROR;
    }

    body->size += n;

    return n;
}


/*
 * Counts a line of a head, or of the trailers behind a body. libcurl keeps them all in
 * memory, trailers without a limit of its own, and ends the download when less than all
 * is returned.
 */
static size_t
ggictl_http_head(const char *data, size_t size, size_t n, void *context)
{
    ggictl_http_body_t  *body = context;

    (void) data;

    n *= size;
    body->heads += n;

    return (body->heads > GGICTL_HTTP_HEADS) ? CURL_WRITEFUNC_ERROR : n;
}


/* Ends the download when it is to stop. libcurl calls this at least once a second. */
static int
ggictl_http_progress(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total,
    curl_off_t up_now)
{
    const ggictl_http_body_t  *body = context;

    (void) total;
    (void) now;
    (void) up_total;
    (void) up_now;

    return *body->http->stop != 0;
}


/* Sets the options of a request by POST. Returns CURLE_OK, or the first error. */
static CURLcode
ggictl_http_post(CURL *curl, ggictl_http_body_t *body)
{
    CURLcode  rc;

    body->headers = curl_slist_append(NULL, body->http->post_type);
    rc = body->headers ? curl_easy_setopt(curl, CURLOPT_HTTPHEADER, body->headers)
         : CURLE_OUT_OF_MEMORY;

    if (rc == CURLE_OK) {
        rc = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                              (curl_off_t) body->http->post_len);
    }

    return (rc == CURLE_OK) ? curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->http->post) : rc;
}


/* Sets all options of a download. Returns CURLE_OK, or the first error. */
static CURLcode
ggictl_http_options(CURL *curl, ggictl_http_body_t *body, const char *url)
{
    size_t    i;
    CURLcode  rc;

    const struct {
        CURLoption  option;
        long        value;
    } numbers[] = {
        { CURLOPT_NOSIGNAL, 1 },
        { CURLOPT_QUICK_EXIT, 1 },      /* it does not wait for a DNS server at the end */
        { CURLOPT_NOPROGRESS, 0 },
        { CURLOPT_FOLLOWLOCATION, 1 },
        { CURLOPT_MAXREDIRS, GGICTL_HTTP_REDIRECTS },
        { CURLOPT_POSTREDIR, CURL_REDIR_POST_ALL },     /* by 301 to 303 a GET would follow */
        { CURLOPT_DISALLOW_USERNAME_IN_URL, 1 },
        { CURLOPT_CONNECTTIMEOUT, GGICTL_HTTP_CONNECT },
        { CURLOPT_TIMEOUT, body->http->timeout },
        { CURLOPT_LOW_SPEED_LIMIT, 1 },
        { CURLOPT_LOW_SPEED_TIME, GGICTL_HTTP_IDLE },
        { CURLOPT_NETRC, CURL_NETRC_IGNORED },
    };
    const struct {
        CURLoption   option;
        const void  *value;
    } pointers[] = {
        { CURLOPT_URL, url },
        { CURLOPT_PROTOCOLS_STR, "http,https" },
        { CURLOPT_REDIR_PROTOCOLS_STR, "http,https" },
        { CURLOPT_USERAGENT, "ggictl/" GGI_VERSION },
        { CURLOPT_ERRORBUFFER, body->said },
        { CURLOPT_WRITEDATA, body },
        { CURLOPT_HEADERDATA, body },
        { CURLOPT_XFERINFODATA, body },
    };

    rc = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ggictl_http_write);

    if (rc == CURLE_OK) {
        rc = curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, ggictl_http_head);
    }

    if (rc == CURLE_OK) {
        rc = curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ggictl_http_progress);
    }

    if (rc == CURLE_OK) {
        rc = curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t) body->http->max);
    }

    if (rc == CURLE_OK && body->http->post) {
        rc = ggictl_http_post(curl, body);

    } else if (rc == CURLE_OK && body->http->accept) {
        body->headers = curl_slist_append(NULL, body->http->accept);
        rc = curl_easy_setopt(curl, CURLOPT_HTTPHEADER, body->headers);
    }

    for (i = 0; rc == CURLE_OK && i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        rc = curl_easy_setopt(curl, numbers[i].option, numbers[i].value);
    }

    for (i = 0; rc == CURLE_OK && i < sizeof(pointers) / sizeof(pointers[0]); i++) {
        rc = curl_easy_setopt(curl, pointers[i].option, pointers[i].value);
    }

    return rc;
}


/* Returns 1 when an answer came that cannot be read, so that the URL can be reached, else 0. */
static int
ggictl_http_unreadable(CURLcode rc, long status)
{
    return rc == CURLE_WEIRD_SERVER_REPLY || rc == CURLE_URL_MALFORMAT
           || (rc == CURLE_RECV_ERROR && status != 0);
}


/* Writes what went wrong with a download, and what may be done about it. */
static void
ggictl_http_why(const ggictl_http_body_t *body, CURLcode rc, long status,
    char why[GGICTL_HTTP_WHY_MAX])
{
    size_t              i;
    static const char  *reach = "look whether this host may reach the URL (DNS, firewall, "
                                "http_proxy)";

    if (*body->http->stop) {
        snprintf(why, GGICTL_HTTP_WHY_MAX, "interrupted by a signal");

    } else if (body->error) {
        snprintf(why, GGICTL_HTTP_WHY_MAX, "the answer cannot be written: %s",
                 strerror(body->error));

    } else if (body->too_large || rc == CURLE_FILESIZE_EXCEEDED) {
        snprintf(why, GGICTL_HTTP_WHY_MAX, "the answer has more than %zu bytes", body->http->max);

    } else if (body->heads > GGICTL_HTTP_HEADS) {
        snprintf(why, GGICTL_HTTP_WHY_MAX, "the heads of the answer have more than %d bytes",
                 GGICTL_HTTP_HEADS);

    } else if (rc == CURLE_OUT_OF_MEMORY) {
        snprintf(why, GGICTL_HTTP_WHY_MAX, "no memory, or too long a line in the answer's head");

    } else if (rc == CURLE_TOO_MANY_REDIRECTS) {
        snprintf(why, GGICTL_HTTP_WHY_MAX, "there are more than %d redirects",
                 GGICTL_HTTP_REDIRECTS);

    } else if (rc == CURLE_LOGIN_DENIED) {
        snprintf(why, GGICTL_HTTP_WHY_MAX, "redirects to a URL with a user name are not followed");

    } else if (rc == CURLE_UNSUPPORTED_PROTOCOL && status == 0) {
        snprintf(why, GGICTL_HTTP_WHY_MAX, "the answer is not one of HTTP/1.0 or later");

    } else if (rc == CURLE_UNSUPPORTED_PROTOCOL) {
        snprintf(why, GGICTL_HTTP_WHY_MAX,
                 "redirects to a scheme other than http and https are not followed");

    } else if (rc == CURLE_PARTIAL_FILE) {
        snprintf(why, GGICTL_HTTP_WHY_MAX, "the answer breaks off");

    } else if (rc == CURLE_OPERATION_TIMEDOUT) {
        snprintf(why, GGICTL_HTTP_WHY_MAX, "there was no whole answer in time (%.100s); %s",
                 body->said, reach);

    } else if (ggictl_http_unreadable(rc, status)) {
        snprintf(why, GGICTL_HTTP_WHY_MAX,
                 "%.200s; a proxy or a portal may have answered in the place of the server",
                 body->said);

    } else if (rc != CURLE_OK) {
        snprintf(why, GGICTL_HTTP_WHY_MAX, "%.200s; %s",
                 body->said[0] ? body->said : curl_easy_strerror(rc), reach);

    } else {
        snprintf(why, GGICTL_HTTP_WHY_MAX,
                 "the server answered with the HTTP status %ld; %s", status,
                 body->http->remedy);
    }

    /* the server may have a say in libcurl's texts */

    for (i = 0; why[i]; i++) {
        if (why[i] < ' ' || why[i] > '~') {
            why[i] = '?';
        }
    }
}


int
ggictl_http_fetch(const ggictl_http_t *http, const char *url, char why[GGICTL_HTTP_WHY_MAX])
{
    CURL                *curl;
    long                 status;
    CURLcode             rc;
    ggictl_http_body_t   body;

    memset(&body, 0, sizeof(ggictl_http_body_t));
    body.http = http;
    status = 0;

    if (ftruncate(http->fd, 0) != 0 || lseek(http->fd, 0, SEEK_SET) != 0) {
        snprintf(why, GGICTL_HTTP_WHY_MAX, "the answer cannot be written: %s", strerror(errno));
        return 0;
    }

    curl = curl_easy_init();
    rc = curl ? ggictl_http_options(curl, &body, url) : CURLE_OUT_OF_MEMORY;

    if (rc == CURLE_OK) {
        rc = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }

    curl_easy_cleanup(curl);
    curl_slist_free_all(body.headers);

    if (rc == CURLE_OK && status == 200) {
        return 1;
    }

    ggictl_http_why(&body, rc, status, why);

    return 0;
}
