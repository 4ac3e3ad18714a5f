/* SPDX-License-Identifier: EUPL-1.2 */

/* The blocks of a configuration of nginx, with what they include, and what is in force in them. */

#ifndef GGI_CONF_TREE_H
#define GGI_CONF_TREE_H

#include "ggi_conf.h"


/* A directive where it has its effect: that of a file that is included twice has two nodes. */
typedef struct {
    const ggi_conf_directive_t  *directive;
    size_t                       parent;        /* the block; 0: it stands in none */
    size_t                       first;         /* in this block; 0: none */
    size_t                       last;
    size_t                       next;          /* in the same block; 0: none */
} ggi_conf_node_t;

/* Node 0 is what is around all blocks. */
typedef struct {
    ggi_conf_node_t  *nodes;
    size_t            n;
} ggi_conf_tree_t;


/*
 * Makes the tree of a configuration, which has to last as long: each directive "include" is
 * followed, in the same block, by the directives of the files that it names. Returns 1; the caller
 * frees the tree by ggi_conf_tree_free(). Returns 0 with a fault, and nothing to free, when the
 * configuration includes files and "nginx -T" has not written it, files include each other without
 * end or too often, or there is no memory. A pattern with more than four "*" names no files.
 */
int ggi_conf_tree_make(ggi_conf_tree_t *tree, const ggi_conf_t *conf, ggi_fault_t *fault);

/* Frees what ggi_conf_tree_make() has made. */
void ggi_conf_tree_free(ggi_conf_tree_t *tree);

/*
 * Returns the next node of a name in a block, not in blocks within it, behind another one of the
 * same block, or the first one behind 0. Returns 0 when there is none.
 */
size_t ggi_conf_child(const ggi_conf_tree_t *tree, size_t block, const char *name,
    size_t after);

/*
 * Returns the next directive of a name that is in force in a block, as nginx inherits most of
 * them: those that stand in it, or else those of the innermost block around it that has one.
 * after is the one before, or 0 for the first. Returns 0 when there is none.
 */
size_t ggi_conf_in_force(const ggi_conf_tree_t *tree, size_t block, const char *name,
    size_t after);

/* Returns the innermost block of a name that is a node or is around it, or 0. */
size_t ggi_conf_around(const ggi_conf_tree_t *tree, size_t node, const char *name);

/* Returns the name of a node's directive; that of node 0 is empty. */
const char *ggi_conf_name(const ggi_conf_tree_t *tree, size_t node);


#endif
