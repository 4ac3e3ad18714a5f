/* SPDX-License-Identifier: EUPL-1.2 */

/* Shows a configuration without what is secret or personal in it. */

#include "ggi_bundle.h"

#include <stdio.h>

#include "ggi_bsn.h"
#include "ggi_json.h"

#define GGI_BUNDLE_MAX  4096            /* bytes of a text */


/* Directives whose arguments are shown, or with "*" at the end the beginnings of their names. */
static const char *const  ggi_bundle_shown[] = {
    "ggi_*", "ssl_*", "proxy_ssl_*", "limit_req*", "limit_conn*", "worker_*", "keepalive*",
    "listen", "user", "pid", "daemon", "load_module", "include", "error_log", "server_tokens",
    "http2", "multi_accept", "resolver", "set_real_ip_from", "real_ip_header",
    "client_max_body_size", "reset_timedout_connection", "events", "http", "server"
};

/* Directives of these that may have something of a person, or a secret. */
static const char *const  ggi_bundle_hidden[] = { "ggi_dienst_contact" };


/* Returns 1 when a name is in a list of n, 0 otherwise. */
static int
ggi_bundle_in(const char *const *list, size_t n, const char *name)
{
    size_t  i, len;

    for (i = 0; i < n; i++) {
        len = strlen(list[i]);

        if (list[i][len - 1] == '*' ? strncmp(list[i], name, len - 1) == 0
            : strcmp(list[i], name) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* Writes an argument without a secret to dst, of size bytes, where it is cut off. */
static void
ggi_bundle_argument(char *dst, size_t size, const char *word)
{
    const char  *at, *host, *secret;

    host = strstr(word, "://");
    at = strrchr(word, '@');
    secret = strstr(word, "password=");

    if (secret) {
        secret += sizeof("password=") - 1;
        snprintf(dst, size, " %.*s***", (int) (secret - word), word);

    } else if (host && at && at > host) {
        snprintf(dst, size, " %.*s***%s", (int) (host + 3 - word), word, at);

    } else if (strncmp(word, "data:", 5) == 0) {
        snprintf(dst, size, " data:***");

    } else {
        snprintf(dst, size, " %s", word);
    }
}


json_t *
ggi_bundle_text(const char *text)
{
    char       clean[GGI_BUNDLE_MAX * 6 + 3], masked[GGI_BUNDLE_MAX + GGI_BSN_SPELLING_MAX];
    char      *end;
    size_t     len;
    ggi_str_t  shown;

    len = ggi_utf8_cut(text, strlen(text), GGI_BUNDLE_MAX);
    shown.data = text;
    shown.len = len;
    shown = ggi_bsn_masked(masked, GGI_BUNDLE_MAX, shown);
    end = ggi_json_write_quoted(clean, clean + sizeof(clean), shown.data, shown.len);

    return json_loadb(clean, (size_t) (end - clean), JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}


/* Returns the text of a directive as a new string, or NULL without memory. */
static json_t *
ggi_bundle_directive(const ggi_conf_directive_t *d)
{
    char    text[GGI_BUNDLE_MAX];
    size_t  i, n;

    n = (size_t) snprintf(text, sizeof(text), "%.300s:%u: %.200s", d->file, d->line, d->words[0]);

    if (!ggi_bundle_in(ggi_bundle_shown, sizeof(ggi_bundle_shown) / sizeof(char *), d->words[0])
        || ggi_bundle_in(ggi_bundle_hidden, sizeof(ggi_bundle_hidden) / sizeof(char *),
                         d->words[0]))
    {
        snprintf(text + n, sizeof(text) - n, d->n > 1 ? " ..." : "");
        return ggi_bundle_text(text);
    }

    for (i = 1; i < d->n && n < sizeof(text) - 1; i++) {
        ggi_bundle_argument(text + n, sizeof(text) - n, d->words[i]);
        n += strlen(text + n);
    }

    return ggi_bundle_text(text);
}


json_t *
ggi_bundle_conf(const ggi_conf_t *conf)
{
    size_t   i;
    json_t  *list;

    list = json_array();

    for (i = 0; i < conf->n; i++) {
        json_array_append_new(list, ggi_bundle_directive(&conf->directives[i]));
    }

    return list;
}
