/* SPDX-License-Identifier: EUPL-1.2 */

/* Shows a configuration without what is secret or personal in it. */

#include "ggi_bundle.h"

#include <stdio.h>
#include <stdlib.h>

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

/* The blocks that have directives; what is in others, such as "map", is data. "": around all. */
static const char *const  ggi_bundle_blocks[] = {
    "", "events", "http", "server", "location", "upstream", "if", "limit_except", "mail", "stream"
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

        if (len && list[i][len - 1] == '*' ? strncmp(list[i], name, len - 1) == 0
            : strcmp(list[i], name) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* Returns 1 when the len bytes of a parameter's name tell of a secret, 0 otherwise. */
static int
ggi_bundle_secret(const char *name, size_t len)
{
    size_t     i, at;
    ggi_str_t  rest;

    static const char *const  parts[] = { "pass", "secret", "token", "auth", "pin", "cred",
                                          "pwd", "apikey", "api_key", "api-key" };

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        for (at = 0; at < len; at++) {
            rest.data = name + at;
            rest.len = len - at;

            if (ggi_str_skip_same(&rest, parts[i])) {
                return 1;
            }
        }
    }

    return 0;
}


/*
 * Returns the value of the first parameter of a text, as in "name=value", that may be a secret, or
 * NULL when there is none.
 */
static const char *
ggi_bundle_parameter(const char *text)
{
    const char  *value, *name;

    for (value = strchr(text, '='); value; value = strchr(value + 1, '=')) {
        for (name = value; name > text && !strchr("?&;/:=", name[-1]); name--) { }

        if (ggi_bundle_secret(name, (size_t) (value - name))) {
            return value + 1;
        }
    }

    return NULL;
}


/* Writes an argument without a secret to dst, of size bytes, where it is cut off. */
static void
ggi_bundle_argument(char *dst, size_t size, const char *word)
{
    size_t       i, n;
    const char  *at, *host, *value;

    /* data itself, and keys of modules of OpenSSL, whose URI may have a PIN */
    static const char *const  kinds[] = { "data:", "engine:", "store:" };

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        n = strlen(kinds[i]);

        if (strncmp(word, kinds[i], n) == 0) {
            snprintf(dst, size, " %s***", kinds[i]);
            return;
        }
    }

    host = strstr(word, "://");
    host = host ? host + 3 : word;
    at = strrchr(host, '@');

    value = ggi_bundle_parameter(word);

    if (at && value && at > value) {    /* which of the two ends in the other is not known */
        snprintf(dst, size, " %.*s***", (int) (host - word), word);
        return;
    }

    if (at) {
        n = (size_t) snprintf(dst, size, " %.*s***", (int) (host - word), word);
        dst += n < size ? n : size - 1;
        size -= n < size ? n : size - 1;
        word = at;

    } else {
        *dst++ = ' ';
        size--;
    }

    if (value) {
        snprintf(dst, size, "%.*s***", (int) (value - word), word);

    } else {
        snprintf(dst, size, "%s", word);
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


/*
 * Returns the text of a directive as a new string, or NULL without memory. data is 1 when it may be
 * data instead of a directive.
 */
static json_t *
ggi_bundle_directive(const ggi_conf_directive_t *d, int data)
{
    char    text[GGI_BUNDLE_MAX];
    size_t  i, n;

    n = (size_t) snprintf(text, sizeof(text), "%.300s:%u: %.200s", d->file, d->line,
                          data ? "..." : d->words[0]);

    if (data) {
        return ggi_bundle_text(text);
    }

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


/*
 * Returns a new array with an entry for each directive: 1 when all blocks that it stands in have
 * directives, 0 when one has data, or it stands in none. The caller frees it. Returns NULL without
 * memory.
 */
static unsigned char *
ggi_bundle_settings(const ggi_conf_t *conf, const ggi_conf_tree_t *tree)
{
    size_t                       i, node, parent, count;
    unsigned char               *settings, *data;
    const ggi_conf_directive_t  *around;

    settings = calloc(conf->n + 1, 2);

    if (settings == NULL) {
        return NULL;
    }

    data = settings + conf->n;
    count = sizeof(ggi_bundle_blocks) / sizeof(char *);

    for (node = 1; node < tree->n; node++) {
        i = (size_t) (tree->nodes[node].directive - conf->directives);
        settings[i] = 1;
        parent = tree->nodes[node].parent;
        around = tree->nodes[parent].directive;
        data[i] |= !ggi_bundle_in(ggi_bundle_blocks, count, ggi_conf_name(tree, parent))
                   || (around && data[around - conf->directives]);
    }

    for (i = 0; i < conf->n; i++) {
        settings[i] &= !data[i];
    }

    return settings;
}


json_t *
ggi_bundle_conf(const ggi_conf_t *conf, const ggi_conf_tree_t *tree)
{
    size_t          i;
    json_t         *list;
    unsigned char  *settings;

    list = json_array();
    settings = ggi_bundle_settings(conf, tree);

    for (i = 0; settings && i < conf->n; i++) {
        json_array_append_new(list, ggi_bundle_directive(&conf->directives[i], !settings[i]));
    }

    if (settings == NULL) {
        json_decref(list);
        list = NULL;
    }

    free(settings);

    return list;
}


/* Returns a new copy of a value, its texts masked and cut off; NULL without memory. */
static json_t *
ggi_bundle_masked(json_t *value)
{
    size_t       i;
    json_t      *copy, *member;
    const char  *key;

    if (json_is_string(value)) {
        return ggi_bundle_text(json_string_value(value));
    }

    if (json_is_array(value)) {
        copy = json_array();

        json_array_foreach(value, i, member) {
            json_array_append_new(copy, ggi_bundle_masked(member));
        }

        return copy;
    }

    if (json_is_object(value)) {
        copy = json_object();

        json_object_foreach(value, key, member) {
            json_object_set_new(copy, key, ggi_bundle_masked(member));
        }

        return copy;
    }

    return json_deep_copy(value);
}


json_t *
ggi_bundle_status(json_t *status)
{
    json_t      *copy, *member;
    const char  *key;

    if (!json_is_object(status)) {
        return NULL;
    }

    copy = json_object();

    json_object_foreach(status, key, member) {
        if (strcmp(key, "time") == 0 || strncmp(key, "ggi_", 4) == 0) {
            json_object_set_new(copy, key, ggi_bundle_masked(member));
        }
    }

    return copy;
}
