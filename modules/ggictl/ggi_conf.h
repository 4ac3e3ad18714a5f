/* SPDX-License-Identifier: EUPL-1.2 */

/* The directives of a configuration of nginx, as "nginx -T" writes it with all its files. */

#ifndef GGI_CONF_H
#define GGI_CONF_H

#include "ggi_source.h"


typedef struct {
    const char         *file;           /* of the configuration */
    unsigned            line;           /* where the directive begins */
    const char *const  *words;          /* its name and its arguments, unquoted, terminated */
    size_t              n;              /* of words, 1 or more */
    size_t              depth;          /* how many blocks of its file it stands in */
    int                 block;          /* 1: it opens a block */
} ggi_conf_directive_t;

typedef struct {
    char                  *text;        /* holds all words */
    const char           **words;
    size_t                 words_n;
    ggi_conf_directive_t  *directives;  /* in their order, blocks as well as others */
    size_t                 n;
    int                    marked;      /* 1: there are comments that tell where files begin */
} ggi_conf_t;


/*
 * Reads len bytes of what "nginx -T" has written. Files are known by the comments that it puts
 * before each. The text of a block of Lua, as of content_by_lua_block, is left out: its directive
 * has no block and only the words before that. Which block a directive stands in is told by
 * ggi_conf_tree_make(). Returns 1; the caller frees conf by ggi_conf_free(). Returns 0 with a fault
 * that names file and line, and nothing to free, when that is no configuration.
 */
int ggi_conf_read(ggi_conf_t *conf, const char *text, size_t len, ggi_fault_t *fault);

/* Frees what ggi_conf_read() has made. */
void ggi_conf_free(ggi_conf_t *conf);

/*
 * Returns the next directive of a name behind another one, or the first of the configuration
 * behind NULL; NULL when there is none.
 */
const ggi_conf_directive_t *ggi_conf_next(const ggi_conf_t *conf, const char *name,
    const ggi_conf_directive_t *after);

/* Returns 1 when two directives have the same arguments, in the same order; 0 otherwise. */
int ggi_conf_same(const ggi_conf_directive_t *one, const ggi_conf_directive_t *other);

/*
 * Returns 1 when one of the arguments of a directive is exactly word, a text with a NUL; 0
 * otherwise.
 */
int ggi_conf_has(const ggi_conf_directive_t *directive, const char *word);


#endif
