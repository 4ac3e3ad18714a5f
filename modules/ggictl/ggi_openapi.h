/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The paths and methods of an API, read from its OpenAPI document (3.0 or 3.1, as JSON), in
 * the form that autorisatieprofielen have them: a template such as "{id}" becomes "*".
 */

#ifndef GGI_OPENAPI_H
#define GGI_OPENAPI_H

#include "ggi_source.h"

#define GGI_OPENAPI_PATHS_MAX  1000     /* paths that a document may have */
#define GGI_OPENAPI_METHODS    7        /* methods that an API may have */


typedef struct {
    char      pad[GGI_SOURCE_TEXT_MAX + 1];     /* as an element of "paden", terminated */
    unsigned  methods;                  /* bit i stands for ggi_openapi_methods[i] */
} ggi_openapi_path_t;

typedef struct {
    ggi_str_t            title;         /* both belong to the document */
    ggi_str_t            version;
    char                 base[GGI_SOURCE_TEXT_MAX + 1];     /* path of its server, without the
                                                               last "/"; it may be empty */
    ggi_openapi_path_t  *paths;         /* in their order, each once */
    size_t               n;
    unsigned             methods;       /* those that at least one of the paths has */
} ggi_openapi_t;

/* The methods in the order in which they are written, in capitals. */
extern const char *const  ggi_openapi_methods[GGI_OPENAPI_METHODS];


/*
 * Reads an OpenAPI document, which has to live as long as api. Only references within the
 * document are followed, and only for whole paths. A path is accepted when a profile can name
 * it, and when it has no character that the configuration of nginx or another reader might
 * take for something else. What cannot be said exactly in a profile is a warning. Returns 1;
 * the caller frees api by ggi_openapi_free(). Returns 0 with faults, and nothing to free.
 */
int ggi_openapi_read(ggi_openapi_t *api, json_t *document, ggi_fault_t *fault);

/* Frees what ggi_openapi_read() has made. */
void ggi_openapi_free(ggi_openapi_t *api);

/*
 * Writes the longest path, terminated, that all paths of an API are at or below; it has at least
 * "/". It ends in "/" unless one of the paths is that path itself.
 */
void ggi_openapi_root(const ggi_openapi_t *api, char root[GGI_SOURCE_TEXT_MAX + 1]);


#endif
