/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <curl/curl.h>
#include <openssl/rand.h>

#include "ggi_points.h"
#include "ggi_stamp.h"
#include "ggictl_http.h"
#include "ggictl_out.h"
#include "ggictl_seal_source.h"
#include "ggictl_seal_stamp.h"

#define GGICTL_STAMP_HOUR   (3600 * 1000000000LL)       /* ns between two stamps */
#define GGICTL_STAMP_AGAIN  (60 * 1000000000LL)         /* ns after which it is tried again */
#define GGICTL_STAMP_MOST   5           /* seconds that an answer may take */
#define GGICTL_STAMP_MAX    (GGI_SEAL_STAMP_MAX / 4 * 3)        /* bytes of an answer */


int
ggictl_seal_stamp_start(ggictl_seal_stamp_t *stamp, const char *url, int64_t interval)
{
    memset(stamp, 0, sizeof(ggictl_seal_stamp_t));

    if (url == NULL) {
        return 1;
    }

    if (!ggi_points_url(url)) {
        (void) ggictl_fail("--witness: expected a URL of http:// or https:// without a user name, "
                           "and not \"%s\"", url);
        return 0;
    }

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        (void) ggictl_fail("libcurl cannot be used");
        return 0;
    }

    stamp->url = url;
    stamp->timeout = (interval / 2000 < GGICTL_STAMP_MOST) ? (long) (interval / 2000)
                     : GGICTL_STAMP_MOST;
    stamp->timeout += (stamp->timeout == 0);

    return 1;
}


/*
 * Asks the witness for a stamp of a hash, and reads the answer to data. Returns its length,
 * or 0 with what went wrong in why.
 */
static size_t
ggictl_seal_stamp_get(const ggictl_seal_stamp_t *stamp, const unsigned char *hash,
    unsigned char data[GGICTL_STAMP_MAX], char why[GGICTL_HTTP_WHY_MAX])
{
    ssize_t         n;
    int64_t         time;
    const char     *fault;
    unsigned char   request[GGI_STAMP_REQUEST], nonce[GGI_STAMP_NONCE];
    ggictl_http_t   http;

    static const volatile sig_atomic_t  go_on = 0;

    memset(&http, 0, sizeof(http));
    http.max = GGICTL_STAMP_MAX;
    http.timeout = stamp->timeout;
    http.stop = &go_on;
    http.remedy = "ask the witness why";
    http.post = request;
    http.post_type = "Content-Type: application/timestamp-query";
    http.post_len = (RAND_bytes(nonce, sizeof(nonce)) == 1)
                    ? ggi_stamp_request(request, hash, nonce) : 0;
    http.fd = memfd_create("ggictl", MFD_CLOEXEC);

    if (http.fd == -1 || http.post_len == 0) {
        snprintf(why, GGICTL_HTTP_WHY_MAX, "no memory, or OpenSSL cannot ask");
        n = 0;

    } else if (!ggictl_http_fetch(&http, stamp->url, why)) {
        n = 0;

    } else {
        n = pread(http.fd, data, GGICTL_STAMP_MAX, 0);
        fault = ggi_stamp_read(data, n > 0 ? (size_t) n : 0, hash, nonce, NULL, &time);

        if (fault) {
            snprintf(why, GGICTL_HTTP_WHY_MAX, "%s", fault);
            n = 0;
        }
    }

    if (http.fd != -1) {
        (void) close(http.fd);
    }

    return (n > 0) ? (size_t) n : 0;
}


void
ggictl_seal_stamp_ask(ggictl_seal_stamp_t *stamp, const ggi_seal_state_t *state)
{
    char           why[GGICTL_HTTP_WHY_MAX];
    size_t         len;
    int64_t        now;
    unsigned char  hash[GGI_SEAL_HASH], data[GGICTL_STAMP_MAX];

    now = ggictl_seal_now();

    if (stamp->url == NULL || now < stamp->next || state->note.len == 0
        || !ggi_seal_state_previous(state, hash))
    {
        return;
    }

    len = ggictl_seal_stamp_get(stamp, hash, data, why);

    if (len == 0) {
        (void) ggictl_fail("%s: no stamp: %s", stamp->url, why);
        stamp->next = now + GGICTL_STAMP_AGAIN;
        return;
    }

    ggi_seal_base64_write(stamp->text, data, len);
    stamp->seal = state->number - 1;
    stamp->next = now + GGICTL_STAMP_HOUR;
}


void
ggictl_seal_stamp_write(const ggictl_seal_stamp_t *stamp, ggi_seal_text_t *text)
{
    ggi_seal_line_t  line;

    if (stamp->text[0] == '\0') {
        return;
    }

    memset(&line, 0, sizeof(line));
    line.kind = GGI_SEAL_STAMP;
    line.to = stamp->seal;
    line.text.data = stamp->text;
    line.text.len = strlen(stamp->text);
    ggi_seal_line_write(text, &line);
}
