/* SPDX-License-Identifier: EUPL-1.2 */

/* Writes what a new dienst begins with. */

#include "ggi_skeleton.h"

#include "ggi_json.h"

#define GGI_SKELETON_OIN      "00000000000000000000"    /* nobody has it */
#define GGI_SKELETON_TITLE    60                        /* bytes of a title in a comment */
#define GGI_SKELETON_VERSION  20


int
ggi_skeleton_name(char name[GGI_DIENST_NAME_MAX + 1], ggi_str_t title)
{
    char       ch;
    size_t     i, n;
    ggi_str_t  made;

    for (n = 0, i = 0; i < title.len && n < GGI_DIENST_NAME_MAX; i++) {
        ch = ggi_lower(title.data[i]);

        if ((ch >= 'a' && ch <= 'z') || ggi_is_digit(ch)) {
            name[n++] = ch;

        } else if (n && name[n - 1] != '-') {
            name[n++] = '-';
        }
    }

    while (n && name[n - 1] == '-') {
        n--;
    }

    name[n] = '\0';

    made.data = name;
    made.len = n;

    return ggi_dienst_name_valid(made);
}


void
ggi_skeleton_location(FILE *out, const ggi_openapi_t *api, const char *dienst)
{
    char  root[GGI_SOURCE_TEXT_MAX + 1];
    int   title, version;

    ggi_openapi_root(api, root);
    title = (int) ggi_utf8_cut(api->title.data, api->title.len, GGI_SKELETON_TITLE);
    version = (int) ggi_utf8_cut(api->version.data, api->version.len, GGI_SKELETON_VERSION);

    fprintf(out,
            "# The dienst \"%s\", by the OpenAPI document \"%.*s\" %.*s\n"
            "# It goes into a server that asks for the certificates of callers, as the\n"
            "# example /usr/share/doc/ggictl/examples/nginx.conf does.\n"
            "location \"%s\" {\n"
            "    ggi_dienst         %s; # every gate is now on and enforcing\n"
            "    # ggi_netwerk      diginetwerk; # where calls come over one network alone\n"
            "    proxy_pass         http://127.0.0.1:8080; # " GGI_SKELETON_TODO
            ": where the API is\n"
            "    proxy_http_version 1.1;\n"
            "    proxy_set_header   Connection \"\";\n"
            "    proxy_set_header   Host $host;\n"
            "}\n",
            dienst, title, api->title.data, version, version ? api->version.data : "", root,
            dienst);
}


/* Returns a new array with the methods of an API, or NULL without memory. */
static json_t *
ggi_skeleton_methods(const ggi_openapi_t *api)
{
    size_t   i;
    json_t  *list;

    list = json_array();

    for (i = 0; i < GGI_OPENAPI_METHODS; i++) {
        if (api->methods & (1u << i)) {
            json_array_append_new(list, json_string(ggi_openapi_methods[i]));
        }
    }

    return list;
}


/* Returns a new array with the paths of an API, or NULL without memory. */
static json_t *
ggi_skeleton_paths(const ggi_openapi_t *api)
{
    size_t   i;
    json_t  *list;

    list = json_array();

    for (i = 0; i < api->n; i++) {
        json_array_append_new(list, json_string(api->paths[i].pad));
    }

    return list;
}


json_t *
ggi_skeleton_profiles(const ggi_openapi_t *api, const char *dienst)
{
    return json_pack("[{s:s, s:s, s:i, s:s, s:{s:{s:o, s:o, s:[s+]}}}]", "oin", GGI_SKELETON_OIN,
                     "naam", GGI_SKELETON_TODO, "versie", 1, "glo", GGI_SKELETON_TODO, "diensten",
                     dienst, "methoden", ggi_skeleton_methods(api), "paden",
                     ggi_skeleton_paths(api), "doelbindingen", GGI_SKELETON_TODO ": ", dienst);
}


json_t *
ggi_skeleton_register(const char *dienst)
{
    return json_pack("{s:s, s:[{s:s+, s:s, s:{s:s, s:s}, s:[s]}]}", "versie", GGI_SKELETON_TODO,
                     "doelbindingen", "id", GGI_SKELETON_TODO ": ", dienst, "doel",
                     GGI_SKELETON_TODO, "grondslag", "avg", GGI_SKELETON_TODO, "wet",
                     GGI_SKELETON_TODO, "diensten", dienst);
}
