/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* asprintf() */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ggi_skeleton.h"
#include "ggi_yaml.h"
#include "ggictl_dienst.h"
#include "ggictl_input.h"
#include "ggictl_out.h"

#define GGICTL_DIENST_FILES  3


/* The files of a new dienst: how each is called behind its name, and what is in it. */
static const struct {
    const char  *suffix;
    const char  *what;
} ggictl_dienst_files[GGICTL_DIENST_FILES] = {
    { ".conf", "its location, for a server of nginx" },
    { ".profielen.json", "a profile with its methods and paths" },
    { ".doelbindingen.json", "an entry of the register" }
};

/* A run of the command. */
typedef struct {
    ggictl_args_t  *args;
    const char     *shown;              /* name of the document, for messages */
    ggi_openapi_t   api;
    char            name[GGI_DIENST_NAME_MAX + 1];      /* of the dienst */
    char           *paths[GGICTL_DIENST_FILES];
    char           *texts[GGICTL_DIENST_FILES];
} ggictl_dienst_t;


/* Tells of a fault of the document or of a warning, and adds it to an array of the result. */
static void
ggictl_dienst_tell(ggictl_dienst_t *dienst, const char *word, const char *member,
    const char *text)
{
    json_t  *list, *result = dienst->args->result;

    ggictl_say(result, "%s: %s%s\n", dienst->shown, word, text);

    if (result) {
        list = json_object_get(result, member);

        if (list == NULL) {
            list = json_array();
            json_object_set_new(result, member, list);
        }

        json_array_append_new(list, ggictl_json_cstr(text));
    }
}


static void
ggictl_dienst_fault(void *data, const char *text)
{
    ggictl_dienst_tell(data, "", "faults", text);
}


static void
ggictl_dienst_warning(void *data, const char *text)
{
    ggictl_dienst_tell(data, "warning: ", "warnings", text);
}


/* Chooses the name of the dienst. Returns an exit status, after a message where it is no OK. */
static int
ggictl_dienst_name(ggictl_dienst_t *dienst)
{
    const char  *name;

    name = dienst->args->option[GGICTL_DIENST];

    if (name == NULL) {
        return ggi_skeleton_name(dienst->name, dienst->api.title)
               ? GGICTL_OK
               : ggictl_fail("no name can be made of the title of %s: give one by --dienst",
                             dienst->shown);
    }

    if (!ggi_dienst_name_valid(ggictl_str(name))) {
        return ggictl_fail("dienst init: --dienst: no \"ggi_dienst\" can have the name \"%s\"",
                           name);
    }

    memcpy(dienst->name, name, strlen(name) + 1);

    return GGICTL_OK;
}


/* Returns JSON as a text that ends in a line feed, which the caller frees, or NULL. */
static char *
ggictl_dienst_json(json_t *json)
{
    char  *dump, *text;

    dump = json ? json_dumps(json, JSON_INDENT(2)) : NULL;

    if (dump == NULL || asprintf(&text, "%s\n", dump) < 0) {
        text = NULL;
    }

    free(dump);
    json_decref(json);

    return text;
}


/* Makes the names and texts of all files. Returns 1, or 0 without memory. */
static int
ggictl_dienst_make(ggictl_dienst_t *dienst)
{
    FILE        *out;
    size_t       i, size;
    const char  *to;

    to = dienst->args->option[GGICTL_INIT_TO];
    out = open_memstream(&dienst->texts[0], &size);

    if (out == NULL) {
        return 0;
    }

    ggi_skeleton_location(out, &dienst->api, dienst->name);

    if (fclose(out) != 0) {
        return 0;
    }

    dienst->texts[1] = ggictl_dienst_json(ggi_skeleton_profiles(&dienst->api, dienst->name));
    dienst->texts[2] = ggictl_dienst_json(ggi_skeleton_register(dienst->name));

    for (i = 0; i < GGICTL_DIENST_FILES; i++) {
        if (dienst->texts[i] == NULL
            || asprintf(&dienst->paths[i], "%s/%s%s", to ? to : ".", dienst->name,
                        ggictl_dienst_files[i].suffix) < 0)
        {
            dienst->paths[i] = NULL;
            return 0;
        }
    }

    return 1;
}


/* Writes a file that is not there yet. Returns 1, or 0 with errno, and then it is not there. */
static int
ggictl_dienst_file(const char *path, const char *text)
{
    int  fd, good, saved;

    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

    if (fd == -1) {
        return 0;
    }

    good = ggictl_write(fd, text, strlen(text));
    saved = errno;

    if (close(fd) != 0 && good) {
        good = 0;
        saved = errno;
    }

    if (!good) {
        unlink(path);
        errno = saved;
    }

    return good;
}


/* Writes all files or none. Returns an exit status, after a message where it is no OK. */
static int
ggictl_dienst_write(const ggictl_dienst_t *dienst)
{
    int     error;
    size_t  i;

    for (i = 0; i < GGICTL_DIENST_FILES; i++) {
        if (ggictl_dienst_file(dienst->paths[i], dienst->texts[i])) {
            continue;
        }

        error = errno;
        (void) ggictl_fail("%s: %s%s", dienst->paths[i], strerror(error),
                           error == EEXIST ? "; move it, or give another name by --dienst" : "");

        while (i--) {
            unlink(dienst->paths[i]);
        }

        return GGICTL_ERROR;
    }

    return GGICTL_OK;
}


/* Tells what a location of nginx beside the new one can do to it. */
static void
ggictl_dienst_notes(const ggictl_dienst_t *dienst)
{
    char         root[GGI_SOURCE_TEXT_MAX + 1];
    size_t       i;
    json_t      *list, *result = dienst->args->result;

    static const char *const  notes[] = {
        "a location by which nginx has led to this API so far stays open beside the new one: take "
        "it out; \"nginx -t\" and \"ggictl doctor\" name it",
        "the location is \"/\", since the paths have no beginning in common: it takes all calls of "
        "its server that no other location takes, and a \"location /\" of that server has to go"
    };

    ggi_openapi_root(&dienst->api, root);
    list = result ? json_array() : NULL;

    for (i = 0; i < (strcmp(root, "/") == 0 ? 2 : 1); i++) {
        ggictl_say(result, "note: %s\n", notes[i]);
        json_array_append_new(list, result ? json_string(notes[i]) : NULL);
    }

    if (result) {
        json_object_set_new(result, "notes", list);
    }
}


/* Tells what was written. */
static void
ggictl_dienst_show(const ggictl_dienst_t *dienst)
{
    size_t   i;
    json_t  *files, *result = dienst->args->result;

    ggictl_say(result, "dienst %s: %zu path%s\n", dienst->name, dienst->api.n,
               ggictl_plural(dienst->api.n));
    files = result ? json_array() : NULL;

    for (i = 0; i < GGICTL_DIENST_FILES; i++) {
        ggictl_say(result, "%s: %s\n", dienst->paths[i], ggictl_dienst_files[i].what);
        json_array_append_new(files, result ? ggictl_json_cstr(dienst->paths[i]) : NULL);
    }

    ggictl_say(result, "fill in what is marked \"%s\", and the OIN of the caller; then: "
               "ggictl profiel check %s --register %s\n", GGI_SKELETON_TODO, dienst->paths[1],
               dienst->paths[2]);

    if (result) {
        json_object_set_new(result, "dienst", json_string(dienst->name));
        json_object_set_new(result, "paths", json_integer((json_int_t) dienst->api.n));
        json_object_set_new(result, "files", files);
    }
}


/* Reads a document, which is JSON or YAML, as ggi_source_parse() does one of JSON. */
static json_t *
ggictl_dienst_parse(const char *text, size_t len, ggi_fault_t *fault)
{
    return ggi_yaml_is(text, len) ? ggi_yaml_parse(text, len, fault)
                                  : ggi_source_parse(text, len, fault);
}


/* Reads the document at path. Returns an exit status, after what is wrong where it is no OK. */
static int
ggictl_dienst_read(ggictl_dienst_t *dienst, const char *path, json_t **document)
{
    ggi_fault_t  fault = ggi_fault_init;

    *document = ggi_source_read_by(path, ggictl_dienst_parse, &fault);

    if (*document == NULL) {
        return ggictl_fail("%s: %s; expected OpenAPI as JSON or YAML", dienst->shown, fault.text);
    }

    fault.each = ggictl_dienst_fault;
    fault.warn = ggictl_dienst_warning;
    fault.data = dienst;

    return ggi_openapi_read(&dienst->api, *document, &fault) ? GGICTL_OK : GGICTL_NO;
}


int
ggictl_dienst_init(ggictl_args_t *args)
{
    int               rc;
    size_t            i;
    json_t           *document;
    const char       *path;
    ggictl_dienst_t   dienst = { .args = args };

    dienst.shown = ggictl_input_name(args->arguments[0]);
    path = ggictl_input(args->arguments[0]);

    if (path == NULL) {
        return GGICTL_ERROR;
    }

    rc = ggictl_dienst_read(&dienst, path, &document);

    if (rc == GGICTL_OK) {
        rc = ggictl_dienst_name(&dienst);

        if (rc == GGICTL_OK && !ggictl_dienst_make(&dienst)) {
            rc = ggictl_fail("no memory");
        }

        rc = (rc == GGICTL_OK) ? ggictl_dienst_write(&dienst) : rc;

        if (rc == GGICTL_OK) {
            ggictl_dienst_show(&dienst);
            ggictl_dienst_notes(&dienst);
        }

        ggi_openapi_free(&dienst.api);
    }

    for (i = 0; i < GGICTL_DIENST_FILES; i++) {
        free(dienst.paths[i]);
        free(dienst.texts[i]);
    }

    json_decref(document);

    return rc;
}
