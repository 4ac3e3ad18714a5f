/* SPDX-License-Identifier: EUPL-1.2 */

/* From an OpenAPI document to the paths and methods that it has. */

#include "ggi_openapi.h"

#include <stdlib.h>

#include "ggi_openapi_text.h"
#include "ggi_path.h"

#define GGI_OPENAPI_REFS_MAX  16        /* references that lead from one to the next */


const char *const  ggi_openapi_methods[GGI_OPENAPI_METHODS] = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"
};

static const char *const  ggi_openapi_members[GGI_OPENAPI_METHODS] = {
    "get", "head", "post", "put", "patch", "delete", "options"
};


/* Reads which version of OpenAPI a document is of. Returns 1, or what ggi_fault() returns. */
static int
ggi_openapi_version(json_t *document, ggi_fault_t *fault)
{
    const char  *version;

    if (json_object_get(document, "swagger")) {
        return ggi_fault(fault, "$.swagger", "the document is of OpenAPI 2: convert it to 3.0 or "
                         "3.1 first");
    }

    version = json_string_value(json_object_get(document, "openapi"));

    if (version && (strncmp(version, "3.0.", 4) == 0 || strncmp(version, "3.1.", 4) == 0)) {
        return 1;
    }

    return ggi_fault(fault, "$.openapi", "%s, expected a version of 3.0 or 3.1, such as "
                     "\"3.0.3\"", version ? "invalid" : "missing");
}


/* Reads the path of the first server into api->base. Returns 1, or what ggi_fault() returns. */
static int
ggi_openapi_base(ggi_openapi_t *api, json_t *document, ggi_fault_t *fault)
{
    char        *path, url[GGI_SOURCE_TEXT_MAX + 1];
    size_t       len;
    json_t      *servers, *server;
    ggi_str_t    base;
    const char  *wrong;

    static const char  place[] = "$.servers[0].url";

    servers = json_object_get(document, "servers");
    server = json_array_get(servers, 0);

    if (server == NULL) {
        return 1;
    }

    if (json_array_size(servers) > 1) {
        ggi_fault_warn(fault, "$.servers", "only the first is looked at: its path is where the "
                       "paths of the document begin");
    }

    wrong = ggi_openapi_url(url, server);

    if (wrong) {
        return ggi_fault(fault, place, "%s", wrong);
    }

    path = url;

    if (strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0) {
        path = strchr(strchr(url, ':') + 3, '/');
        path = path ? path : "";

    } else if (url[0] != '/') {
        return ggi_fault(fault, place, "invalid, expected https:// or a path from the root, such "
                         "as \"/api/v1\"");
    }

    len = strlen(path);

    while (len && path[len - 1] == '/') {
        len--;
    }

    base.data = path;
    base.len = len;

    return ggi_openapi_path(api->base, "", base, place, fault);
}


/*
 * Finds what a path refers to. Sets *item to it, or to NULL when it is no reference. Returns 1,
 * or what ggi_fault() returns.
 */
static int
ggi_openapi_follow(json_t *document, json_t **item, const char *where, ggi_fault_t *fault)
{
    json_t  *ref;

    ref = json_object_get(*item, "$ref");

    if (ref == NULL) {
        *item = NULL;
        return 1;
    }

    if (!json_is_string(ref) || json_string_value(ref)[0] != '#') {
        *item = NULL;
        return ggi_fault(fault, where, "refers to another document: bundle both into one first");
    }

    *item = ggi_openapi_pointer(document, json_string_value(ref) + 1);

    return json_is_object(*item)
           || ggi_fault(fault, where, "refers to \"%.100s\", where there is no object",
                        json_string_value(ref));
}


/* Adds the methods of one object to those of a path. Returns 1, or what ggi_fault() returns. */
static int
ggi_openapi_operations(unsigned *methods, json_t *item, const char *where, ggi_fault_t *fault)
{
    size_t   i;
    json_t  *operation;

    for (i = 0; i < GGI_OPENAPI_METHODS; i++) {
        operation = json_object_get(item, ggi_openapi_members[i]);

        if (operation == NULL) {
            continue;
        }

        if (!json_is_object(operation)) {
            return ggi_fault(fault, where, "\"%s\" is invalid, expected an object",
                             ggi_openapi_members[i]);
        }

        if (json_object_get(operation, "servers")) {
            ggi_fault_warn(fault, where, "\"%s\" has servers of its own, which are passed over",
                           ggi_openapi_members[i]);
        }

        *methods |= 1u << i;
    }

    if (json_object_get(item, "trace")) {
        ggi_fault_warn(fault, where, "\"trace\" is left out, since nginx refuses TRACE");
    }

    if (json_object_get(item, "servers")) {
        ggi_fault_warn(fault, where, "has servers of its own, which are passed over");
    }

    return 1;
}


/* Reads the methods of a path, over references. Returns 1, or what ggi_fault() returns. */
static int
ggi_openapi_item(json_t *document, json_t *item, const char *where, unsigned *methods,
    ggi_fault_t *fault)
{
    size_t  refs;

    *methods = 0;

    if (!json_is_object(item)) {
        return ggi_fault(fault, where, "invalid, expected an object");
    }

    for (refs = 0; refs < GGI_OPENAPI_REFS_MAX; refs++) {
        if (!ggi_openapi_operations(methods, item, where, fault)
            || !ggi_openapi_follow(document, &item, where, fault))
        {
            return 0;
        }

        if (!json_is_object(item)) {
            return 1;
        }
    }

    return ggi_fault(fault, where, "its references go round in a circle, or over more than %d",
                     GGI_OPENAPI_REFS_MAX);
}


/* Adds methods to a path of the API, which may be there already. */
static void
ggi_openapi_add(ggi_openapi_t *api, const char *pad, unsigned methods)
{
    size_t  i;

    for (i = 0; i < api->n && strcmp(api->paths[i].pad, pad) != 0; i++) { }

    if (i == api->n) {
        memcpy(api->paths[i].pad, pad, strlen(pad) + 1);
        api->paths[i].methods = 0;
        api->n++;
    }

    api->paths[i].methods |= methods;
    api->methods |= methods;
}


/* Reads all paths. Returns 1, or what ggi_fault() returns. */
static int
ggi_openapi_paths(ggi_openapi_t *api, json_t *document, ggi_fault_t *fault)
{
    char         where[GGI_SOURCE_WHERE_MAX], pad[GGI_SOURCE_TEXT_MAX + 1];
    size_t       n;
    json_t      *item, *paths;
    unsigned     methods;
    ggi_str_t    template;
    const char  *name;

    paths = json_object_get(document, "paths");
    n = json_object_size(paths);

    if (n == 0 || n > GGI_OPENAPI_PATHS_MAX) {
        return ggi_fault(fault, "$.paths", "expected an object with 1 to %d paths",
                         GGI_OPENAPI_PATHS_MAX);
    }

    api->paths = calloc(n, sizeof(ggi_openapi_path_t));

    if (api->paths == NULL) {
        (void) ggi_fault(fault, "$.paths", "no memory");
        return 0;
    }

    json_object_foreach(paths, name, item) {
        ggi_where(where, "$.paths.%.120s", name);

        if (name[0] == 'x' && name[1] == '-') {
            continue;
        }

        pad[0] = '\0';
        template.data = name;
        template.len = strlen(name);

        if (!ggi_openapi_path(pad, api->base, template, where, fault)
            || !ggi_openapi_item(document, item, where, &methods, fault))
        {
            return 0;
        }

        if (methods) {
            ggi_openapi_add(api, pad, methods);

        } else if (fault->n == 0) {
            ggi_fault_warn(fault, where, "has no method, and is left out");
        }
    }

    return api->n || fault->n || ggi_fault(fault, "$.paths", "no path has a method");
}


/* Warns of paths that do not have each method, since a profile allows them all. */
static void
ggi_openapi_product(const ggi_openapi_t *api, ggi_fault_t *fault)
{
    size_t       i, k, n;
    const char  *pad, *method;

    for (pad = method = NULL, n = 0, i = 0; i < api->n; i++) {
        for (k = 0; k < GGI_OPENAPI_METHODS; k++) {
            if (api->methods & ~api->paths[i].methods & (1u << k)) {
                pad = n++ ? pad : api->paths[i].pad;
                method = method ? method : ggi_openapi_methods[k];
            }
        }
    }

    if (n) {
        ggi_fault_warn(fault, "$.paths", "a profile allows each method on each path, so that it "
                       "allows %zu of which the document knows nothing, such as %s %.200s: name "
                       "fewer methods, or make a dienst of its own for these paths", n, method,
                       pad);
    }
}


int
ggi_openapi_read(ggi_openapi_t *api, json_t *document, ggi_fault_t *fault)
{
    json_t  *info;

    memset(api, 0, sizeof(ggi_openapi_t));

    if (!json_is_object(document)) {
        (void) ggi_fault(fault, "$", "invalid, expected an object");
        return 0;
    }

    info = json_object_get(document, "info");

    if (ggi_openapi_version(document, fault)
        && (json_is_object(info) || ggi_fault(fault, "$.info", "missing, expected an object"))
        && (info == NULL
            || (ggi_source_text(info, "$.info", "title", GGI_SOURCE_REQUIRED, &api->title, fault)
                && ggi_source_text(info, "$.info", "version", GGI_SOURCE_OPTIONAL, &api->version,
                                   fault)))
        && ggi_openapi_base(api, document, fault)
        && ggi_openapi_paths(api, document, fault)
        && fault->n == 0)
    {
        ggi_openapi_product(api, fault);
        return 1;
    }

    ggi_openapi_free(api);

    return 0;
}


void
ggi_openapi_free(ggi_openapi_t *api)
{
    free(api->paths);
    memset(api, 0, sizeof(ggi_openapi_t));
}


void
ggi_openapi_root(const ggi_openapi_t *api, char root[GGI_SOURCE_TEXT_MAX + 1])
{
    int          whole;
    size_t       i, len, same;
    const char  *pad;

    len = strcspn(api->paths[0].pad, "*");
    memcpy(root, api->paths[0].pad, len);

    for (i = 1; i < api->n; i++) {
        pad = api->paths[i].pad;

        for (same = 0; same < len && pad[same] == root[same]; same++) { }

        len = same;
    }

    for (whole = 1, i = 0; i < api->n; i++) {
        pad = api->paths[i].pad + len;
        whole = whole && (*pad == '\0' || *pad == '/');
    }

    while (!whole && root[len - 1] != '/') {
        len--;
    }

    root[len] = '\0';
}
