/* SPDX-License-Identifier: EUPL-1.2 */

/* The places of a configuration that have a dienst, and what is in force there. */

#ifndef GGI_DOCTOR_SCOPE_H
#define GGI_DOCTOR_SCOPE_H

#include "ggi_conf_tree.h"

/* Which blocks a directive is asked of. */
typedef enum {
    GGI_DOCTOR_PLACES = 0,              /* locations with a dienst; servers with one that have no
                                           location */
    GGI_DOCTOR_TLS,                     /* servers with such a place that listen for TLS */
    GGI_DOCTOR_HELLO,                   /* servers whose settings count until a caller has named
                                           one: the default servers of the listeners of the above */
    GGI_DOCTOR_BLOCKS
} ggi_doctor_blocks_e;

typedef struct {
    const ggi_conf_t  *conf;
    ggi_conf_tree_t    tree;
    struct {
        size_t        *nodes;           /* in their order, each once */
        size_t         n;
        size_t         room;
    }                  blocks[GGI_DOCTOR_BLOCKS];
    unsigned          *seen;            /* by which iteration each directive was seen last; behind
                                           them the number of iterations so far */
} ggi_doctor_scope_t;

/* Where an iteration is. */
typedef struct {
    size_t                       i;     /* index of the block */
    size_t                       node;  /* the directive; 0: none of this block yet */
    const ggi_conf_directive_t  *block;
} ggi_doctor_at_t;


/*
 * Finds the places of a configuration, which has to last as long. Returns 1; the caller frees the
 * scope by ggi_doctor_scope_free(). Returns 0 with a fault, as ggi_conf_tree_make() does, and
 * nothing to free.
 */
int ggi_doctor_scope_make(ggi_doctor_scope_t *scope, const ggi_conf_t *conf,
    ggi_fault_t *fault);

/* Frees what ggi_doctor_scope_make() has made. */
void ggi_doctor_scope_free(ggi_doctor_scope_t *scope);

/*
 * Iterates over the directives of a name that are in force in some of the blocks, each directive
 * once, even if it is in force in several blocks. at is zeroed before the first call; it then has
 * the block. Returns NULL behind the last one. One iteration has to end before another one begins.
 */
const ggi_conf_directive_t *ggi_doctor_in_force(const ggi_doctor_scope_t *scope,
    ggi_doctor_blocks_e blocks, const char *name, ggi_doctor_at_t *at);

/*
 * Returns the first block in which no directive of some names is in force, and sets *n to the
 * number of such blocks; returns NULL when there is none. The names are terminated by NULL.
 */
const ggi_conf_directive_t *ggi_doctor_without(const ggi_doctor_scope_t *scope,
    ggi_doctor_blocks_e blocks, const char *const *names, size_t *n);


#endif
