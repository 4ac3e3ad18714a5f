/* SPDX-License-Identifier: EUPL-1.2 */

/* Finds the ways of a configuration that lead past the gates. */

#include "ggi_doctor_open.h"

#include <stdio.h>
#include <stdlib.h>

#include "ggi_doctor_target.h"
#include "ggi_room.h"


/* An address to which a directive leads. */
typedef struct {
    const ggi_conf_directive_t  *block;         /* in which the directive stands */
    const char                  *dienst;        /* NULL: it is outside of one */
    int                          beside;        /* 1: its server has a dienst */
    int                          stream;        /* 1: it is in stream, which has no dienst */
    char                         address[GGI_DOCTOR_TARGET_MAX];
} ggi_doctor_target_t;

typedef struct {
    ggi_doctor_target_t  *targets;
    size_t                n;
    size_t                room;
} ggi_doctor_targets_t;


/* Returns 1 when a directive passes requests on, 0 otherwise. */
static int
ggi_doctor_passes(const ggi_conf_directive_t *d)
{
    size_t  i;

    static const char *const  names[] = {
        "proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass"
    };

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (d->n > 1 && strcmp(d->words[0], names[i]) == 0) {
            return 1;
        }
    }

    return 0;
}


/* Adds a target with the address of url. Returns 1, or 0 without memory. */
static int
ggi_doctor_add_target(ggi_doctor_targets_t *list, const ggi_doctor_target_t *target,
    const char *url)
{
    ggi_doctor_target_t  *targets;

    targets = ggi_room(list->targets, list->n, &list->room, sizeof(ggi_doctor_target_t));

    if (targets == NULL) {
        return 0;
    }

    list->targets = targets;
    targets[list->n] = *target;
    ggi_doctor_target(targets[list->n++].address, url);

    return 1;
}


/*
 * Adds all addresses to which a URL without a variable in its host leads. Returns 1, or 0 without
 * memory.
 */
static int
ggi_doctor_add_url(ggi_doctor_targets_t *list, const ggi_conf_tree_t *tree, size_t top,
    const ggi_doctor_target_t *target, const char *url)
{
    size_t                       server, upstream;
    const ggi_conf_directive_t  *d;

    upstream = ggi_doctor_upstream(tree, top, url);

    if (upstream == 0) {
        return ggi_doctor_add_target(list, target, url);
    }

    for (server = 0; (server = ggi_conf_child(tree, upstream, "server", server)) != 0; /* v */) {
        d = tree->nodes[server].directive;

        if (d->n > 1 && !ggi_doctor_add_target(list, target, d->words[1])) {
            return 0;
        }
    }

    return 1;
}


/* Adds all addresses to which a directive leads. Returns 1, or 0 without memory. */
static int
ggi_doctor_add_pass(ggi_doctor_targets_t *list, const ggi_conf_tree_t *tree, size_t top,
    const ggi_doctor_target_t *target, const char *url)
{
    char    text[GGI_DOCTOR_URL_MAX];
    size_t  i, known;

    for (known = list->n, i = 0; (i = ggi_doctor_value(tree, text, url, i)) != 0; /* void */) {
        if (!ggi_doctor_add_url(list, tree, top, target, text)) {
            return 0;
        }
    }

    return list->n > known || ggi_doctor_add_url(list, tree, top, target, url);
}


/* Returns 1 when the server of a block has a place with a dienst, 0 otherwise. */
static int
ggi_doctor_beside(const ggi_doctor_scope_t *scope, size_t block)
{
    size_t  i, server;

    server = ggi_conf_around(&scope->tree, block, "server");

    for (i = 0; i < scope->blocks[GGI_DOCTOR_PLACES].n; i++) {
        if (ggi_conf_around(&scope->tree, scope->blocks[GGI_DOCTOR_PLACES].nodes[i], "server")
            == server)
        {
            return 1;
        }
    }

    return 0;
}


/*
 * Returns the innermost location that a block is or stands in to which no request comes by its own
 * path: an internal or a named one. Returns 0 when there is none.
 */
static size_t
ggi_doctor_hidden(const ggi_conf_tree_t *tree, size_t block)
{
    const ggi_conf_directive_t  *d;

    for ( /* void */ ; block; block = tree->nodes[block].parent) {
        d = tree->nodes[block].directive;

        if (d->n > 1 && strcmp(d->words[0], "location") == 0
            && (d->words[d->n - 1][0] == '@' || ggi_conf_child(tree, block, "internal", 0)))
        {
            break;
        }
    }

    return block;
}


/*
 * Returns the index of the first argument of a redirect that can be where it leads to; d->n when it
 * leads out of nginx. Of "try_files" and "error_page" that is the last one.
 */
static size_t
ggi_doctor_leads_by(const ggi_conf_directive_t *d)
{
    const char  *last = d->words[d->n - 1];

    if (strcmp(d->words[0], "rewrite") == 0) {
        return (strcmp(last, "permanent") == 0 || strcmp(last, "redirect") == 0) ? d->n : 2;
    }

    return (strcmp(d->words[0], "try_files") == 0 || strcmp(d->words[0], "error_page") == 0)
           ? d->n - 1 : 1;
}


/* Returns 1 when an argument of a redirect is a path to a location, or its name; 0 otherwise. */
static int
ggi_doctor_leads(const ggi_conf_directive_t *d, const ggi_conf_directive_t *location)
{
    int          exact;
    size_t       i, n, len;
    const char  *name, *modifier, *to;

    name = location->words[location->n - 1];
    modifier = location->n > 2 ? location->words[1] : name;

    if (modifier[0] == '~') {
        return 0;                       /* which paths match is not known here */
    }

    exact = (name[0] == '@' || modifier[0] == '=');
    name += strspn(name, "=^~");
    len = strlen(name);

    for (i = ggi_doctor_leads_by(d); i < d->n; i++) {
        to = d->words[i];

        for (n = 0; n < len && to[n] == name[n]; n++) {
            /* up to where they differ */
        }

        /* the rest may be in a variable, as in "/b$1" */

        if (n == len ? !exact || to[n] == '\0' || to[n] == '?' || to[n] == '$'
            : n && to[n] == '$')
        {
            return 1;
        }
    }

    return 0;
}


/* Returns 1 when a directive can have nginx go on with a request in another location. */
static int
ggi_doctor_redirects(const ggi_conf_directive_t *d)
{
    size_t  i;

    static const char *const  names[] = {
        "try_files", "error_page", "rewrite", "index", "mirror", "post_action"
    };

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(d->words[0], names[i]) == 0) {
            return 1;
        }
    }

    return 0;
}


/*
 * Returns 1 when requests that no gate has judged can be in a server: in a location that is neither
 * hidden nor in a dienst, or in none. Returns 0 otherwise.
 */
static int
ggi_doctor_unjudged(const ggi_conf_tree_t *tree, size_t server)
{
    int                          all;
    size_t                       i;
    const ggi_conf_directive_t  *d;

    all = 0;

    for (i = 0; (i = ggi_conf_child(tree, server, "location", i)) != 0; /* void */) {
        d = tree->nodes[i].directive;
        all |= (d->n > 1 && strcmp(d->words[d->n - 1], "/") == 0);

        if (!ggi_doctor_hidden(tree, i) && !ggi_conf_in_force(tree, i, "ggi_dienst", 0)) {
            return 1;
        }
    }

    return !all;
}


/*
 * Returns 1 when requests that no gate has judged can come to a hidden location by a redirect; also
 * when nothing is seen to lead to a named one, to which Lua or an API can lead. Returns 0
 * otherwise.
 */
static int
ggi_doctor_reached(const ggi_conf_tree_t *tree, size_t hidden)
{
    int                          judged;
    size_t                       i, block, server, around;
    const ggi_conf_directive_t  *location = tree->nodes[hidden].directive;

    judged = 0;
    server = ggi_conf_around(tree, hidden, "server");

    for (i = 1; i < tree->n; i++) {
        block = tree->nodes[i].parent;
        around = ggi_conf_around(tree, block, "server");

        if ((around != server && around != 0)
            || !ggi_doctor_redirects(tree->nodes[i].directive)
            || !ggi_doctor_leads(tree->nodes[i].directive, location))
        {
            continue;
        }

        if (ggi_conf_in_force(tree, block, "ggi_dienst", 0) || ggi_doctor_hidden(tree, block)
            || (!ggi_conf_around(tree, block, "location") && !ggi_doctor_unjudged(tree, server)))
        {
            judged = 1;
            continue;
        }

        return 1;
    }

    return location->words[location->n - 1][0] == '@' && !judged;
}


/* Adds what a node leads to, when it leads anywhere. Returns 1, or 0 without memory. */
static int
ggi_doctor_add_way(ggi_doctor_targets_t *list, const ggi_doctor_scope_t *scope, size_t node)
{
    size_t                       block, dienst, hidden, top;
    const ggi_conf_tree_t       *tree = &scope->tree;
    ggi_doctor_target_t          target = { 0 };
    const ggi_conf_directive_t  *d, *pass = tree->nodes[node].directive;

    block = tree->nodes[node].parent;
    target.block = tree->nodes[block].directive;
    top = ggi_conf_around(tree, block, "stream");
    target.stream = top != 0;
    top = top ? top : ggi_conf_around(tree, block, "http");

    if (!ggi_doctor_passes(pass) || top == 0) {
        return 1;
    }

    dienst = ggi_conf_in_force(tree, block, "ggi_dienst", 0);

    if (dienst) {
        d = tree->nodes[dienst].directive;
        target.dienst = d->n > 1 ? d->words[1] : "off";

        if (strcmp(target.dienst, "off") == 0) {
            return 1;
        }

    } else {
        /* locations, "if" and "limit_except" within an internal location are internal as well */

        hidden = ggi_doctor_hidden(tree, block);

        if (hidden && !ggi_doctor_reached(tree, hidden)) {
            return 1;
        }

        target.beside = ggi_doctor_beside(scope, block);
    }

    return ggi_doctor_add_pass(list, tree, top, &target, pass->words[1]);
}


/* Returns the first target of a list that is in a dienst and has an address, or NULL. */
static const ggi_doctor_target_t *
ggi_doctor_guarded(const ggi_doctor_targets_t *list, const char *address)
{
    size_t  i;

    for (i = 0; i < list->n; i++) {
        if (list->targets[i].dienst && strcmp(list->targets[i].address, address) == 0) {
            return &list->targets[i];
        }
    }

    return NULL;
}


/*
 * Tells of a block outside of a dienst, of which target i of a list is the first one, unless it
 * leads nowhere near a dienst. Returns the index behind its last target.
 */
static size_t
ggi_doctor_tell_open(ggi_doctor_t *doctor, const ggi_doctor_targets_t *list, size_t i)
{
    const ggi_doctor_target_t  *guarded, *open = &list->targets[i];

    static const char  off[] = "give it this \"ggi_dienst\", take it out, or write \"ggi_dienst "
                               "off;\" there if that is meant";

    for (guarded = NULL; i < list->n && list->targets[i].block == open->block
         && list->targets[i].dienst == NULL; i++)
    {
        if (guarded == NULL) {
            open = &list->targets[i];
            guarded = ggi_doctor_guarded(list, open->address);
        }
    }

    if (guarded) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "open", open->stream ? "take it out" : off,
                        "%.200s:%u: this %.30s leads past all gates to %.200s, as the dienst "
                        "\"%.64s\" does in %.200s:%u", open->block->file, open->block->line,
                        open->block->words[0], open->address, guarded->dienst,
                        guarded->block->file, guarded->block->line);

    } else if (open->beside) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "open", "give it a \"ggi_dienst\", or "
                        "\"ggi_dienst off;\" if that is meant", "%.200s:%u: this %.30s passes "
                        "requests on that nothing judges or records, in a server that has a dienst",
                        open->block->file, open->block->line, open->block->words[0]);
    }

    return i;
}


/*
 * Tells of a server in this nginx to which a dienst leads, when others than this machine can come
 * to one of its listeners.
 */
static void
ggi_doctor_tell_server(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope,
    const ggi_doctor_targets_t *list, size_t server)
{
    size_t                       i, listen;
    const ggi_conf_tree_t       *tree = &scope->tree;
    const ggi_conf_directive_t  *d;

    if (ggi_doctor_denies(tree, server) || ggi_doctor_beside(scope, server)
        || ggi_conf_in_force(tree, server, "ggi_dienst", 0))
    {
        return;
    }

    for (listen = 0; (listen = ggi_conf_child(tree, server, "listen", listen)) != 0; /* void */) {
        d = tree->nodes[listen].directive;

        for (i = 0; i < list->n; i++) {
            if (list->targets[i].dienst && d->n > 1
                && ggi_doctor_listens(d->words[1], list->targets[i].address))
            {
                ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "open", "have it listen on 127.0.0.1 "
                                "or a socket file alone, or write \"ggi_dienst off;\" there if "
                                "that is meant", "%.200s:%u: callers can come past the "
                                "gates to this server, to which the dienst \"%.64s\" leads in "
                                "%.200s:%u", d->file, d->line, list->targets[i].dienst,
                                list->targets[i].block->file, list->targets[i].block->line);
                return;
            }
        }
    }
}


void
ggi_doctor_open(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope)
{
    size_t                i;
    ggi_doctor_targets_t  list = { 0 };

    for (i = 1; i < scope->tree.n && ggi_doctor_add_way(&list, scope, i); i++) { }

    for (i = 0; i < list.n; /* void */) {
        i = list.targets[i].dienst ? i + 1 : ggi_doctor_tell_open(doctor, &list, i);
    }

    for (i = 1; list.n && i < scope->tree.n; i++) {
        if (strcmp(ggi_conf_name(&scope->tree, i), "server") == 0
            && scope->tree.nodes[i].directive->block)
        {
            ggi_doctor_tell_server(doctor, scope, &list, i);
        }
    }

    free(list.targets);
}
