/* SPDX-License-Identifier: EUPL-1.2 */

/* Compares addresses of a configuration of nginx, as texts: no name is resolved. */

#include "ggi_doctor_target.h"

#include <stdio.h>

#define GGI_DOCTOR_WORD  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"


/* Returns what stands in a URL behind its scheme. */
static const char *
ggi_doctor_host(const char *url)
{
    const char  *host;

    host = strstr(url, "://");

    return host ? host + 3 : url;
}


/* Returns how many bytes a host has, with its port: what stands before a path or its variable. */
static size_t
ggi_doctor_host_len(const char *host)
{
    return host[0] ? 1 + strcspn(host + 1, "/?$") : 0;
}


void
ggi_doctor_target(char address[GGI_DOCTOR_TARGET_MAX], const char *url)
{
    char        *p;
    size_t       len;
    ggi_str_t    rest;
    const char  *host, *port;

    rest.data = url;
    rest.len = strlen(url);
    port = ggi_str_skip_same(&rest, "https://") ? ":443" : ":80";
    host = ggi_doctor_host(url);
    rest.data = host;
    rest.len = strlen(host);

    if (ggi_str_skip_same(&rest, "unix:")) {
        snprintf(address, GGI_DOCTOR_TARGET_MAX, "unix:%.*s", (int) strcspn(rest.data, ":"),
                 rest.data);
        return;
    }

    len = ggi_doctor_host_len(host);
    port = memchr(host, ':', len) && host[len - 1] != ']' ? "" : port;
    snprintf(address, GGI_DOCTOR_TARGET_MAX, "%.*s%s", (int) (len < 150 ? len : 150), host, port);

    for (p = address; *p; p++) {
        *p = ggi_lower(*p);
    }

    if (strncmp(address, "localhost:", 10) == 0) {
        memcpy(address, "127.0.0.1", 9);        /* it has as many bytes */
    }
}


size_t
ggi_doctor_upstream(const ggi_conf_tree_t *tree, size_t top, const char *url)
{
    size_t                       i;
    ggi_str_t                    host, name;
    const ggi_conf_directive_t  *d;

    host.data = ggi_doctor_host(url);
    host.len = ggi_doctor_host_len(host.data);

    for (i = 0; (i = ggi_conf_child(tree, top, "upstream", i)) != 0; /* void */) {
        d = tree->nodes[i].directive;
        name.data = d->n > 1 ? d->words[1] : "";
        name.len = strlen(name.data);

        if (name.len && ggi_str_same(name, host)) {
            break;
        }
    }

    return i;
}


/* Returns 1 when a word is the variable of a name, 0 otherwise. */
static int
ggi_doctor_is(const char *word, ggi_str_t name)
{
    return word[0] == '$' && strlen(word) == name.len + 1
           && strncmp(word + 1, name.data, name.len) == 0;
}


/* Returns the value that a node gives to a variable, or NULL when it gives none that is known. */
static const char *
ggi_doctor_given(const ggi_conf_tree_t *tree, size_t node, ggi_str_t name)
{
    const char                  *value, *block;
    const ggi_conf_directive_t  *d = tree->nodes[node].directive, *around;

    value = d->words[d->n - 1];
    block = ggi_conf_name(tree, tree->nodes[node].parent);

    if (strcmp(d->words[0], "set") == 0) {
        return d->n == 3 && ggi_doctor_is(d->words[1], name) && !strchr(value, '$') ? value : NULL;
    }

    if (d->n != 2 || strchr(value, '$') || strcmp(d->words[0], "include") == 0
        || (strcmp(block, "map") != 0 && strcmp(block, "geo") != 0
            && strcmp(block, "split_clients") != 0))
    {
        return NULL;
    }

    around = tree->nodes[tree->nodes[node].parent].directive;

    return ggi_doctor_is(around->words[around->n - 1], name) ? value : NULL;
}


size_t
ggi_doctor_value(const ggi_conf_tree_t *tree, char text[GGI_DOCTOR_URL_MAX], const char *url,
    size_t after)
{
    int          braced;
    size_t       i;
    ggi_str_t    name;
    const char  *host, *value;

    host = ggi_doctor_host(url);

    if (host[0] != '$') {
        return 0;
    }

    braced = host[1] == '{';
    name.data = host + 1 + braced;
    name.len = strspn(name.data, GGI_DOCTOR_WORD);

    for (i = after + 1; i < tree->n; i++) {
        value = ggi_doctor_given(tree, i, name);

        if (value) {
            braced = braced && name.data[name.len] == '}';
            snprintf(text, GGI_DOCTOR_URL_MAX, "%.*s%.500s%.300s", (int) (host - url), url, value,
                     name.data + name.len + braced);
            return i;
        }
    }

    return 0;
}


int
ggi_doctor_listens(const char *listen, const char *address)
{
    char         own[GGI_DOCTOR_TARGET_MAX];
    size_t       i;
    const char  *port;

    static const char *const  all[] = { "*:", "0.0.0.0:", "[::]:" };

    if (strncmp(listen, "unix:", 5) == 0) {
        return 0;
    }

    if (strspn(listen, "0123456789") == strlen(listen)) {
        snprintf(own, sizeof(own), "*:%.100s", listen);

    } else {
        ggi_doctor_target(own, listen);
    }

    if (strncmp(own, "127.", 4) == 0 || strncmp(own, "[::1]:", 6) == 0) {
        return 0;
    }

    if (strcmp(own, address) == 0) {
        return 1;
    }

    port = strrchr(address, ':');

    if (port == NULL
        || (strncmp(address, "127.", 4) != 0 && strncmp(address, "[::1]:", 6) != 0))
    {
        return 0;
    }

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (strncmp(own, all[i], strlen(all[i])) == 0
            && strcmp(own + strlen(all[i]), port + 1) == 0)
        {
            return 1;
        }
    }

    return 0;
}


int
ggi_doctor_denies(const ggi_conf_tree_t *tree, size_t server)
{
    size_t  i;

    i = ggi_conf_in_force(tree, server, "satisfy", 0);

    if (i != 0 && ggi_conf_has(tree->nodes[i].directive, "any")) {
        return 0;
    }

    for (i = 0; (i = ggi_conf_child(tree, server, "deny", i)) != 0; /* void */) {
        if (ggi_conf_has(tree->nodes[i].directive, "all")) {
            return 1;
        }
    }

    return 0;
}
