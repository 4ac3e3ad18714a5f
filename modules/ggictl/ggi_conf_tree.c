/* SPDX-License-Identifier: EUPL-1.2 */

/* Puts the directives of a configuration into the blocks that they stand in. */

#include "ggi_conf_tree.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "ggi_room.h"

#define GGI_CONF_TREE_MAX   200000      /* nodes */
#define GGI_CONF_LEVEL_MAX  32          /* files that include each other */
#define GGI_CONF_STARS_MAX  4           /* in a pattern of files: more take long to compare */


/* The making of a tree. */
typedef struct {
    ggi_conf_tree_t   *tree;
    size_t             room;            /* nodes */
    const ggi_conf_t  *conf;
    ggi_fault_t       *fault;
} ggi_conf_maker_t;


static int ggi_conf_add_file(ggi_conf_maker_t *maker, size_t i, size_t block, unsigned level);


/* Notes a fault of a directive. Returns 0. */
static int
ggi_conf_tree_fault(ggi_conf_maker_t *maker, const ggi_conf_directive_t *d, const char *what)
{
    char  where[GGI_SOURCE_WHERE_MAX];

    ggi_where(where, "%.150s:%u", d ? d->file : "nginx.conf", d ? d->line : 0);
    (void) ggi_fault(maker->fault, where, "%s", what);

    return 0;
}


/* Adds a node to a block. Returns it, or 0 with a fault. */
static size_t
ggi_conf_add_node(ggi_conf_maker_t *maker, const ggi_conf_directive_t *d, size_t block)
{
    size_t            n;
    ggi_conf_tree_t  *tree = maker->tree;
    ggi_conf_node_t  *nodes;

    if (tree->n == GGI_CONF_TREE_MAX) {
        (void) ggi_conf_tree_fault(maker, d, "the files include each other too often");
        return 0;
    }

    nodes = ggi_room(tree->nodes, tree->n, &maker->room, sizeof(ggi_conf_node_t));

    if (nodes == NULL) {
        (void) ggi_conf_tree_fault(maker, d, "no memory");
        return 0;
    }

    tree->nodes = nodes;
    n = tree->n++;
    nodes[n].directive = d;
    nodes[n].parent = block;

    if (n) {
        *(nodes[block].first ? &nodes[nodes[block].last].next : &nodes[block].first) = n;
        nodes[block].last = n;
    }

    return n;
}


/* Returns 1 when the full name or pattern of "include" names a file, 0 otherwise. */
static int
ggi_conf_names(const char *pattern, const char *file)
{
    size_t       stars;
    const char  *p;

    for (stars = 0, p = pattern; (p = strchr(p, '*')) != NULL; p++) {
        stars++;
    }

    return (stars == 0 && strcmp(pattern, file) == 0)
           || (stars <= GGI_CONF_STARS_MAX
               && fnmatch(pattern, file, FNM_PATHNAME | FNM_PERIOD) == 0);
}


/* Adds what a directive "include" names to its block. Returns 1, or 0 with a fault. */
static int
ggi_conf_include(ggi_conf_maker_t *maker, const ggi_conf_directive_t *d, size_t block,
    unsigned level)
{
    int                          n;
    char                         full[PATH_MAX];
    size_t                       i;
    const char                  *main, *slash;
    const ggi_conf_directive_t  *all = maker->conf->directives;

    if (!maker->conf->marked) {
        return ggi_conf_tree_fault(maker, d, "what is included is not there");
    }

    main = all[0].file;
    slash = (d->words[1][0] == '/') ? NULL : strrchr(main, '/');
    n = snprintf(full, sizeof(full), "%.*s%s", slash ? (int) (slash - main + 1) : 0, main,
                 d->words[1]);

    for (i = 0; i < maker->conf->n && n > 0 && (size_t) n < sizeof(full); i++) {
        if ((i == 0 || all[i].file != all[i - 1].file) && ggi_conf_names(full, all[i].file)
            && !ggi_conf_add_file(maker, i, block, level + 1))
        {
            return 0;
        }
    }

    return 1;
}


/*
 * Adds the directives of a file, of which i is the first one, to a block. Returns 1, or 0 with a
 * fault.
 */
static int
ggi_conf_add_file(ggi_conf_maker_t *maker, size_t i, size_t block, unsigned level)
{
    size_t                       at;
    const char                  *file;
    const ggi_conf_directive_t  *d = &maker->conf->directives[i];

    if (level == GGI_CONF_LEVEL_MAX) {
        return ggi_conf_tree_fault(maker, d, "the files include each other without end");
    }

    file = d->file;

    for (at = block; i < maker->conf->n && d->file == file; i++, d++) {
        while (at != block && maker->tree->nodes[at].directive->depth >= d->depth) {
            at = maker->tree->nodes[at].parent;
        }

        at = ggi_conf_add_node(maker, d, at);

        if (at == 0) {
            return 0;
        }

        if (strcmp(d->words[0], "include") == 0 && d->n == 2
            && !ggi_conf_include(maker, d, maker->tree->nodes[at].parent, level))
        {
            return 0;
        }
    }

    return 1;
}


int
ggi_conf_tree_make(ggi_conf_tree_t *tree, const ggi_conf_t *conf, ggi_fault_t *fault)
{
    ggi_conf_maker_t  maker = { .tree = tree, .conf = conf, .fault = fault };

    memset(tree, 0, sizeof(ggi_conf_tree_t));
    (void) ggi_conf_add_node(&maker, NULL, 0);

    if (tree->n == 0 || (conf->n && !ggi_conf_add_file(&maker, 0, 0, 0))) {
        ggi_conf_tree_free(tree);
        return 0;
    }

    return 1;
}


void
ggi_conf_tree_free(ggi_conf_tree_t *tree)
{
    free(tree->nodes);
    memset(tree, 0, sizeof(ggi_conf_tree_t));
}


const char *
ggi_conf_name(const ggi_conf_tree_t *tree, size_t node)
{
    return node ? tree->nodes[node].directive->words[0] : "";
}


size_t
ggi_conf_child(const ggi_conf_tree_t *tree, size_t block, const char *name, size_t after)
{
    size_t  i;

    i = after ? tree->nodes[after].next : tree->nodes[block].first;

    while (i && strcmp(ggi_conf_name(tree, i), name) != 0) {
        i = tree->nodes[i].next;
    }

    return i;
}


size_t
ggi_conf_in_force(const ggi_conf_tree_t *tree, size_t block, const char *name, size_t after)
{
    size_t  i;

    if (after) {
        return ggi_conf_child(tree, 0, name, after);
    }

    for (i = ggi_conf_child(tree, block, name, 0); i == 0 && block; /* void */) {
        block = tree->nodes[block].parent;
        i = ggi_conf_child(tree, block, name, 0);
    }

    return i;
}


size_t
ggi_conf_around(const ggi_conf_tree_t *tree, size_t node, const char *name)
{
    while (node && (!tree->nodes[node].directive->block
                    || strcmp(ggi_conf_name(tree, node), name) != 0))
    {
        node = tree->nodes[node].parent;
    }

    return node;
}
