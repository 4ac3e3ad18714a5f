/* SPDX-License-Identifier: EUPL-1.2 */

/* Finds the places of a configuration that have a dienst. */

#include "ggi_doctor_scope.h"

#include <stdio.h>
#include <stdlib.h>

#include "ggi_room.h"

#define GGI_DOCTOR_ADDRESS_MAX  128     /* bytes of an address of a listener */


/* Adds a node to a list of blocks, unless it is there. Returns 1, or 0 without memory. */
static int
ggi_doctor_add(ggi_doctor_scope_t *scope, ggi_doctor_blocks_e blocks, size_t node)
{
    void    *nodes;
    size_t   i, n;

    n = scope->blocks[blocks].n;

    for (i = n; i > 0; i--) {           /* a repetition is mostly one of the last one */
        if (scope->blocks[blocks].nodes[i - 1] == node) {
            return 1;
        }
    }

    nodes = ggi_room(scope->blocks[blocks].nodes, n, &scope->blocks[blocks].room, sizeof(size_t));

    if (nodes == NULL) {
        return 0;
    }

    scope->blocks[blocks].nodes = nodes;
    scope->blocks[blocks].nodes[n] = node;
    scope->blocks[blocks].n++;

    return 1;
}


/* Returns 1 when a block has a dienst, or inherits one, that is not "off"; 0 otherwise. */
static int
ggi_doctor_serves(const ggi_conf_tree_t *tree, size_t block)
{
    size_t                       i;
    const ggi_conf_directive_t  *d;

    i = ggi_conf_in_force(tree, block, "ggi_dienst", 0);
    d = i ? tree->nodes[i].directive : NULL;

    return d && d->n > 1 && strcmp(d->words[1], "off") != 0;
}


/* Finds all places. Returns 1, or 0 without memory. */
static int
ggi_doctor_find_places(ggi_doctor_scope_t *scope)
{
    int                     good;
    size_t                  i;
    const char             *name;
    const ggi_conf_tree_t  *tree = &scope->tree;

    for (good = 1, i = 1; good && i < tree->n; i++) {
        name = ggi_conf_name(tree, i);

        if (tree->nodes[i].directive->block && ggi_conf_around(tree, i, "http")
            && (strcmp(name, "location") == 0
                || (strcmp(name, "server") == 0 && !ggi_conf_child(tree, i, "location", 0)))
            && ggi_doctor_serves(tree, i))
        {
            good = ggi_doctor_add(scope, GGI_DOCTOR_PLACES, i);
        }
    }

    return good;
}


/* Writes the address of a listener as it is compared: that of all addresses is "*". */
static void
ggi_doctor_address(char address[GGI_DOCTOR_ADDRESS_MAX], const ggi_conf_directive_t *listen)
{
    const char  *word = listen->n > 1 ? listen->words[1] : "";

    if (word[0] && strspn(word, "0123456789") == strlen(word)) {
        snprintf(address, GGI_DOCTOR_ADDRESS_MAX, "*:%.80s", word);

    } else if (strncmp(word, "0.0.0.0:", 8) == 0) {
        snprintf(address, GGI_DOCTOR_ADDRESS_MAX, "*:%.80s", word + 8);

    } else {
        snprintf(address, GGI_DOCTOR_ADDRESS_MAX, "%.100s%s", word,
                 word[0] == '[' ? (strstr(word, "]:") ? "" : ":80")
                 : strchr(word, ':') ? "" : ":80");
    }
}


/*
 * Returns the default server of an address, of those that stand in the block http, or 0. Sets *tls
 * to 1 when one of its listeners has TLS, by which all have it, or else to 0.
 */
static size_t
ggi_doctor_default(const ggi_conf_tree_t *tree, size_t http, const char *address, int *tls)
{
    int                          chosen, wanted;
    char                         other[GGI_DOCTOR_ADDRESS_MAX];
    size_t                       server, listen, first;
    const ggi_conf_directive_t  *d;

    *tls = 0;
    first = 0;
    chosen = 0;

    for (server = 0; (server = ggi_conf_child(tree, http, "server", server)) != 0; /* void */) {
        for (listen = 0; (listen = ggi_conf_child(tree, server, "listen", listen)) != 0; /* v */) {
            d = tree->nodes[listen].directive;
            ggi_doctor_address(other, d);

            if (strcmp(other, address) != 0) {
                continue;
            }

            *tls = *tls || ggi_conf_has(d, "ssl") || ggi_conf_has(d, "quic");
            wanted = ggi_conf_has(d, "default_server") || ggi_conf_has(d, "default");

            if (first == 0 || (wanted && !chosen)) {
                first = server;
                chosen = wanted;
            }
        }
    }

    return first;
}


/* Adds the server of a place to those with TLS, when it is one. Returns 1, or 0 without memory. */
static int
ggi_doctor_add_server(ggi_doctor_scope_t *scope, size_t server)
{
    int                     tls;
    char                    address[GGI_DOCTOR_ADDRESS_MAX];
    size_t                  listen, first;
    const ggi_conf_tree_t  *tree = &scope->tree;

    for (listen = 0; (listen = ggi_conf_child(tree, server, "listen", listen)) != 0; /* void */) {
        ggi_doctor_address(address, tree->nodes[listen].directive);
        first = ggi_doctor_default(tree, tree->nodes[server].parent, address, &tls);

        if (tls && !(ggi_doctor_add(scope, GGI_DOCTOR_TLS, server)
                     && ggi_doctor_add(scope, GGI_DOCTOR_HELLO, first)))
        {
            return 0;
        }
    }

    return 1;
}


/* Finds the servers of all places. Returns 1, or 0 without memory. */
static int
ggi_doctor_find_servers(ggi_doctor_scope_t *scope)
{
    size_t  i, server, last;

    for (last = 0, i = 0; i < scope->blocks[GGI_DOCTOR_PLACES].n; i++) {
        server = ggi_conf_around(&scope->tree, scope->blocks[GGI_DOCTOR_PLACES].nodes[i], "server");

        if (server && server != last && !ggi_doctor_add_server(scope, server)) {
            return 0;
        }

        last = server;
    }

    return 1;
}


int
ggi_doctor_scope_make(ggi_doctor_scope_t *scope, const ggi_conf_t *conf, ggi_fault_t *fault)
{
    memset(scope, 0, sizeof(ggi_doctor_scope_t));
    scope->conf = conf;

    if (!ggi_conf_tree_make(&scope->tree, conf, fault)) {
        return 0;
    }

    scope->seen = calloc(conf->n + 1, sizeof(unsigned));

    if (scope->seen == NULL || !ggi_doctor_find_places(scope) || !ggi_doctor_find_servers(scope)) {
        ggi_doctor_scope_free(scope);
        (void) ggi_fault(fault, "nginx.conf", "no memory");
        return 0;
    }

    return 1;
}


void
ggi_doctor_scope_free(ggi_doctor_scope_t *scope)
{
    size_t  i;

    for (i = 0; i < GGI_DOCTOR_BLOCKS; i++) {
        free(scope->blocks[i].nodes);
    }

    free(scope->seen);
    ggi_conf_tree_free(&scope->tree);
    memset(scope, 0, sizeof(ggi_doctor_scope_t));
}


const ggi_conf_directive_t *
ggi_doctor_in_force(const ggi_doctor_scope_t *scope, ggi_doctor_blocks_e blocks, const char *name,
    ggi_doctor_at_t *at)
{
    unsigned                    *seen, *round = &scope->seen[scope->conf->n];
    const ggi_conf_directive_t  *d;

    *round += at->i == 0 && at->node == 0;

    for ( /* void */ ; at->i < scope->blocks[blocks].n; at->i++, at->node = 0) {
        at->block = scope->tree.nodes[scope->blocks[blocks].nodes[at->i]].directive;

        while ((at->node = ggi_conf_in_force(&scope->tree, scope->blocks[blocks].nodes[at->i],
                                             name, at->node)) != 0)
        {
            d = scope->tree.nodes[at->node].directive;
            seen = &scope->seen[d - scope->conf->directives];

            if (*seen != *round) {
                *seen = *round;
                return d;
            }
        }
    }

    return NULL;
}


const ggi_conf_directive_t *
ggi_doctor_without(const ggi_doctor_scope_t *scope, ggi_doctor_blocks_e blocks,
    const char *const *names, size_t *n)
{
    size_t                       i, k, node;
    const ggi_conf_directive_t  *first;

    *n = 0;
    first = NULL;

    for (i = 0; i < scope->blocks[blocks].n; i++) {
        node = scope->blocks[blocks].nodes[i];

        for (k = 0; names[k] && !ggi_conf_in_force(&scope->tree, node, names[k], 0); k++) { }

        if (names[k] == NULL && (*n)++ == 0) {
            first = scope->tree.nodes[node].directive;
        }
    }

    return first;
}
